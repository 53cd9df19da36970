//! Formatting a file without a change of what it says.
//!
//! The parser's events, comments among them, become a tree of source texts, and the tree is written again: two columns
//! for each level, one space where YAML wants one, no blanks at the ends of lines, at most one empty line in a row.
//! Scalars stay as they were written, keys keep their order, comments stay at the entries they belong to, and what
//! stood between brackets stays there. In the end both texts are parsed and compared, comments and their places too;
//! if they differ in anything, the file is refused.

mod emit;
#[cfg(test)]
mod tests;
mod tree;

use granit_parser::{Event, Parser};

use crate::diagnostic::{Diagnostics, Files};
use crate::yaml::{self, Limits};

/// Why a file was not formatted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FormatError {
    /// It is not valid YAML, or goes beyond the limits of our files.
    #[error("line {line}: {message}")]
    Invalid {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// It is written in a way that is not formatted.
    #[error("line {line}: {what} is not formatted")]
    Unsupported {
        /// The line, counted from 1.
        line: usize,
        /// What stands there.
        what: &'static str,
        /// What to do about it.
        fix: &'static str,
    },
    /// The formatted text would not say the same. This is a fault of ours.
    #[error("the formatted text would not say the same: please report this file")]
    Changed,
}

impl FormatError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            Self::Invalid { .. } => "see what is wrong: dnsctl check",
            Self::Unsupported { fix, .. } => fix,
            Self::Changed => "the file is as it was",
        }
    }
}

/// The formatted text. Formatting it again changes nothing.
///
/// # Errors
/// See [`FormatError`]; the text is then to be left as it is.
pub fn format(text: &str) -> Result<String, FormatError> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    if let Some(line) =
        text.split('\n').position(|line| line.strip_suffix('\r').unwrap_or(line).contains('\r'))
    {
        let (what, fix) = ("a line break without a line feed", "end each line with a line feed");
        return Err(FormatError::Unsupported { line: line + 1, what, fix });
    }
    if text.len() > Limits::default().bytes || text.contains('\0') {
        return Err(reason(text));
    }
    let trimmed = text.trim_end_matches([' ', '\t']);
    let source = events(trimmed).map_err(|()| reason(text))?;
    if trimmed.len() < text.len()
        && events(text).map_err(|()| reason(text)).map(|whole| data(&whole) != data(&source))?
    {
        let what = "a block that ends with blanks at the end of the file";
        let fix = "remove these blanks, or write the text in quotes";
        return Err(FormatError::Unsupported { line: text.split('\n').count(), what, fix });
    }
    let text = trimmed;
    let tree = tree::build(text, &source)?;
    let formatted = emit::emit(text, &tree);
    let same = events(&formatted)
        .is_ok_and(|again| data(&source) == data(&again) && notes(&source) == notes(&again));
    if same { Ok(formatted) } else { Err(FormatError::Changed) }
}

/// Why a text cannot be read, in the words of our reader.
fn reason(text: &str) -> FormatError {
    let files = Files::new();
    let mut found = Diagnostics::new();
    if let Ok(file) = yaml::decode(&files, "", text.as_bytes().to_vec(), &Limits::default(), &mut found) {
        let _ = yaml::parse(&file, &Limits::default(), &mut found);
    }
    let first = found.iter().next();
    let line = first.and_then(|first| first.source.as_ref()).map_or(1, |source| source.line);
    FormatError::Invalid {
        line: usize::try_from(line).unwrap_or(1).max(1),
        message: first.map_or_else(|| "not valid YAML".to_owned(), |first| first.message.clone()),
    }
}

type Spanned<'t> = (Event<'t>, granit_parser::Span);

fn events(text: &str) -> Result<Vec<Spanned<'_>>, ()> {
    let depth = Limits::default().depth;
    let options = granit_parser::options! {
        emit_comments: true,
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        flow_nesting_limit: depth,
        block_nesting_limit: depth,
    };
    Parser::new_from_str_with_options(text, options).collect::<Result<_, _>>().map_err(drop)
}

/// What the events say, without comments.
fn data<'e, 't>(events: &'e [Spanned<'t>]) -> Vec<&'e Event<'t>> {
    let skipped = |event: &Event<'_>| matches!(event, Event::Comment(..) | Event::DocumentStart(..));
    events.iter().map(|(event, _)| event).filter(|event| !skipped(event)).collect()
}

/// The comments, each with how many scalars stand before it.
fn notes<'e>(events: &'e [Spanned<'_>]) -> Vec<(&'e str, usize)> {
    let place = |span: &granit_parser::Span| span.start.index();
    let scalar = |(event, span): &&Spanned<'_>| {
        matches!(event, Event::Scalar(..) | Event::Alias(_) | Event::UnresolvedAlias(_)) && !span.is_empty()
    };
    let mut scalars: Vec<usize> = events.iter().filter(scalar).map(|(_, span)| place(span)).collect();
    scalars.sort_unstable();
    let note = |(event, span): &'e Spanned<'_>| match event {
        Event::Comment(text, _) => {
            Some((text.trim_end(), scalars.partition_point(|scalar| *scalar < place(span))))
        }
        _ => None,
    };
    events.iter().filter_map(note).collect()
}
