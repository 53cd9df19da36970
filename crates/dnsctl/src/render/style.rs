//! Signs and colours. Colour is never the only carrier of a meaning.

use anstyle::{AnsiColor, Style as Ansi};
use dnsctl_config::diagnostic::ascii;
use dnsctl_plan::{Action, Severity};
use std::fmt::Display;

/// How output looks. Escape sequences are always written; the stream drops them where they are not wanted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// Only ASCII characters.
    pub(crate) ascii: bool,
    /// Columns of a line.
    pub(crate) width: usize,
}

impl Style {
    /// The sign of a change.
    pub(crate) fn action(action: Action) -> &'static str {
        match action {
            Action::Create => "+",
            Action::Update => "~",
            Action::Delete => "-",
        }
    }

    /// The colour of a change.
    pub(crate) fn action_color(action: Action) -> Ansi {
        match action {
            Action::Create => green(),
            Action::Update => yellow(),
            Action::Delete => red(),
        }
    }

    /// The sign of a finding.
    pub(crate) fn severity(self, severity: Severity) -> &'static str {
        match (severity, self.ascii) {
            (Severity::Blocker | Severity::Error, false) => "✖",
            (Severity::Blocker | Severity::Error, true) => "x",
            (Severity::Warning, false) => "▲",
            (Severity::Warning, true) => "!",
            (Severity::Note, false) => "·",
            (Severity::Note, true) => "i",
        }
    }

    /// The colour of a finding.
    pub(crate) fn severity_color(severity: Severity) -> Ansi {
        match severity {
            Severity::Blocker | Severity::Error => red().bold(),
            Severity::Warning => yellow(),
            Severity::Note => Ansi::new().dimmed(),
        }
    }

    /// The sign of something good.
    pub(crate) fn good(self) -> &'static str {
        if self.ascii { "ok" } else { "✔" }
    }

    /// The sign of something bad.
    pub(crate) fn bad(self) -> &'static str {
        self.severity(Severity::Error)
    }

    /// From one thing to another.
    pub(crate) fn arrow(self) -> &'static str {
        if self.ascii { "->" } else { "→" }
    }

    /// There is more.
    pub(crate) fn ellipsis(self) -> &'static str {
        if self.ascii { "..." } else { "…" }
    }

    /// The text as it may be shown: names and texts of the zone can have any characters.
    pub(crate) fn finish(self, text: String) -> String {
        if self.ascii { ascii(&text).into_owned() } else { text }
    }

    /// Columns of headings and sentences: longer lines are hard to read.
    pub(crate) fn prose(self) -> usize {
        self.width.min(100)
    }

    /// A line over the width.
    pub(crate) fn rule(self) -> String {
        if self.ascii { "-" } else { "─" }.repeat(self.prose())
    }
}

pub(crate) fn green() -> Ansi {
    AnsiColor::Green.on_default()
}

pub(crate) fn yellow() -> Ansi {
    AnsiColor::Yellow.on_default()
}

pub(crate) fn red() -> Ansi {
    AnsiColor::Red.on_default()
}

pub(crate) fn bold() -> Ansi {
    Ansi::new().bold()
}

pub(crate) fn dim() -> Ansi {
    Ansi::new().dimmed()
}

/// Text in a style.
pub(crate) fn paint(style: Ansi, text: impl Display) -> String {
    format!("{style}{text}{style:#}")
}

/// Breaks text at blanks into lines of at most `width` columns. A word that is longer stays whole. Line feeds stay.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    for paragraph in text.lines() {
        let mut line = String::new();
        for word in paragraph.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                lines.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        lines.push(line);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::wrap;

    #[test]
    fn text_is_wrapped_at_blanks() {
        assert_eq!(wrap("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrap("aaaaaaaa b\nc", 3), ["aaaaaaaa", "b", "c"]);
        assert_eq!(wrap("", 3), [""; 0]);
    }
}
