//! Requests to stop in the middle of an apply.

use crate::exit::Exit;
use crate::render::words::thousands;
use dnsctl_reconcile::apply::{Control, Moment};
use std::io::Write as _;

/// The first Ctrl-C sends nothing more, lets what is being written end, and waits for no name server; the second one ends
/// the program. CI systems cancel a job with SIGTERM, which means the same.
pub(crate) async fn watch(control: Control) {
    let Ok(mut signals) = Signals::new() else { return };
    if !signals.next().await {
        return;
    }
    control.interrupt();
    let _ = writeln!(anstream::stderr(), "{}", stopping(control.moment()));
    if signals.next().await {
        let (text, exit) = ended(control.moment());
        let _ = writeln!(anstream::stderr(), "{text}");
        #[expect(clippy::exit, reason = "the user asked for it twice")]
        std::process::exit(i32::from(exit as u8));
    }
}

/// What is counted.
fn things(moment: Moment) -> &'static str {
    if moment.creates { "RRsets and new zones" } else { "RRsets" }
}

/// What the first Ctrl-C does.
fn stopping(moment: Moment) -> String {
    let Moment { begun, total, there, under_way, .. } = moment;
    if !begun {
        return "Stopping: nothing was written.".to_owned();
    }
    if there == total {
        return format!(
            "Stopping: all {} {} are written; name servers are no longer asked.",
            thousands(total),
            things(moment)
        );
    }
    let now = if under_way > 0 {
        "what is being written is finished, nothing else is sent"
    } else {
        "nothing else is sent"
    };
    format!("Stopping: {now}. Ctrl-C again ends at once.")
}

/// What is true when the second one ends the program.
fn ended(moment: Moment) -> (String, Exit) {
    let Moment { begun, total, there, under_way, unknown, .. } = moment;
    let (all, there_text, things) = (thousands(total), thousands(there), things(moment));
    let open = under_way.saturating_add(unknown);
    let middle = if under_way > 0 { " in the middle of a write" } else { "" };
    match (begun, there, open) {
        (false, _, _) | (true, 0, 0) => ("Ended. Nothing was written.".to_owned(), Exit::Interrupted),
        (true, _, 1..) => {
            let text = format!(
                "Ended{middle}: {there_text} of {all} {things} are written, {} may be or not. See what was written: \
                 dnsctl plan",
                thousands(open)
            );
            (text, Exit::Partial)
        }
        (true, _, 0) if there == total => {
            let text = format!("Ended. All {all} {things} are written; not every name server was asked.");
            (text, Exit::Unverified)
        }
        (true, _, 0) => {
            let text = format!(
                "Ended. {there_text} of {all} {things} are written; nothing was being written. See the rest: dnsctl plan"
            );
            (text, Exit::Partial)
        }
    }
}

/// The requests to stop. One that comes while another is being dealt with is kept.
#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
    /// Absent under `nohup`.
    hangup: Option<tokio::signal::unix::Signal>,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let hangup = (!ignores_hangup()).then(|| signal(SignalKind::hangup())).transpose()?;
        let (interrupt, terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        Ok(Self { interrupt, terminate, hangup })
    }

    /// Waits for the next one; `false` when none can come.
    async fn next(&mut self) -> bool {
        let hangup = async {
            match &mut self.hangup {
                Some(signal) => signal.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            signal = self.interrupt.recv() => signal.is_some(),
            signal = self.terminate.recv() => signal.is_some(),
            signal = hangup => signal.is_some(),
        }
    }
}

/// Whether whoever started the program wants it to outlive the terminal, as `nohup` does: SIGHUP, signal 1, is the lowest
/// bit of the ignored ones (proc(5)).
#[cfg(unix)]
fn ignores_hangup() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    ignored.is_some_and(|mask| mask & 1 == 1)
}

/// The requests to stop.
#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> bool {
        tokio::signal::ctrl_c().await.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_is_true_of_the_moment() {
        let moment = |begun, there, under_way| Moment {
            begun,
            creates: false,
            total: 1200,
            there,
            under_way,
            unknown: 0,
        };
        let lost = Moment { unknown: 2, ..moment(true, 0, 0) };
        let creates = Moment { creates: true, total: 1, ..moment(true, 1, 0) };
        for (moment, words, exit) in [
            (moment(false, 0, 0), "Nothing was written", Exit::Interrupted),
            (moment(true, 0, 0), "Nothing was written", Exit::Interrupted),
            (
                moment(true, 0, 3),
                "Ended in the middle of a write: 0 of 1,200 RRsets are written, 3 may",
                Exit::Partial,
            ),
            (lost, "Ended: 0 of 1,200 RRsets are written, 2 may be or not", Exit::Partial),
            (Moment { under_way: 1, ..lost }, "3 may be or not", Exit::Partial),
            (creates, "All 1 RRsets and new zones are written", Exit::Unverified),
            (moment(true, 7, 0), "7 of 1,200 RRsets are written; nothing was being written", Exit::Partial),
            (moment(true, 1200, 0), "All 1,200 RRsets are written", Exit::Unverified),
        ] {
            let (text, code) = ended(moment);
            assert!(text.contains(words), "{text}");
            assert_eq!(code, exit, "{text}");
        }
        assert!(stopping(moment(true, 1200, 0)).contains("all 1,200 RRsets are written; name servers"));
        assert!(stopping(moment(true, 9, 4)).contains("what is being written is finished"));
        assert!(!stopping(moment(true, 9, 0)).contains("what is being written"));
    }
}
