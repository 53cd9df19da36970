//! The tree for a person: where the lookups go.

use super::{Branch, MOST_LOOKUPS, Problem, Tree};
use dnsctl_zone::RecordType;
use std::fmt;

/// So many terms are listed, those that come first. Nobody reads more, and the sums above them stay right.
const LISTED: usize = 100;
/// So many characters of a term are shown.
const WIDEST: usize = 120;

/// What was listed so far.
#[derive(Default)]
struct Listed {
    lookups: usize,
    terms: usize,
}

impl fmt::Display for Tree {
    /// One line a term that costs a lookup or has a problem, with what it costs; below it what it leads to. The lookup
    /// that is one too many is marked. Of very long trees the first hundred terms are listed.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match (self.endless, self.lookups) {
            (true, _) => "lookups without end".to_owned(),
            (false, 1) => "1 lookup".to_owned(),
            (false, count) => format!("{count} lookups"),
        };
        let limit = if self.is_too_long() { format!(", {MOST_LOOKUPS} are allowed") } else { String::new() };
        write!(f, "{}: {words}{limit}", self.domain.without_dot())?;
        self.lines(f, "", &mut Listed::default())
    }
}

impl Tree {
    fn lines(&self, f: &mut fmt::Formatter<'_>, indent: &str, listed: &mut Listed) -> fmt::Result {
        let shown = |branch: &&Branch| branch.lookups > 0 || !branch.problems.is_empty();
        let mut branches = self.branches.iter().filter(shown).peekable();
        while let Some(branch) = branches.next() {
            if listed.terms >= LISTED {
                let rest = branches.count() + 1;
                return write!(
                    f,
                    "\n{indent}└─ … and {rest} more {}",
                    if rest == 1 { "term" } else { "terms" }
                );
            }
            listed.terms += 1;
            let last = branches.peek().is_none();
            let sign = if last { "└─" } else { "├─" };
            let own = branch.lookups - branch.nested.as_ref().map_or(0, |nested| nested.lookups);
            let before = listed.lookups;
            listed.lookups += own;
            let term = branch.term.kind.to_string();
            let (term, dots) = match term.char_indices().nth(WIDEST) {
                Some((end, _)) => (term.get(..end).unwrap_or_default(), "…"),
                None => (term.as_str(), ""),
            };
            write!(f, "\n{indent}{sign} {:>2} {term}{dots}", branch.lookups)?;
            let problems: Vec<String> = branch
                .problems
                .iter()
                .filter(|problem| is_news(problem, branch))
                .map(Problem::to_string)
                .collect();
            if !problems.is_empty() {
                write!(f, " ({})", problems.join("; "))?;
            }
            if before <= MOST_LOOKUPS && listed.lookups > MOST_LOOKUPS {
                write!(f, " <- lookup {}: receivers stop here with permerror", MOST_LOOKUPS + 1)?;
            }
            if let Some(nested) = &branch.nested {
                nested.lines(f, &format!("{indent}{}", if last { "   " } else { "│  " }), listed)?;
            }
        }
        Ok(())
    }
}

/// Whether the reader has to know. That a host has no address of one family is usual, and that `ptr` and macros ask for
/// another name each time is what they are for.
fn is_news(problem: &Problem, branch: &Branch) -> bool {
    match problem {
        Problem::Varies => false,
        Problem::Void(query) => {
            branch.addresses.is_empty() || !matches!(query.rtype, RecordType::A | RecordType::AAAA)
        }
        _ => true,
    }
}
