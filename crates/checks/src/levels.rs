//! Weights that a project or a zone sets.

use crate::{Check, Severity};
use std::collections::BTreeMap;

/// Weights by the id of a rule (`mx.single`) or of a group (`srv`): of a rule before of its group, of the zone before of
/// the project.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// What the zone says.
    pub zone: BTreeMap<String, Level>,
    /// What the project says.
    pub project: BTreeMap<String, Level>,
}

/// What is said about a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// It is not asked.
    Off,
    /// Everything it finds weighs this.
    At(Severity),
}

impl Levels {
    /// What is said about a rule.
    pub fn of(&self, check: &Check) -> Option<Level> {
        let keys = [check.rule.id, check.group()];
        let maps = [&self.zone, &self.project];
        maps.into_iter().find_map(|map| keys.iter().find_map(|key| map.get(*key))).copied()
    }
}
