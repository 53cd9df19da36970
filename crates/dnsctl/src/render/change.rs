//! The lines of one change.

use super::style::{Style, dim, green, paint, red, wrap};
use super::words;
use dnsctl_plan::tokens::{self, Token};
use dnsctl_plan::{Action, Change, Finding};
use dnsctl_zone::{Name, RRset, RecordType, Source};
use std::fmt::Write as _;

/// The least room for values beside names, and for the text of a finding beside its rule.
const ROOM: usize = 30;
/// So wide the names are in any case.
const NAMES: std::ops::RangeInclusive<usize> = 12..=40;
/// Where values start that have lines of their own.
const BELOW: usize = 4;

/// Widths of the columns of one zone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Columns {
    /// On a narrow terminal values stand below their names, not beside them.
    narrow: bool,
    number: usize,
    rtype: usize,
    name: usize,
    ttl: usize,
}

impl Columns {
    /// The widths that these changes need, within reason.
    pub(crate) fn of<'a>(changes: impl Iterator<Item = &'a Change>, apex: &Name, style: Style) -> Self {
        let mut columns = Self { rtype: 4, name: 4, ..Self::default() };
        for change in changes {
            columns.number = columns.number.max(change.number.to_string().len());
            columns.rtype = columns.rtype.max(change.rtype.to_string().len());
            columns.name = columns.name.max(change.name.relative_to(apex).chars().count());
            columns.ttl = columns.ttl.max(ttl(change, style).chars().count());
        }
        let rest = Self { name: 0, ..columns }.values() + ROOM;
        let widest = style.width.saturating_sub(rest).clamp(*NAMES.start(), *NAMES.end());
        columns.name = columns.name.min(widest);
        Self { narrow: columns.values() + ROOM > style.width, ..columns }
    }

    /// Where the text of a finding starts.
    fn indent(self) -> usize {
        self.number + 3
    }

    /// Where values start.
    fn values(self) -> usize {
        if self.narrow {
            return self.indent() + BELOW;
        }
        self.number + 3 + self.rtype + 1 + self.name + 2 + self.ttl + 2
    }
}

/// What the lines of all changes of one zone have in common.
pub(crate) struct Table<'a> {
    /// The apex.
    pub(crate) apex: &'a Name,
    /// The file in which the zone is declared: where a deleted RRset is not.
    pub(crate) file: &'a str,
    /// How wide the columns are.
    pub(crate) columns: Columns,
    /// How output looks.
    pub(crate) style: Style,
    /// Whether the place of every wish is shown, and not only of what needs a look.
    pub(crate) places: bool,
}

impl Table<'_> {
    /// Writes the lines of a change and its findings.
    pub(crate) fn change(&self, out: &mut String, change: &Change, findings: &[&Finding], brief: bool) {
        let Self { apex, columns, style, .. } = *self;
        let sign = paint(Style::action_color(change.action()), Style::action(change.action()));
        let name = change.name.relative_to(apex);
        let head = format!(
            "{:>number$} {sign} {:<rtype$} {:<width$}  {:<ttl$}  ",
            change.number,
            change.rtype,
            name,
            ttl(change, style),
            number = columns.number,
            rtype = columns.rtype,
            width = columns.name,
            ttl = columns.ttl,
        );
        let mut lines = values(change, apex, style, columns.values());
        if let Some(first) = lines.first_mut() {
            first.push_str(&self.place(change, findings));
        }
        // A long name pushes its values to the next line.
        let own_line = columns.narrow || name.chars().count() > columns.name;
        let indent = " ".repeat(columns.values());
        for (index, line) in lines.iter().enumerate() {
            match (index, own_line) {
                (0, false) => out.push_str(&head),
                (0, true) => {
                    let _ = write!(out, "{}\n{indent}", head.trim_end());
                }
                _ => out.push_str(&indent),
            }
            out.push_str(line);
            out.push('\n');
        }
        for finding in findings {
            self::finding(out, finding, columns.indent(), style, brief && finding.fix.is_none());
            // A deletion has told its file already.
            let wish = change.source.as_ref().filter(|_| change.action() != Action::Delete);
            if let Some(source) = finding.source.as_ref().or(wish).filter(|_| finding.fix.is_some()) {
                place(out, source, columns.indent() + 2);
            }
        }
    }

    /// Where the wish stands. A deletion has no line of its own: the file of the zone does not have the RRset any more.
    fn place(&self, change: &Change, findings: &[&Finding]) -> String {
        let told = findings.iter().any(|finding| finding.fix.is_some());
        let text = match &change.source {
            _ if change.action() == Action::Delete => format!("not in {}", words::safe(self.file)),
            Some(source) if self.places && !told => words::safe(&source.to_string()).into_owned(),
            _ => return String::new(),
        };
        format!("  {}", paint(dim(), format!("({text})")))
    }
}

/// Writes a place in a file on a line of its own.
pub(crate) fn place(out: &mut String, source: &Source, indent: usize) {
    let _ = writeln!(out, "{}{}", " ".repeat(indent), paint(dim(), words::safe(&source.to_string())));
}

/// Writes a finding and what to do about it; only its rule when it is `brief`.
pub(crate) fn finding(out: &mut String, finding: &Finding, indent: usize, style: Style, brief: bool) {
    let sign = style.severity(finding.severity);
    let head = format!(
        "{}{} {}",
        " ".repeat(indent),
        paint(Style::severity_color(finding.severity), sign),
        finding.rule
    );
    if brief {
        let _ = writeln!(out, "{head}");
        return;
    }
    let column = indent + sign.chars().count() + 1 + finding.rule.len() + 2;
    hanging(out, &format!("{head}  "), column, &finding.message, style);
    if let Some(fix) = &finding.fix {
        hanging(out, &format!("{:indent$}  Fix: ", ""), indent + 7, fix, style);
    }
}

/// Writes text behind `head`; further lines start at `column`, too.
fn hanging(out: &mut String, head: &str, column: usize, text: &str, style: Style) {
    let beside = column + ROOM <= style.prose();
    let column = if beside { column } else { 2 * BELOW };
    if !beside {
        let _ = writeln!(out, "{}", head.trim_end());
    }
    let width = style.prose().saturating_sub(column).max(ROOM);
    for (index, line) in wrap(&words::safe(text), width).iter().enumerate() {
        if index == 0 && beside {
            out.push_str(head);
        } else {
            out.extend(std::iter::repeat_n(' ', column));
        }
        out.push_str(line);
        out.push('\n');
    }
}

fn ttl(change: &Change, style: Style) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.ttl != after.ttl => {
            format!("{} {} {}", before.ttl, style.arrow(), after.ttl)
        }
        (_, Some(rrset)) | (Some(rrset), None) => rrset.ttl.to_string(),
        (None, None) => String::new(),
    }
}

/// The lines of the values, at least one, to be written from a column on.
fn values(change: &Change, apex: &Name, style: Style, column: usize) -> Vec<String> {
    let texts = |rrset: &RRset| -> Vec<String> {
        rrset.values().iter().map(|value| words::value(value, &rrset.name, apex)).collect()
    };
    let mut lines = match (&change.before, &change.after) {
        (Some(before), Some(after)) if after.same_values(before) => {
            vec![paint(dim(), summary(&texts(after)))]
        }
        (Some(before), Some(after)) => {
            let (old, new) = (texts(before), texts(after));
            match (old.as_slice(), new.as_slice()) {
                ([old], [new])
                    if !is_text(change.rtype) || !tokens::is_wordy(old) || !tokens::is_wordy(new) =>
                {
                    vec![format!("{old} {} {new}", style.arrow())]
                }
                _ => both(&old, &new, is_text(change.rtype), style.width.saturating_sub(column).max(ROOM)),
            }
        }
        (Some(rrset), None) | (None, Some(rrset)) => texts(rrset),
        (None, None) => Vec::new(),
    };
    lines.extend(options(change, style));
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

fn is_text(rtype: RecordType) -> bool {
    matches!(rtype, RecordType::TXT | RecordType::SPF)
}

fn summary(values: &[String]) -> String {
    match values {
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        [] => String::new(),
    }
}

fn both(old: &[String], new: &[String], text: bool, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let same: Vec<String> = old.iter().filter(|value| new.contains(value)).cloned().collect();
    match same.len() {
        0 => {}
        1..=3 => lines.extend(same.iter().map(|value| paint(dim(), format!("  {value}")))),
        more => lines.push(paint(dim(), format!("  ({more} values stay)"))),
    }
    for pair in tokens::pair(old, new) {
        match pair {
            (Some(old), Some(new)) if text && tokens::is_wordy(&old) && tokens::is_wordy(&new) => {
                lines.extend(words_of(&old, &new, width));
            }
            (old, new) => {
                lines.extend(old.map(|old| paint(red(), format!("- {old}"))));
                lines.extend(new.map(|new| paint(green(), format!("+ {new}"))));
            }
        }
    }
    lines
}

/// A text word by word: runs that stay on one line, each word that goes or comes on its own.
fn words_of(old: &str, new: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut run = String::new();
    for token in tokens::diff(old, new) {
        let (color, sign, word) = match token {
            Token::Same(word) => {
                if !run.is_empty() && run.chars().count() + 1 + word.chars().count() > width {
                    lines.push(paint(dim(), std::mem::take(&mut run)));
                }
                run.push_str(if run.is_empty() { "  " } else { " " });
                run.push_str(&word);
                continue;
            }
            Token::Removed(word) => (red(), '-', word),
            Token::Added(word) => (green(), '+', word),
        };
        if !run.is_empty() {
            lines.push(paint(dim(), std::mem::take(&mut run)));
        }
        lines.push(paint(color, format!("{sign} {word}")));
    }
    if !run.is_empty() {
        lines.push(paint(dim(), run));
    }
    lines
}

fn options(change: &Change, style: Style) -> Vec<String> {
    let Some(after) = change.after.as_ref().and_then(|rrset| rrset.options.as_deref()) else {
        return Vec::new();
    };
    let before = change.before.as_ref().and_then(|rrset| rrset.options.as_deref());
    let differs =
        |(key, value): &(&String, &String)| before.and_then(|options| options.get(*key)) != Some(*value);
    let line = |(key, value): (&String, &String)| match before.and_then(|options| options.get(key)) {
        Some(old) => format!("{key}: {old} {} {value}", style.arrow()),
        None => format!("{key}: {value}"),
    };
    after.iter().filter(differs).map(line).map(|text| words::one_line(&text)).collect()
}
