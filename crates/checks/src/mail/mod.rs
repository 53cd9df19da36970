//! What mail records say: each grammar read once for all rules.

mod text;
