//! Sets of what may come out, since an answer may be unknown.

use super::SpfResult;
use crate::spf::Qualifier;

/// The results that are possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Possible(u8);

const RESULTS: [SpfResult; 7] = [
    SpfResult::None,
    SpfResult::Neutral,
    SpfResult::Pass,
    SpfResult::Fail,
    SpfResult::SoftFail,
    SpfResult::TempError,
    SpfResult::PermError,
];

impl Possible {
    pub(super) fn only(result: SpfResult) -> Self {
        Self(RESULTS.iter().position(|known| *known == result).map_or(0, |at| 1 << at))
    }

    /// What a record may say that is not known. That it is missing or broken is not assumed.
    pub(super) fn unknown() -> Self {
        [SpfResult::Neutral, SpfResult::Pass, SpfResult::Fail, SpfResult::SoftFail]
            .into_iter()
            .fold(Self::default(), |all, result| all.or(Self::only(result)))
    }

    pub(super) fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub(super) fn has(self, result: SpfResult) -> bool {
        self.0 & Self::only(result).0 != 0
    }

    /// The same with `from` turned into `to`.
    pub(super) fn with(self, from: SpfResult, to: SpfResult) -> Self {
        if self.has(from) { Self(self.0 & !Self::only(from).0).or(Self::only(to)) } else { self }
    }

    /// The result, if only one is possible.
    pub(super) fn result(self) -> SpfResult {
        let mut possible = RESULTS.into_iter().filter(|result| self.has(*result));
        match (possible.next(), possible.next()) {
            (Some(result), None) => result,
            _ => SpfResult::Undecided,
        }
    }
}

impl From<Qualifier> for SpfResult {
    fn from(qualifier: Qualifier) -> Self {
        match qualifier {
            Qualifier::Pass => Self::Pass,
            Qualifier::Fail => Self::Fail,
            Qualifier::SoftFail => Self::SoftFail,
            Qualifier::Neutral => Self::Neutral,
        }
    }
}

/// What may come of a mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Outcome {
    pub(super) matches: bool,
    pub(super) does_not: bool,
    pub(super) temporary: bool,
    pub(super) permanent: bool,
}

impl Outcome {
    pub(super) const MATCH: Self =
        Self { matches: true, does_not: false, temporary: false, permanent: false };
    pub(super) const NO_MATCH: Self =
        Self { matches: false, does_not: true, temporary: false, permanent: false };
    pub(super) const UNKNOWN: Self =
        Self { matches: true, does_not: true, temporary: false, permanent: false };
    pub(super) const TEMPORARY: Self =
        Self { matches: false, does_not: false, temporary: true, permanent: false };
    pub(super) const PERMANENT: Self =
        Self { matches: false, does_not: false, temporary: false, permanent: true };

    pub(super) fn matching(yes: bool) -> Self {
        if yes { Self::MATCH } else { Self::NO_MATCH }
    }

    /// What `include` makes of the results of the included record (section 5.2).
    pub(super) fn of_included(possible: Possible) -> Self {
        let has = |result| possible.has(result);
        Self {
            matches: has(SpfResult::Pass),
            does_not: has(SpfResult::Fail) || has(SpfResult::SoftFail) || has(SpfResult::Neutral),
            temporary: has(SpfResult::TempError),
            permanent: has(SpfResult::PermError) || has(SpfResult::None),
        }
    }

    /// What the whole record may come to here.
    pub(super) fn results(self, qualifier: Qualifier) -> Possible {
        let when = |yes, result| if yes { Possible::only(result) } else { Possible::default() };
        when(self.matches, qualifier.into())
            .or(when(self.temporary, SpfResult::TempError))
            .or(when(self.permanent, SpfResult::PermError))
    }
}
