//! Real DNS servers on loopback ports for the tests.
