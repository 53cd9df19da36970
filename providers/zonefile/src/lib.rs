//! Provider: a directory of RFC 1035 master files.
