//! Zones in which thousands of findings come or go: the work grows with their number, not with its square.

use super::{Input, judge};
use crate::testing::Case;
use dnsctl_checks::Facts;
use std::fmt::Write as _;
use std::time::Duration;

/// The time for which this thread was on a processor, so that what else the machine does is left out (Linux, proc(5)).
fn busy() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    Duration::from_nanos(text.split(' ').next().unwrap().parse().unwrap())
}

/// The work of a plan with all that it tells, and how many findings come or go.
fn work(case: &Case) -> (Duration, usize) {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    pool.install(|| {
        let (start, facts) = (busy(), Facts::default());
        let mut plans = [case.plan()];
        judge(
            &mut plans,
            &[Input { desired: &case.desired, live: case.live.as_ref(), facts: &facts }],
            case.today,
        );
        let effect = plans[0].effect.as_ref().unwrap();
        (busy() - start, effect.fixed.len() + effect.broken.len())
    })
}

/// Compares two sizes, the second four times the first. `make` gives what is live, what is wanted, and acknowledgements.
/// `tells` says whether something comes or goes for each: what finds nothing takes no time either.
fn grows(words: &str, size: usize, tells: bool, make: impl Fn(usize) -> (String, String, usize)) {
    let run = |size| {
        let (live, wanted, acknowledged) = make(size);
        let mut case = Case::new(&live, &wanted);
        (0..acknowledged).for_each(|number| case.acknowledge("mx.target-address", &format!("m{number} MX")));
        work(&case)
    };
    let ((before, _), (after, shifts)) = (run(size), run(size * 4));
    println!("{words}: {size} {before:.2?}, {} {after:.2?}, {shifts} findings come or go", size * 4);
    // Sixteen times is the square. Below half a second other things decide.
    assert!(!tells || shifts >= size, "{words}: only {shifts} findings come or go");
    let allowed = (before * 10).max(Duration::from_millis(500));
    assert!(after < allowed, "{words}: {before:.2?} for {size}, {after:.2?} for four times that");
}

fn each(size: usize, line: impl Fn(usize) -> String) -> String {
    (0..size).fold(String::new(), |mut text, number| {
        let _ = writeln!(text, "{}", line(number));
        text
    })
}

#[test]
fn one_change_breaks_thousands_and_another_mends_them() {
    grows("one target", 700, true, |size| {
        let all = each(size, |number| format!("m{number} MX 10 host\nn{number} MX 10 other"));
        (format!("{all}host A 192.0.2.1\n"), format!("{all}other A 192.0.2.1\n"), 0)
    });
}

#[test]
fn thousands_of_changes_break_one_each() {
    grows("new records", 1500, true, |size| {
        (String::new(), each(size, |number| format!("m{number} MX 10 gone")), 0)
    });
    grows("acknowledged one by one", 1500, true, |size| {
        (String::new(), each(size, |number| format!("m{number} MX 10 gone")), size)
    });
}

#[test]
fn thousands_of_policies_that_aliases_of_others_lead_to() {
    let policies = |size, policy| {
        each(size, |number| {
            format!("c{number} TXT \"v=DMARC1; p={policy}; rua=mailto:a@example.com,ftp://x\"")
        })
    };
    let keys = |size| each(size, |number| format!("s{number}._domainkey TXT \"v=DKIM1; p=AAAA\""));
    let plan = |size| {
        let (start, case) = (
            busy(),
            Case::new(&policies(size, "none"), &format!("{}{}", policies(size, "reject"), keys(size))),
        );
        assert_eq!(case.plan().changes.len(), 2 * size);
        busy() - start
    };
    let (before, after) = (plan(700), plan(2800));
    assert!(after < (before * 10).max(Duration::from_millis(500)), "{before:.2?} {after:.2?}");
}

#[test]
fn thousands_of_findings_in_one_rrset() {
    let set = |size: usize| each(size, |number| format!("@ MX 10 gone{number}"));
    grows("one RRset", 1500, false, |size| (set(size), format!("{}www A 192.0.2.1\n", set(size)), 0));
}

#[test]
fn thousands_of_delegations_and_wildcards_hide_what_mail_uses() {
    let live = |size| each(size, |number| format!("m{number} MX 10 mx.s{number}\nmx.s{number} A 192.0.2.1"));
    for new in ["s{} NS ns1.example.net.", "*.s{} A 192.0.2.1"] {
        grows(new, 700, new.starts_with('s'), |size| {
            let wanted = |number: usize| {
                format!("m{number} MX 10 mx.s{number}\n{}", new.replace("{}", &number.to_string()))
            };
            (live(size), each(size, wanted), 0)
        });
    }
}
