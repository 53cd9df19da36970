//! What is known of a zone while it is written: of the zone itself, when the plan creates it, and of each change.
//!
//! What is unknown becomes known only by what is found at the provider, and only where the finding proves it: that
//! something is there proves that it was written; that it is not there proves nothing while the server may still be
//! working on it, or where the zone is read from a server that may be behind.

use super::live::State;
use super::report::Status;
use dnsctl_provider::error::{Error, ErrorKind};
use dnsctl_provider::lower::{Outcome, Written};

/// How often a write is sent whose outcome is unknown. SQL backends of PowerDNS answer 500 while another zone is being
/// written.
pub(super) const TRIES: u32 = 8;

/// What is known of a zone.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcomes {
    /// The zone itself; nothing when the plan does not create it.
    pub(super) creation: Option<Status>,
    /// One for each change, in their order.
    pub(super) changes: Vec<Status>,
}

/// What was found when a zone was read back.
pub(super) struct Found<'a> {
    /// Whether the provider has the zone.
    pub(super) exists: bool,
    /// How each change stands to what is there, by its place.
    pub(super) states: &'a dyn Fn(usize) -> State,
    /// Whether what is not there may still come: the server may be working on it, or the reader be behind.
    pub(super) may_come: bool,
    /// Whether what is not there may be sent again.
    pub(super) again: bool,
}

/// What to do after reading back.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Next {
    /// Whether what is open is sent now.
    pub(super) send: bool,
    /// Places of changes that somebody else has made otherwise.
    pub(super) foreign: Vec<usize>,
    /// Whether somebody else has created the zone.
    pub(super) foreign_zone: bool,
    /// How many changes turned out to be there.
    pub(super) there: usize,
}

impl Outcomes {
    /// Nothing was sent yet.
    pub(super) fn new(create: bool, changes: usize) -> Self {
        Self { creation: create.then_some(Status::NotTried), changes: vec![Status::NotTried; changes] }
    }

    /// Whether the zone is there, as far as the plan creates it, and all changes are.
    pub(super) fn is_complete(&self) -> bool {
        self.all().all(Status::is_there)
    }

    /// Whether the zone is still to be created.
    pub(super) fn creates(&self) -> bool {
        self.creation.as_ref().is_some_and(|creation| !creation.is_there())
    }

    /// Whether something was not tried, and nothing that was tried went wrong.
    pub(super) fn is_open(&self) -> bool {
        self.all().any(|status| *status == Status::NotTried)
            && self.all().all(|status| status.error().is_none())
    }

    /// Whether something is known not to be written that should be.
    pub(super) fn has_failed(&self) -> bool {
        self.all().any(|status| status.error().is_some() && !status.is_unknown())
    }

    /// The first error of a write whose outcome is unknown.
    pub(super) fn unknown(&self) -> Option<&Error> {
        self.all().find(|status| status.is_unknown())?.error()
    }

    /// Of how many nobody knows what became, the zone itself included.
    pub(super) fn unknown_count(&self) -> usize {
        self.all().filter(|status| status.is_unknown()).count()
    }

    /// How many are at the provider, the zone itself included when it was created.
    pub(super) fn there_count(&self) -> usize {
        self.all().filter(|status| status.is_there()).count()
    }

    /// The places of the changes with a status like this.
    pub(super) fn places(&self, matches: impl Fn(&Status) -> bool) -> Vec<usize> {
        let found = self.changes.iter().enumerate().filter(|(_, status)| matches(status));
        found.map(|(place, _)| place).collect()
    }

    pub(super) fn set(&mut self, place: usize, status: Status) {
        if let Some(slot) = self.changes.get_mut(place) {
            *slot = status;
        }
    }

    /// Nobody knows what became of any of it.
    pub(super) fn lose(&mut self, error: &Error) {
        for status in self.creation.iter_mut().chain(&mut self.changes) {
            *status = Status::Unknown(error.clone());
        }
    }

    /// Notes what became of what was sent: the changes at these places.
    pub(super) fn take(&mut self, places: &[usize], written: Written) {
        if let Some(creation) = written.creation {
            self.creation = Some(status(creation));
        }
        for (place, outcome) in places.iter().zip(written.outcomes) {
            self.set(*place, status(outcome));
        }
    }

    /// Notes what was found at the provider after a write whose outcome is unknown. `tries` is how often it was sent,
    /// `stopped` whether nothing may be sent any more.
    pub(super) fn settle(&mut self, found: &Found<'_>, error: &Error, tries: u32, stopped: bool) -> Next {
        let unknown = self.places(Status::is_unknown);
        let mut next = Next { send: false, foreign: Vec::new(), foreign_zone: false, there: 0 };
        let mut absent = Vec::new();
        for place in unknown.iter().copied() {
            match (found.states)(place) {
                State::After => {
                    next.there += 1;
                    self.set(place, Status::Written);
                }
                State::Before => absent.push(place),
                State::Other => next.foreign.push(place),
            }
        }
        let mut zone_absent = false;
        if self.creation.as_ref().is_some_and(Status::is_unknown) {
            // A zone that is there without what it was to be created with is somebody else's.
            match (found.exists, unknown.is_empty() || next.there > 0) {
                (true, true) => self.creation = Some(Status::Written),
                (true, false) => next.foreign_zone = true,
                (false, _) => zone_absent = true,
            }
        }
        let all_there = absent.is_empty() && !zone_absent;
        let passes = found.again && error.kind() == ErrorKind::Unavailable && tries < TRIES;
        next.send = next.foreign.is_empty() && !next.foreign_zone && !stopped && (all_there || passes);
        let now = || match next.send {
            true => Status::NotTried,
            false if found.may_come => Status::Unknown(error.clone()),
            false => Status::NotWritten(error.clone()),
        };
        if zone_absent {
            self.creation = Some(now());
        }
        for place in absent {
            self.set(place, now());
        }
        next.send &= self.all().any(|status| *status == Status::NotTried);
        next
    }

    fn all(&self) -> impl Iterator<Item = &Status> {
        self.creation.iter().chain(&self.changes)
    }
}

fn status(outcome: Outcome) -> Status {
    match outcome {
        Outcome::Written => Status::Written,
        Outcome::NotWritten(None) => Status::NotTried,
        Outcome::NotWritten(Some(error)) => Status::NotWritten(error),
        Outcome::Refused(error) => Status::Refused(error),
        Outcome::Unknown(error) => Status::Unknown(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error() -> Error {
        Error::new(ErrorKind::Unavailable, "broke")
    }

    fn unknown() -> Status {
        Status::Unknown(error())
    }

    fn settle(outcomes: &mut Outcomes, exists: bool, state: State, may_come: bool) -> Next {
        let found = Found { exists, states: &|_| state, may_come, again: !may_come };
        outcomes.settle(&found, &error(), 1, false)
    }

    fn lost(create: bool, changes: usize) -> Outcomes {
        Outcomes { creation: create.then(unknown), changes: vec![unknown(); changes] }
    }

    #[test]
    fn a_zone_is_complete_only_when_it_is_created() {
        let mut outcomes = Outcomes::new(true, 0);
        assert!(!outcomes.is_complete() && outcomes.creates());
        let refused = Outcome::Refused(Error::new(ErrorKind::Rejected, "no"));
        outcomes.take(&[], Written { creation: Some(refused), outcomes: Vec::new() });
        assert!(!outcomes.is_complete() && !outcomes.is_open());
        outcomes.take(&[], Written { creation: Some(Outcome::Written), outcomes: Vec::new() });
        assert!(outcomes.is_complete() && !outcomes.creates());
    }

    /// A reader that is behind shows what was before: that proves nothing.
    #[test]
    fn what_may_still_come_stays_unknown() {
        let mut outcomes = lost(false, 2);
        let next = settle(&mut outcomes, true, State::Before, true);
        assert_eq!((next.send, outcomes.clone()), (false, lost(false, 2)));
        let mut zone = lost(true, 1);
        assert!(!settle(&mut zone, false, State::Before, true).send);
        assert_eq!(zone, lost(true, 1));
        // What is there is there, whoever says so.
        assert_eq!(settle(&mut outcomes, true, State::After, true).there, 2);
        assert!(outcomes.is_complete());
    }

    #[test]
    fn what_is_not_there_is_sent_again_and_in_the_end_not_written() {
        let mut outcomes = lost(true, 1);
        assert!(settle(&mut outcomes, false, State::Before, false).send);
        assert_eq!(outcomes, Outcomes::new(true, 1));
        for (error, tries, stopped) in
            [(error(), TRIES, false), (error(), 1, true), (Error::new(ErrorKind::Protocol, "?"), 1, false)]
        {
            let mut outcomes = lost(true, 1);
            let found = Found { exists: false, states: &|_| State::Before, may_come: false, again: true };
            assert!(!outcomes.settle(&found, &error, tries, stopped).send);
            let not_written = Status::NotWritten(error);
            assert_eq!(outcomes.changes, std::slice::from_ref(&not_written));
            assert_eq!(outcomes.creation, Some(not_written));
        }
    }

    /// The connection broke, and the server may be working on it all the same: it may be sent again, since it is the same,
    /// but that it is not written is never said.
    #[test]
    fn what_was_sent_before_the_connection_broke_is_not_called_unwritten() {
        let broken = |tries: u32, stopped: bool| {
            let mut outcomes = lost(true, 1);
            let found = Found { exists: false, states: &|_| State::Before, may_come: true, again: true };
            (outcomes.settle(&found, &error(), tries, stopped).send, outcomes)
        };
        assert_eq!(broken(1, false), (true, Outcomes::new(true, 1)));
        for (tries, stopped) in [(1, true), (TRIES, false)] {
            assert_eq!(broken(tries, stopped), (false, lost(true, 1)));
        }
    }

    #[test]
    fn what_somebody_else_made_is_left_alone() {
        let mut outcomes = lost(false, 1);
        let next = settle(&mut outcomes, true, State::Other, false);
        assert_eq!((next.send, next.foreign), (false, vec![0]));
        assert_eq!(outcomes, lost(false, 1));
        // Created by somebody: without what this plan would have created it with.
        let mut zone = lost(true, 1);
        let next = settle(&mut zone, true, State::Before, false);
        assert!(next.foreign_zone && !next.send && zone.creation.is_some_and(|status| status.is_unknown()));
        // Nothing was to be in it: it is as wanted.
        let mut bare = lost(true, 0);
        assert!(!settle(&mut bare, true, State::Before, false).send);
        assert!(bare.is_complete());
    }

    #[test]
    fn the_rest_goes_on_when_all_that_was_sent_is_there() {
        let mut outcomes = Outcomes { creation: None, changes: vec![unknown(), Status::NotTried] };
        let next = settle(&mut outcomes, true, State::After, true);
        assert_eq!((next.send, next.there), (true, 1));
        assert_eq!(outcomes.changes, [Status::Written, Status::NotTried]);
    }
}
