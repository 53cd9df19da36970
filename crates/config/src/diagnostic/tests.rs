use super::*;

fn shown(diagnostic: &Diagnostic, files: &Files) -> String {
    diagnostic.render(files, false)
}

#[test]
fn a_place_is_underlined_with_its_label_its_relatives_and_help() {
    let files = Files::new();
    let a = files.add("zones/a.yaml", "one: 1\nrecords:\n  www: { A: 10.1.2.3 }\n");
    let b = files.add("zones/b.yaml", "\n\n\n\n\n\n\n\n\n\n\nttl: \"1h\" # x\n");
    let error = Diagnostic::error("config/what", "`www` is odd")
        .at(a.source(3, 13))
        .label("this address")
        .related(b.source(12, 6), "because of this")
        .help("first line\nsecond line");
    let want = "\
error[config/what]: `www` is odd
  --> zones/a.yaml:3:13
   |
 3 |   www: { A: 10.1.2.3 }
   |             ^^^^^^^^ this address
  ::: zones/b.yaml:12:6
   |
12 | ttl: \"1h\" # x
   |      ---- because of this
   |
   = help: first line
           second line
";
    assert_eq!(shown(&error, &files), want);
}

#[test]
fn without_a_place_or_a_text_it_still_reads_well() {
    let files = Files::new();
    assert_eq!(shown(&Diagnostic::warning("a/b", "all is odd"), &files), "warning[a/b]: all is odd\n");
    let lost = Source::new("gone.yaml".into(), 3, 1);
    let note = Diagnostic::note("a/b", "odd").at(lost).label("here").help("try again");
    let want = "note[a/b]: odd\n --> gone.yaml:3:1\n  = here\n  |\n  = help: try again\n";
    assert_eq!(shown(&note, &files), want);
    let file = files.add("a.yaml", "x\n");
    let whole = Diagnostic::error("a/b", "odd").at(file.source(0, 0));
    assert_eq!(shown(&whole, &files), "error[a/b]: odd\n --> a.yaml\n");
    let line = Diagnostic::error("a/b", "odd").at(file.source(1, 0));
    assert_eq!(shown(&line, &files), "error[a/b]: odd\n --> a.yaml:1\n  |\n1 | x\n");
    // A column or a line beyond the text.
    assert!(shown(&Diagnostic::error("a/b", "odd").at(file.source(1, 99)), &files).ends_with("  |  ^\n"));
    assert!(
        shown(&Diagnostic::error("a/b", "odd").at(file.source(u32::MAX, u32::MAX)), &files)
            .ends_with(":4294967295\n")
    );
}

#[test]
fn a_very_long_line_is_cut_around_the_column() {
    let files = Files::new();
    let file = files.add("a.yaml", format!("{}x: BAD, {}", "word ".repeat(100_000), "word ".repeat(100_000)));
    let text = shown(&Diagnostic::error("a/b", "odd").at(file.source(1, 500_004)), &files);
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.iter().all(|line| line.chars().count() < 120), "{text}");
    let (line, marks) = (lines[3], lines[4]);
    let at = marks.find('^').expect("marked");
    let under: String = line.chars().skip(at).take(3).collect();
    assert_eq!(under, "BAD", "{text}");
    assert!(line.contains("| …") && line.ends_with('…'), "{text}");
}

#[test]
fn wide_characters_tabs_and_controls_keep_the_underline_in_place() {
    let files = Files::new();
    let file = files.add("a.yaml", "例え: x\n\tk: y\nb: \u{1b}[31mz\u{202e} w\n");
    let text = shown(&Diagnostic::error("a/b", "odd").at(file.source(1, 5)), &files);
    assert!(text.ends_with("1 | 例え: x\n  |       ^\n"), "{text}");
    let text = shown(&Diagnostic::error("a/b", "odd").at(file.source(2, 2)), &files);
    assert!(text.ends_with("2 |  k: y\n  |  ^\n"), "{text}");
    let text = shown(&Diagnostic::error("a/b", "o\u{1b}dd").at(file.source(3, 1)), &files);
    assert!(text.starts_with("error[a/b]: o\\u{1b}dd\n"), "{text}");
    assert!(!text.contains('\u{1b}') && !text.contains('\u{202e}'), "{text:?}");
}

#[test]
fn in_ascii_the_underline_still_stands_under_its_word() {
    let files = Files::new();
    let file = files.add("zönen/a.yaml", "bücher: { TXT: Grüße }\n".to_owned() + &"x ".repeat(200));
    let all = |line, column| -> Diagnostics {
        let found = Diagnostic::error("a/b", "»odd«").at(file.source(line, column)).label("dort").help("…");
        [found].into_iter().collect()
    };
    let want = "\
error[a/b]: \\u{bb}odd\\u{ab}
 --> z\\u{f6}nen/a.yaml:1:16
  |
1 | b\\u{fc}cher: { TXT: Gr\\u{fc}\\u{df}e }
  |                     ^^^^^^^^^^^^^^^ dort
  |
  = help: ...

";
    assert_eq!(all(1, 16).render_ascii(&files, false), want);
    let long = all(2, 300).render_ascii(&files, true);
    assert!(long.is_ascii() && long.contains("..."), "{long}");
}

#[test]
fn marks_above_letters_take_no_column() {
    let files = Files::new();
    let file = files.add("a.yaml", "u\u{308}ber: o\u{308}de # 👍 ok\n");
    let text = shown(&Diagnostic::error("a/b", "odd").at(file.source(1, 8)), &files);
    assert!(text.ends_with("  |       ^^^\n"), "{text}");
    let text = shown(&Diagnostic::error("a/b", "odd").at(file.source(1, 15)), &files);
    assert!(text.ends_with("  |             ^^^^^\n"), "{text}");
}

#[test]
fn the_underline_covers_the_word_that_is_meant() {
    let files = Files::new();
    let mark = |line: &str, column: u32| {
        let file = files.add("a.yaml", line);
        let text = shown(&Diagnostic::error("a/b", "odd").at(file.source(1, column)), &files);
        text.matches('^').count()
    };
    assert_eq!(mark("www: { A: 1.2.3.4 }", 1), 3);
    assert_eq!(mark("www: { A: 1.2.3.4 }", 6), 1);
    assert_eq!(mark("www: { A: 1.2.3.4 }", 11), 7);
    assert_eq!(mark("www: [1.2.3.4, 5.6.7.8]", 16), 7);
    assert_eq!(mark("mx: 10 mail, # x", 5), 8);
    assert_eq!(mark("txt: \"a, b: \\\" c\" # x", 6), 12);
    assert_eq!(mark("txt: 'a b' # x", 6), 5);
    assert_eq!(mark("a: !include x.yaml", 4), 8);
}

#[test]
fn colour_only_adds_escape_sequences() {
    let files = Files::new();
    let file = files.add("a.yaml", "www: x\n");
    let error = Diagnostic::error("a/b", "odd").at(file.source(1, 1)).label("here").help("mend it");
    let coloured = error.render(&files, true);
    assert!(coloured.contains("\u{1b}["));
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').expect("a sequence ends with m").1;
    }
    plain.push_str(rest);
    assert_eq!(plain, shown(&error, &files));
}

#[test]
fn the_collection_counts_sorts_and_softens() {
    let file = |name: &str, line| Source::new(name.into(), line, 1);
    let mut all = Diagnostics::new();
    assert!(all.is_empty() && !all.has_errors());
    assert_eq!(all.to_string(), "no errors");
    all.push(Diagnostic::error("a/b", "3").at(file("b.yaml", 1)));
    all.push(Diagnostic::error("a/b", "2").at(file("a.yaml", 10)));
    let mut more: Diagnostics = [Diagnostic::warning("a/b", "1").at(file("a.yaml", 9))].into_iter().collect();
    more.push(Diagnostic::note("a/b", "0"));
    all.append(more);
    assert_eq!(all.counts(), Counts { errors: 2, warnings: 1, notes: 1 });
    assert_eq!(all.to_string(), "2 errors, 1 warning, 1 note");
    all.sort();
    let order: Vec<&str> = all.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(order, ["0", "1", "2", "3"]);
    all.demote_errors();
    assert_eq!(all.counts(), Counts { errors: 0, warnings: 3, notes: 1 });
    let text = all.render(&Files::new(), false);
    assert!(text.starts_with("note[a/b]: 0\n\nwarning[a/b]: 1\n --> a.yaml:9:1\n\nwarning"), "{text}");
}

#[test]
fn files_give_lines_whatever_ends_them() {
    let files = Files::new();
    let file = files.add("a", "one\r\ntwo\rthree\n\nfive");
    let lines: Vec<_> = (0..=6).map(|n| file.line(n)).collect();
    assert_eq!(lines, [None, Some("one"), Some("two"), Some("three"), Some(""), Some("five"), None]);
    let again = files.add("a", "new");
    assert_eq!(files.by_path("a").expect("known").text(), "new");
    assert_eq!(files.get(file.id()).expect("known").text(), file.text());
    assert_ne!(again.id(), file.id());
    assert_eq!(files.source(Position { file: file.id(), line: 2, column: 3 }).to_string(), "a:2:3");
    assert!(Files::new().get(again.id()).is_none());
    assert_eq!(Files::new().source(Position { file: again.id(), line: 2, column: 3 }).to_string(), "?:2:3");
}

#[test]
fn closest_finds_what_was_meant_and_nothing_else() {
    let keys = ["zone", "provider", "ttl", "records", "ignore", "manage"];
    let guess = |word| closest(word, keys);
    assert_eq!(guess("tll"), Some("ttl"));
    assert_eq!(guess("TTL"), Some("ttl"));
    assert_eq!(guess("recrods"), Some("records"));
    assert_eq!(guess("providers"), Some("provider"));
    assert_eq!(guess("record"), Some("records"));
    assert_eq!(guess("webhook"), None);
    assert_eq!(guess(""), None);
    assert_eq!(closest("x", []), None);
}

#[test]
fn quoted_text_is_short_and_harmless() {
    assert_eq!(quote("mail.example."), "`mail.example.`");
    assert_eq!(quote("a\u{1b}[2Jb\n"), "`a\\u{1b}[2Jb\\n`");
    let long = quote(&"ü".repeat(100_000));
    assert!(long.chars().count() == 63 && long.ends_with("…`"));
}

/// A file can be one line: to show each of its errors, only characters near the error are counted.
#[test]
fn columns_of_long_lines_are_found() {
    let long: String = (0..30_000_u32)
        .map(|number| if number % 7 == 0 { 'ü' } else { char::from(b'a' + (number % 26) as u8) })
        .collect();
    let text = format!("first\r\n{long}\nlast ü\n");
    let files = Files::new();
    let file = files.add("long", text);
    let characters: Vec<char> = long.chars().collect();
    for column in [0, 1, 99, 1023, 1024, 1025, 8191, 8192, 29_999, 30_000, 30_001, 100_000] {
        let wanted: String = characters.iter().skip(column).collect();
        assert_eq!(file.line_from(2, column), Some(&*wanted), "{column}");
    }
    assert_eq!((file.line_from(1, 2), file.line_from(3, 5)), (Some("rst"), Some("ü")));
    assert_eq!(
        (file.line_from(1, 9), file.line_from(3, 6), file.line_from(4, 0), file.line_from(9, 0)),
        (Some(""), Some(""), Some(""), None)
    );
}
