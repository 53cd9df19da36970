//! The parser's errors in words for the person who wrote the file.

use granit_parser::{ErrorKind, ScanError};

use super::Limits;
use crate::diagnostic::{Diagnostic, File, quote};

/// The code of all that is not well-formed.
pub(super) const CODE: &str = "yaml/syntax";

/// A diagnostic for a file that is not well-formed.
pub(super) fn explain(file: &File, limits: &Limits, error: &ScanError) -> Diagnostic {
    let number = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    let (mut line, mut column) =
        (number(error.marker().line()), number(error.marker().col()).saturating_add(1));
    let rest = error.marker().byte_offset().and_then(|at| file.text().get(at..)).unwrap_or_default();
    let mut kind = error.kind();
    // For a character inside a text the parser names the start of that text.
    let wanted = match kind {
        ErrorKind::UnexpectedCharacter { character } => Some(*character),
        ErrorKind::TabInPlainScalar => Some('\t'),
        _ => None,
    };
    if let Some((before, _)) = wanted.and_then(|wanted| rest.split_once(wanted)) {
        let (above, same_line) = before.rsplit_once('\n').map_or((None, before), |(a, b)| (Some(a), b));
        if let Some(above) = above {
            line = line.saturating_add(number(above.matches('\n').count())).saturating_add(1);
            column = 1;
            if kind == &ErrorKind::TabInPlainScalar && same_line.trim().is_empty() {
                kind = &ErrorKind::TabInIndentation;
            }
        }
        column = column.saturating_add(number(same_line.chars().count()));
    }
    let source = file.source(line, column);
    if *kind == ErrorKind::RecursionLimitExceeded {
        return too_deep(limits).at(source);
    }
    if rest.starts_with('*')
        && matches!(kind, ErrorKind::SimpleKeyExpected | ErrorKind::ExpectedBlockMappingKey)
    {
        let name = rest.split([' ', ':', '\n', '\r']).next().unwrap_or_default();
        return bare_wildcard(name).at(source);
    }
    let error = match words(kind) {
        Some((message, help)) => Diagnostic::error(CODE, message).help(help),
        None => Diagnostic::error(CODE, format!("not valid YAML: {}", error.info()))
            .help("look at the indentation and the quotes here and in the line above"),
    };
    error.at(source)
}

/// An owner name with a wildcard that lacks its quotes.
pub(super) fn bare_wildcard(name: &str) -> Diagnostic {
    let message = format!("{} without quotes is an alias, not an owner name", quote(name));
    Diagnostic::error("yaml/unknown-alias", message).help("write the owner name in quotes")
}

/// Nesting went beyond [`Limits::depth`].
pub(super) fn too_deep(limits: &Limits) -> Diagnostic {
    let message = format!("mappings and lists are nested more than {} levels deep here", limits.depth);
    Diagnostic::error("yaml/too-deep", message).help("look for brackets that are not closed")
}

/// Message and help. The parser's own words do for what nobody gets wrong by accident.
fn words(kind: &ErrorKind) -> Option<(&'static str, &'static str)> {
    use ErrorKind as E;
    const QUOTES: &str = "put the text in quotes";
    const QUOTES_IF_TEXT: &str = "if it is part of a text, put that in quotes";
    const INSIDE_QUOTES: &str = "inside '…' write a quote as '', inside \"…\" as \\\"";
    const BACKSLASH: &str = "write \\\\ for a backslash, or use single quotes, where it needs no escape";
    Some(match kind {
        E::UnclosedQuotedScalar | E::DocumentIndicatorInQuotedScalar => {
            ("the quote that opens here is never closed", INSIDE_QUOTES)
        }
        E::InvalidTrailingSingleQuotedScalar | E::InvalidTrailingDoubleQuotedScalar => {
            ("something follows a closed quote", INSIDE_QUOTES)
        }
        E::UnknownQuotedScalarEscape => ("this backslash escape does not exist in YAML", BACKSLASH),
        E::InvalidQuotedScalarHexEscape | E::InvalidUnicodeEscape => {
            ("\\x, \\u and \\U take 2, 4 and 8 hexadecimal digits of a character", BACKSLASH)
        }

        E::UnclosedFlowCollection { open: '[' } | E::UnexpectedEofFlowSequence => {
            ("the `[` that opens here is never closed", "add the missing `]`")
        }
        E::UnclosedFlowCollection { .. }
        | E::UnexpectedEofFlowMapping
        | E::UnexpectedEofImplicitFlowMapping => {
            ("the `{` that opens here is never closed", "add the missing `}`")
        }
        E::MismatchedFlowCollectionEnd { .. } => {
            ("the bracket that opens here is closed by one of the other kind", QUOTES_IF_TEXT)
        }
        E::MisplacedFlowCollectionEnd => ("this bracket closes nothing that is open here", QUOTES_IF_TEXT),
        E::ExpectedFlowMappingSeparator => ("a `,` or `}` is missing before this", QUOTES_IF_TEXT),
        E::ExpectedFlowSequenceSeparator => ("a `,` or `]` is missing before this", QUOTES_IF_TEXT),

        E::UnexpectedCharacter { character: '@' } => {
            ("text cannot start with `@`", "write the apex in quotes: \"@\"")
        }
        E::UnexpectedCharacter { character: '%' } => ("text cannot start with `%`", QUOTES),
        E::UnexpectedCharacter { character: '`' } => ("text cannot start with a backtick", QUOTES),
        E::UnexpectedCharacter { .. } | E::BomInsideDocument => (
            "this character is not allowed in a YAML file",
            "remove it, or write it as an escape in double quotes, such as \"\\x01\"",
        ),
        E::MissingAnchorOrAliasName => {
            ("a `*` or `&` without a name after it", "write the wildcard label in quotes: \"*\"")
        }
        E::UndeclaredTagHandle => {
            ("this tag is not declared", "a text that starts with `!` is written in quotes")
        }
        E::PlainScalarStartsWithDashFlowIndicator | E::BlockEntryInFlowCollection => {
            ("a `-` is not allowed here", QUOTES)
        }

        E::TabNotAllowed | E::TabInBlockIndentation | E::TabInIndentation | E::TabAtBlockScalarStart => {
            ("a tab indents this line; YAML allows only spaces", "replace the tab by spaces")
        }
        E::TabInPlainScalar => ("a tab stands inside this text", QUOTES),
        E::MappingValueNotAllowed | E::InvalidColonPlacement => (
            "a `:` is not allowed here",
            "quote the text if it holds `: `; else check the indentation of this line and the one above",
        ),
        E::SimpleKeyExpected | E::InvalidSimpleKey => (
            "a key without a `:` after it",
            "write `key: value`; a key has at most 1,024 characters and stands on one line",
        ),
        E::ExpectedBlockMappingKey | E::InvalidIndentation | E::MappingKeyNotAllowed => {
            ("this line does not fit its surroundings", "align it with the keys of the mapping it belongs to")
        }
        E::ExpectedBlockSequenceEntry | E::BlockSequenceEntryNotAllowed => (
            "this line does not fit the list around it",
            "start every item with `- `, all in the same column; a list and keys cannot be mixed",
        ),
        E::InvalidFlowScalarIndent | E::InvalidQuotedScalarIndent | E::InvalidBlockScalarIndent => (
            "this line of a longer text is not indented enough",
            "indent it deeper than the key it belongs to",
        ),
        E::InvalidBlockEntryWhitespace => ("a space is missing after `-`", QUOTES_IF_TEXT),
        E::InvalidMappingValueWhitespace => ("a space is missing after `:`", QUOTES_IF_TEXT),
        E::CommentNotSeparated => ("a space is missing before `#`", QUOTES_IF_TEXT),
        E::CommentInterceptedScalar => {
            ("a comment stands in the middle of a longer text", "move the comment")
        }
        _ => return None,
    })
}
