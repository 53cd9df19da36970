//! The lines of one change.

use super::style::{Style, dim, green, paint, red, wrap};
use super::words;
use dnsctl_plan::tokens::{self, Token};
use dnsctl_plan::{Change, Finding};
use dnsctl_zone::{Name, RRset, Rdata, RecordType};
use std::fmt::Write as _;

/// Widths of the columns of one zone.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Columns {
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
            columns.name = columns.name.max(change.name.relative_to(apex).chars().count()).min(40);
            columns.ttl = columns.ttl.max(ttl(change, style).chars().count());
        }
        columns
    }

    /// Where the text of a finding starts.
    fn indent(self) -> usize {
        self.number + 3
    }

    /// Where values start.
    fn values(self) -> usize {
        self.number + 3 + self.rtype + 1 + self.name + 2 + self.ttl + 2
    }
}

/// Writes the lines of a change and its findings.
pub(crate) fn write(
    out: &mut String,
    change: &Change,
    findings: &[&Finding],
    apex: &Name,
    columns: Columns,
    style: Style,
) {
    let color = Style::action_color(change.action());
    let sign = paint(color, Style::action(change.action()));
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
    let lines = values(change, apex, style);
    // A long name pushes its values to the next line.
    let own_line = name.chars().count() > columns.name;
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
        self::finding(out, finding, columns.indent(), style);
        if let Some(source) =
            finding.source.as_ref().or(change.source.as_ref()).filter(|_| finding.fix.is_some())
        {
            let _ = writeln!(out, "{}{}", " ".repeat(columns.indent() + 2), paint(dim(), source));
        }
    }
}

/// Writes a finding and what to do about it.
pub(crate) fn finding(out: &mut String, finding: &Finding, indent: usize, style: Style) {
    let color = Style::severity_color(finding.severity);
    let sign = style.severity(finding.severity);
    let text_indent = indent + sign.chars().count() + 1 + finding.rule.len() + 2;
    let width = style.width.saturating_sub(text_indent).max(40);
    let mut first = format!("{}{} {}  ", " ".repeat(indent), paint(color, sign), finding.rule);
    for line in wrap(&finding.message, width) {
        out.push_str(&first);
        out.push_str(&line);
        out.push('\n');
        first = " ".repeat(text_indent);
    }
    if let Some(fix) = &finding.fix {
        let indent = indent + 2;
        let mut first = format!("{}Fix: ", " ".repeat(indent));
        for line in wrap(fix, style.width.saturating_sub(indent + 5).max(40)) {
            out.push_str(&first);
            out.push_str(&line);
            out.push('\n');
            first = " ".repeat(indent + 5);
        }
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

/// The lines of the values, at least one.
fn values(change: &Change, apex: &Name, style: Style) -> Vec<String> {
    let texts =
        |rrset: &RRset| -> Vec<String> { rrset.values().iter().map(|value| shown(value, apex)).collect() };
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
                _ => both(&old, &new, is_text(change.rtype)),
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

fn shown(value: &Rdata, apex: &Name) -> String {
    if is_text(value.rtype()) { words::joined(value) } else { words::rdata(value, apex) }
}

fn summary(values: &[String]) -> String {
    match values {
        [one] => one.clone(),
        [first, rest @ ..] => format!("{first} and {} more", rest.len()),
        [] => String::new(),
    }
}

fn both(old: &[String], new: &[String], text: bool) -> Vec<String> {
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
                lines.extend(words_of(&old, &new));
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
fn words_of(old: &str, new: &str) -> Vec<String> {
    let mut lines = Vec::new();
    let mut run = String::new();
    for token in tokens::diff(old, new) {
        let (color, sign, word) = match token {
            Token::Same(word) => {
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
    after.iter().filter(differs).map(line).collect()
}
