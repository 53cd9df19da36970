//! The loop: read, plan, write, verify.
