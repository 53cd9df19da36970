//! Provider: the PowerDNS HTTP API.
