//! Provider: Amazon Route 53.
