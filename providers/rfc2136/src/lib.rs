//! Provider: AXFR and DNS UPDATE with TSIG.
