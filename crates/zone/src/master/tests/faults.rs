//! What is wrong with a file, and what bounds a bad one.

use super::*;

/// What is left out of a zone that somebody takes as far as it can be read gives its TTL and its owner name to the next.
#[test]
fn a_record_of_an_unknown_type_passes_on_what_it_says() {
    let text =
        "a 300 A 192.0.2.1\nb 60 FOO (\n bar )\n A 192.0.2.2\nc 90 NULL x\nd A 192.0.2.3\ne NULL \\# 2 00\n";
    let parsed = parse_with(text, &[], Options::default());
    let known: Vec<bool> = parsed.errors.iter().map(|error| !error.fault.is_unknown_type()).collect();
    assert_eq!(known, [false, false, true]);
    let found: Vec<String> =
        parsed.records.iter().map(|record| format!("{} {}", record.name, record.ttl)).collect();
    assert_eq!(found, ["a.example.com. 300", "b.example.com. 60", "d.example.com. 90"]);
}

#[test]
fn includes_are_bounded() {
    let mut depth = 0;
    let mut deeper = |_: &str| {
        depth += 1;
        Ok((Arc::from(format!("{depth}")), "$INCLUDE x\n$INCLUDE x\n".to_owned()))
    };
    let options = Options { include_depth: 5, ..Options::default() };
    let parsed = parse("$INCLUDE x", Arc::from("zone"), &name("a"), options, &mut deeper);
    assert_eq!(
        parsed.errors[0].to_string(),
        "5:1:10: cannot include"
            .replace("cannot include", "more than 5 files are included inside each other")
    );
    // Two a file would be 2^16 without the other bound.
    let options = Options { errors: 1_000_000, ..Options::default() };
    let mut many = 0;
    let mut include = |_: &str| {
        many += 1;
        Ok((Arc::from(format!("{many}")), "$INCLUDE x\n$INCLUDE x\n".to_owned()))
    };
    let parsed = parse("$INCLUDE x", Arc::from("zone"), &name("a"), options, &mut include);
    assert!(parsed.errors.len() < 3000 && (100..=1000).contains(&many), "{} {many}", parsed.errors.len());
}

#[test]
fn every_error_has_its_place() {
    let text = " A 192.0.2.1
$TTL x
$FOO
a A 192.0.2.1
$TTL 1h 2h
$TTL 1
a..b A 192.0.2.1
  A 192.0.2.300 ; the owner name is not known, this is
b CH A 192.0.2.1
b CLASS3 A 192.0.2.1
b IN
b 1x A 192.0.2.1
b 2147483648 A 192.0.2.1
MX 10 mail
é-b FOO x
b ALIAS c
b TXT \"open
b A 192.0.2.1 )
b TXT ( é
  é \"open )
  skipped )
\"b\" A 192.0.2.1
b MX ( 10 ; preference
   a..b ) ; exchange
b A
b TXT end\\
$ORIGIN a..b
b A 192.0.2.1
b TXT ( not closed
  at all
c A 192.0.2.3
";
    assert_eq!(
        errors(text, &[]),
        [
            "zone:1:2: the line starts with a blank, so it has the owner name of the record before, but there is none +1",
            "zone:2:6: \"x\" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m) +1",
            "zone:3:1: \"$FOO\" is not a directive; known are $ORIGIN, $TTL, $INCLUDE and $GENERATE +4",
            "zone:4:1: the record has no TTL, and neither $TTL nor a record before it gives one +3",
            "zone:5:9: the form is $TTL TIME +2",
            "zone:7:1: the name \"a..b\" has an empty label (two dots in a row, or one at the start) +4",
            "zone:8:5: A: address: \"192.0.2.300\" is not an IPv4 address +11",
            "zone:9:3: the class CH is not supported; zones here are of class IN +2",
            "zone:10:3: the class CLASS3 is not supported; zones here are of class IN +6",
            "zone:11:5: the line ends where a record type should stand +0",
            "zone:12:3: \"1x\" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m) +2",
            "zone:13:3: TTL 2147483648 is above 2147483647 seconds, the largest that DNS allows (RFC 2181 section 8) +10",
            "zone:14:7: \"mail\" is not a record type +4",
            "zone:15:5: \"FOO\" is not a record type +3",
            "zone:16:3: ALIAS is no type of DNS; only some providers know it +5",
            "zone:17:7: the quote is not closed on this line +5",
            "zone:18:15: this parenthesis closes nothing +1",
            "zone:20:5: the quote is not closed on this line +7",
            "zone:22:1: a name is written without quotes +3",
            "zone:24:4: MX: exchange: the name \"a..b\" has an empty label (two dots in a row, or one at the start) +4",
            "zone:25:3: A: address: the field is missing +1",
            "zone:26:10: a backslash stands at the end of the line +1",
            "zone:27:9: the name \"a..b\" has an empty label (two dots in a row, or one at the start) +4",
            "zone:29:7: the parenthesis is not closed +1",
        ]
    );
    let parsed = parse_with(text, &[], Options::default());
    let read: Vec<String> = parsed.records.iter().map(|record| record.source.to_string()).collect();
    assert_eq!(read, ["zone:28:1", "zone:31:1"]);
    let hint = parsed.errors.iter().find_map(|error| match &error.fault {
        Fault::Type { owner_is_type: true, .. } => error.hint(),
        _ => None,
    });
    assert_eq!(hint.as_deref(), Some("a line whose owner name is left out starts with a blank"));
}

#[test]
fn errors_are_bounded() {
    let text = "a\n".repeat(5000);
    let parsed = parse_with(&text, &[], Options::default());
    assert_eq!(parsed.errors.len(), 1001);
    assert_eq!(
        parsed.errors[1000].to_string(),
        "zone:1000: there are more than 1000 errors; the rest was not read"
    );
}

#[test]
fn messages_are_bounded() {
    for start in [
        "",
        "$TTL ",
        "$INCLUDE ",
        "$",
        "$GENERATE ",
        "a ",
        "a 1",
        "a 1 A ",
        "a 1 MX 10 ",
        "a 1 TXT ",
        "a 1 DS ",
    ] {
        for filler in ["x", "é", "7", "\\000", "\u{7}", "7.", "\""] {
            let parsed = parse_with(&format!("{start}{}", filler.repeat(5000)), &[], Options::default());
            for error in parsed.errors {
                assert!(error.to_string().len() < 1200, "{start} {filler}: {error}");
            }
        }
    }
}

/// Few directives and records that are long: what they make has a bound, too.
#[test]
fn what_generate_makes_has_a_bound_in_octets() {
    let long = "x".repeat(200);
    let text = format!("$TTL 60\n$GENERATE 1-1000000 h$ TXT {long}\n$GENERATE 1-1000000 i$ TXT {long}\n");
    let options = Options { generated_octets: 100_000, ..Options::default() };
    let parsed = parse_with(&text, &[], options);
    let errors: Vec<_> = parsed.errors.iter().map(|error| error.fault.clone()).collect();
    assert_eq!(errors, [Fault::GenerateOctets(100_000), Fault::GenerateOctets(100_000)]);
    assert!(parsed.records.len() < 500, "{}", parsed.records.len());
    let few = parse_with("$TTL 60\n$GENERATE 1-300 h$ TXT text\n", &[], options);
    assert_eq!((few.errors.len(), few.records.len()), (0, 300));
}
