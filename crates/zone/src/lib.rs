//! The nouns: names, types, rdata, RRsets and zones.
