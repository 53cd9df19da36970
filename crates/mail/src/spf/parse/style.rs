//! What receivers take and a sender should not publish, and modifiers that stand twice.

use super::{FaultKind, Parser};
use crate::Span;
use crate::spf::{Letter, Mechanism, Record, TermKind};
use std::collections::HashSet;

/// Looks at the terms of a record together.
pub(super) fn look(record: &Record, text: &[u8], parser: &mut Parser) {
    parser.steps += text.len();
    let valid = !parser.failed(0);
    let has_all = record.all().is_some();
    let mut all = false;
    let (mut redirects, mut explanations) = (0_usize, 0_usize);
    let mut seen = HashSet::new();
    for term in &record.terms {
        match &term.kind {
            TermKind::Redirect(_) => {
                redirects += 1;
                if redirects > 1 {
                    twice(parser, "redirect", term.span);
                } else if has_all {
                    let words = "receivers ignore \"redirect\" since the record has \"all\"";
                    parser.fault(FaultKind::RedirectIgnored, term.span, words);
                }
            }
            TermKind::Explanation(_) => {
                explanations += 1;
                if explanations > 1 {
                    twice(parser, "exp", term.span);
                }
            }
            TermKind::Unknown { .. } => {}
            TermKind::Directive(directive) => {
                if all {
                    let words = "receivers never look at this, since it stands after \"all\"";
                    parser.fault(FaultKind::AfterAll, term.span, words);
                    continue;
                }
                if directive.mechanism == Mechanism::All {
                    all = true;
                } else if !seen.insert(directive.mechanism.to_string().to_ascii_lowercase()) {
                    let words = "the same stands before: it cannot match any more";
                    parser.fault(FaultKind::Duplicate, term.span, words);
                }
                if matches!(directive.mechanism, Mechanism::Ptr(_)) {
                    let words =
                        "\"ptr\" is slow and unreliable, and should not be used (RFC 7208 section 5.5)";
                    parser.fault(FaultKind::Ptr, term.span, words);
                }
            }
        }
        if term.kind.text().is_some_and(|text| text.macros().any(|found| found.letter == Letter::Pointer)) {
            let words =
                "the macro \"p\" is slow and unreliable, and should not be used (RFC 7208 section 7.2)";
            parser.fault(FaultKind::PointerMacro, term.span, words);
        }
    }
    if valid && !all && redirects == 0 {
        let words = "neither \"all\" nor \"redirect\" ends the record: for all other clients nothing is said";
        parser.fault(FaultKind::NoAll, Span::new(text.len(), text.len()), words);
    }
}

fn twice(parser: &mut Parser, name: &str, span: Span) {
    parser.fault(
        FaultKind::ModifierTwice,
        span,
        format!("\"{name}\" may stand only once (RFC 7208 section 6)"),
    );
}
