//! The tree for a person: where the lookups go.

use super::{Branch, MOST_LOOKUPS, Problem, Tree};
use dnsctl_zone::RecordType;
use std::fmt;

impl fmt::Display for Tree {
    /// One line a term that costs a lookup or has a problem, with what it costs; below it what it leads to. The lookup
    /// that is one too many is marked.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match (self.endless, self.lookups) {
            (true, _) => "lookups without end".to_owned(),
            (false, 1) => "1 lookup".to_owned(),
            (false, count) => format!("{count} lookups"),
        };
        let limit = if self.is_too_long() { format!(", {MOST_LOOKUPS} are allowed") } else { String::new() };
        write!(f, "{}: {words}{limit}", self.domain.without_dot())?;
        self.lines(f, "", &mut 0)
    }
}

impl Tree {
    fn lines(&self, f: &mut fmt::Formatter<'_>, indent: &str, counted: &mut usize) -> fmt::Result {
        let shown = |branch: &&Branch| branch.lookups > 0 || !branch.problems.is_empty();
        let mut branches = self.branches.iter().filter(shown).peekable();
        while let Some(branch) = branches.next() {
            let last = branches.peek().is_none();
            let sign = if last { "└─" } else { "├─" };
            let own = branch.lookups - branch.nested.as_ref().map_or(0, |nested| nested.lookups);
            let before = *counted;
            *counted += own;
            write!(f, "\n{indent}{sign} {:>2} {}", branch.lookups, branch.term.kind)?;
            let problems: Vec<String> = branch
                .problems
                .iter()
                .filter(|problem| is_news(problem, branch))
                .map(Problem::to_string)
                .collect();
            if !problems.is_empty() {
                write!(f, " ({})", problems.join("; "))?;
            }
            if before <= MOST_LOOKUPS && *counted > MOST_LOOKUPS {
                write!(f, " <- lookup {}: receivers stop here with permerror", MOST_LOOKUPS + 1)?;
            }
            if let Some(nested) = &branch.nested {
                nested.lines(f, &format!("{indent}{}", if last { "   " } else { "│  " }), counted)?;
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
