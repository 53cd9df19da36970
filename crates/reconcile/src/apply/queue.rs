//! Whose turn it is to be written.

use super::fresh::Job;
use dnsctl_plan::{ZoneKey, schedule};
use std::collections::BTreeSet;

/// The jobs that are not begun. One that waits for others comes when they are done, whatever else is.
pub(super) struct Queue {
    jobs: Vec<Option<Job>>,
    /// For how many each waits.
    waits: Vec<usize>,
    /// Which wait for each.
    behind: Vec<Vec<usize>>,
    ready: BTreeSet<usize>,
}

impl Queue {
    pub(super) fn new(jobs: Vec<Job>) -> Self {
        let key = |job: &Job| ZoneKey { zone: job.zone.clone(), provider: job.provider.clone() };
        let zones: Vec<_> = jobs.iter().map(|job| (key(job), job.waits_for.clone())).collect();
        let schedule = schedule(&zones);
        let mut behind = vec![Vec::new(); jobs.len()];
        for (place, first) in schedule.iter().enumerate() {
            for list in first.iter().copied() {
                if let Some(list) = behind.get_mut(list) {
                    list.push(place);
                }
            }
        }
        let waits: Vec<usize> = schedule.iter().map(Vec::len).collect();
        let ready =
            waits.iter().enumerate().filter(|(_, waits)| **waits == 0).map(|(place, _)| place).collect();
        Self { jobs: jobs.into_iter().map(Some).collect(), waits, behind, ready }
    }

    /// The next one that waits for nothing, with its place in the plan.
    pub(super) fn next(&mut self) -> Option<(usize, Job)> {
        let place = self.ready.pop_first()?;
        Some((place, self.jobs.get_mut(place)?.take()?))
    }

    /// No more of this one is written.
    pub(super) fn done(&mut self, place: usize) {
        for behind in self.behind.get_mut(place).map(std::mem::take).unwrap_or_default() {
            if let Some(waits) = self.waits.get_mut(behind) {
                *waits = waits.saturating_sub(1);
                if *waits == 0 {
                    self.ready.insert(behind);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::servers::Witnesses;
    use dnsctl_zone::Name;

    #[test]
    fn each_when_those_before_it_are_done() {
        let key = |zone: &str| ZoneKey { zone: Name::absolute(zone).unwrap(), provider: "main".into() };
        let job = |(zone, waits): (&str, &[&str])| Job {
            provider: "main".into(),
            zone: key(zone).zone,
            create: false,
            waits_for: waits.iter().map(|zone| key(zone)).collect(),
            changes: Vec::new(),
            already: Vec::new(),
            witnesses: Some(Witnesses::default()),
        };
        let jobs: [(&str, &[&str]); 4] =
            [("a.net", &["b.net"]), ("b.net", &[]), ("c.b.net", &[]), ("d.org", &["a.net", "gone.org"])];
        let mut queue = Queue::new(jobs.into_iter().map(job).collect());
        let next = |queue: &mut Queue| queue.next().map(|(place, job)| (place, job.zone.without_dot()));
        assert_eq!(next(&mut queue), Some((2, "c.b.net".to_owned())));
        assert_eq!(next(&mut queue), None);
        queue.done(2);
        assert_eq!(next(&mut queue), Some((1, "b.net".to_owned())));
        assert_eq!(next(&mut queue), None);
        queue.done(1);
        assert_eq!(next(&mut queue), Some((0, "a.net".to_owned())));
        queue.done(0);
        assert_eq!(next(&mut queue), Some((3, "d.org".to_owned())));
        queue.done(3);
        assert_eq!(next(&mut queue), None);
    }
}
