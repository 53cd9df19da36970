use super::*;
use crate::render::testing::{block, plan, unread, warn, zone};
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// What a reader of Markdown sees: the code spans and texts of each cell of each row, and how often there is something
/// that must come from this program alone.
#[derive(Debug, Default)]
struct Seen {
    rows: Vec<Vec<String>>,
    code: Vec<String>,
    blocks: Vec<String>,
    html: usize,
    links: usize,
}

fn read(text: &str) -> Seen {
    let mut seen = Seen::default();
    let mut block = false;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_GFM) {
        let cell = seen.rows.last_mut().and_then(|row| row.last_mut());
        match event {
            Event::Start(Tag::TableRow) => seen.rows.push(Vec::new()),
            Event::Start(Tag::TableCell) => {
                if let Some(row) = seen.rows.last_mut() {
                    row.push(String::new());
                }
            }
            Event::Start(Tag::CodeBlock(_)) => {
                block = true;
                seen.blocks.push(String::new());
            }
            Event::End(TagEnd::CodeBlock) => block = false,
            Event::Start(Tag::Link { .. } | Tag::Image { .. }) => seen.links += 1,
            Event::Html(_) | Event::InlineHtml(_) => seen.html += 1,
            Event::Code(code) => {
                if let Some(cell) = cell {
                    cell.push_str(&code);
                }
                seen.code.push(code.to_string());
            }
            Event::Text(text) if block => seen.blocks.last_mut().unwrap().push_str(&text),
            Event::Text(text) => {
                if let Some(cell) = cell {
                    cell.push_str(&text);
                }
            }
            _ => {}
        }
    }
    seen
}

proptest! {
    #[test]
    fn a_code_span_shows_what_it_holds(text in "[ a|`<>@#\\\\\"*_\\[\\]\\-\n\u{1b}\u{202e}ü]{0,30}") {
        let shown = safe::one_line(&text);
        let seen = read(&format!("- x {} y\n", safe::code(&text)));
        if shown.trim().is_empty() {
            prop_assert_eq!(seen.code.len(), 0);
        } else {
            prop_assert_eq!(&seen.code, std::slice::from_ref(&shown));
        }
        let row = format!("| a | b | c |\n|---|---|---|\n| 1 | {} | 3 |\n", safe::cell(&text));
        let seen = read(&row);
        prop_assert_eq!(seen.rows.len(), 1);
        prop_assert_eq!(seen.rows[0].len(), 3, "{}", row);
        prop_assert_eq!(&seen.rows[0][2], "3", "{}", row);
        prop_assert!(!row.contains(['\u{1b}', '\u{202e}']), "{}", row);
    }

    #[test]
    fn text_outside_of_code_is_text(text in "[ a|`<>@#!&;\\\\\"*_\\[\\]()~\n\u{1b}:/ü]{0,40}") {
        let seen = read(&format!("- x{}\n", safe::escape(&text)));
        prop_assert_eq!((seen.html, seen.links), (0, 0), "{}", safe::escape(&text));
        // Whoever is named stands beside an @ in code.
        let out = safe::escape(&text);
        let mentions = out.as_bytes().windows(2).any(|pair| pair[0] == b'@' && pair[1].is_ascii_alphanumeric());
        prop_assert!(!mentions, "{}", out);
    }
}

#[test]
fn hostile_records_break_no_report() {
    let text = "\"a | b` ``` </td> <!-- @octocat [x](http://evil) \\233 --> # *x*\"";
    let mut hostile =
        zone("a_b.example", &[("", &format!("www 300 TXT {text}")), ("*.\\@\\|x 300 A 192.0.2.1", "")]);
    hostile.findings.push(block(1, "deletes @all <b>\n# the rest"));
    hostile.provider = "ma`in|<x>".to_owned();
    let plan =
        plan(vec![hostile], vec![unread("c.example", "read zone c.example.: <h1>503</h1> @all\n\n# x")]);
    let seen = read(&text_of(&plan));
    // The comment with the digest, and the folds with their titles.
    assert_eq!((seen.links, seen.rows.len()), (0, 2), "{seen:?}");
    assert!(seen.rows.iter().all(|row| row.len() == 5), "{seen:?}");
    assert!(seen.rows[0][3].contains("a | b` ``` </td> <!-- @octocat"), "{seen:?}");
    assert_eq!(seen.blocks.len(), 1);
    assert!(seen.blocks[0].contains("``` </td>"), "{seen:?}");
}

fn text_of(plan: &Plan) -> String {
    let markdown = text(plan);
    assert!(markdown.text.chars().count() <= LIMIT);
    markdown.text
}

/// So many of each.
fn large(creates: usize, updates: usize, deletes: usize, blockers: usize, warnings: usize) -> Plan {
    let long = "x".repeat(120);
    let mut changes: Vec<(String, String)> = Vec::new();
    for index in 0..deletes {
        changes.push((format!("gone{index} 300 TXT {long}"), String::new()));
    }
    for index in 0..updates {
        changes.push((format!("moved{index} 300 TXT {long}"), format!("moved{index} 300 TXT {long} ; y")));
    }
    for index in 0..creates {
        changes.push((String::new(), format!("new{index} 300 TXT {long}")));
    }
    let changes: Vec<(&str, &str)> =
        changes.iter().map(|(before, after)| (before.as_str(), after.as_str())).collect();
    let mut zone = zone("corp.example", &changes);
    zone.findings.extend((0..blockers).map(|index| block(index, &format!("blocks number {index}"))));
    zone.findings.extend((0..warnings).map(|index| warn(deletes + index, "lives on for a long time")));
    plan(vec![zone], Vec::new())
}

#[test]
fn what_must_stay_stays_whatever_the_size() {
    for (creates, updates, deletes, blockers, warnings) in [
        (3, 3, 3, 1, 1),
        (300, 0, 3, 1, 0),
        (0, 150, 3, 1, 1),
        (5_000, 10, 5, 2, 3),
        (100, 5_000, 5, 2, 3),
        (100, 5_000, 5, 2, 5_000),
        (100, 100, 400, 3, 100),
        (0, 0, 1_500, 0, 0),
        (0, 0, 500, 300, 0),
        (5_000, 5_000, 1_500, 20, 5_000),
    ] {
        let plan = large(creates, updates, deletes, blockers, warnings);
        let markdown = text(&plan);
        let text = &markdown.text;
        let what = format!("{creates} {updates} {deletes} {blockers} {warnings}");
        assert!(markdown.complete, "{what}");
        assert!(text.chars().count() <= LIMIT, "{what}");
        assert_eq!(text.matches(&plan.digest).count(), 2, "{what}");
        for index in 0..deletes {
            assert!(text.contains(&format!("`gone{index}")), "{what}: deletion {index}");
        }
        assert_eq!(text.matches("> - ").count(), blockers, "{what}");
        for (number, name, word) in [(creates, "new", "more create"), (updates, "moved", "more update")] {
            let all = (0..number).all(|index| text.contains(&format!("`{name}{index}.")));
            assert_eq!(all, !(text.contains(word) || text.contains("Not listed here")), "{what}: {name}");
        }
    }
}

#[test]
fn unchanged_values_go_first_and_what_is_left_out_is_counted() {
    let plan = large(0, 150, 0, 0, 0);
    let all = write(&plan, Detail::All);
    let changed = write(&plan, Detail::Changed);
    assert!(all.contains("\n  moved0 300 TXT \"xxx") && all.contains("\n+ moved0 300 TXT \"y\""));
    assert!(!changed.contains("\n  moved0 ") && changed.contains("\n+ moved0 300 TXT \"y\""));
    let plan = large(700, 30, 2, 1, 1);
    let folded = write(&plan, Detail::Folded);
    assert!(folded.contains("| + | | | and 700 more creates | |"), "{folded}");
    assert!(folded.contains("moved29") && !folded.contains("new0"));
}

#[test]
fn a_plan_beyond_every_size_says_that_it_is() {
    let markdown = text(&large(0, 0, 5_000, 2_000, 0));
    assert!(!markdown.complete);
    assert!(
        markdown.text.contains("2,000 blockers and 5,000 deletions are **not shown here**"),
        "{}",
        markdown.text
    );
}

#[test]
fn nothing_to_do_is_one_line() {
    let text = text_of(&plan(vec![zone("a.example", &[])], Vec::new()));
    assert_eq!(text.lines().filter(|line| !line.is_empty()).count(), 2, "{text}");
    assert!(text.contains("## DNS plan ✅ No changes. 0 RRsets match in 1 zone."), "{text}");
}
