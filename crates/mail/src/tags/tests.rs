use super::*;
use proptest::prelude::*;

fn kinds(text: &[u8], style: Style) -> Vec<(FaultKind, (usize, usize))> {
    parse(text, style).faults.iter().map(|fault| (fault.kind, (fault.span.start, fault.span.end))).collect()
}

fn pairs(text: &str, style: Style) -> Vec<(String, String)> {
    let list = parse(text.as_bytes(), style);
    list.tags.iter().map(|tag| (String::from_utf8_lossy(tag.name).into_owned(), tag.text())).collect()
}

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn pairs_are_found_with_their_places() {
    let list = parse(b" v = DKIM1 ; p=a=b= ;", Style::Folded);
    assert_eq!(list.faults, []);
    assert_eq!(list.tags.len(), 2);
    assert_eq!(list.tags[0].name_span, Span::new(1, 2));
    assert_eq!(list.tags[0].value_span, Span::new(5, 10));
    assert_eq!(list.tags[0].span, Span::new(1, 10));
    assert_eq!(list.get(b"p").unwrap().value, b"a=b=");
    assert_eq!(list.get(b"P"), None);
}

#[test]
fn every_fault_is_told() {
    let text = b"v=DMARC1, p=none;; x1=a;=b;c;rua=;p=\x00\x01a\xff;p=b";
    assert_eq!(
        kinds(text, Style::Blanks),
        [
            (FaultKind::EmptyTag, (17, 18)),
            (FaultKind::Name, (19, 21)),
            (FaultKind::NoName, (24, 25)),
            (FaultKind::NoEquals, (27, 28)),
            (FaultKind::NoValue, (29, 33)),
            (FaultKind::Octet, (36, 38)),
            (FaultKind::Octet, (39, 40)),
            (FaultKind::Duplicate, (41, 44)),
        ]
    );
}

#[test]
fn semicolons_in_a_row_are_one_fault() {
    assert_eq!(kinds(b";;; ;v=1", Style::Folded), [(FaultKind::EmptyTag, (0, 5))]);
    assert_eq!(kinds(b"v=1;", Style::Folded), []);
    assert_eq!(kinds(b"", Style::Folded), [(FaultKind::Empty, (0, 0))]);
    assert_eq!(kinds(b"  ", Style::Folded), [(FaultKind::Empty, (0, 2))]);
    assert_eq!(kinds(&b";".repeat(1_000_000), Style::Blanks), [(FaultKind::EmptyTag, (0, 1_000_000))]);
}

#[test]
fn blanks_are_judged_by_style() {
    let text = b" v = 1 ; p=2 ";
    assert_eq!(kinds(text, Style::Folded), []);
    assert_eq!(
        kinds(text, Style::Blanks),
        [(FaultKind::LeadingBlank, (0, 1)), (FaultKind::TrailingBlank, (12, 13))]
    );
    assert_eq!(
        kinds(b"v= 1; id =2", Style::Tight),
        [(FaultKind::BlankAroundEquals, (2, 3)), (FaultKind::BlankAroundEquals, (8, 9))]
    );
}

#[test]
fn folded_lines_are_blanks_of_dkim_only() {
    let text = "p=ab\r\n cd;\r\n\tn=x";
    assert_eq!(kinds(text.as_bytes(), Style::Folded), []);
    assert_eq!(pairs(text, Style::Folded), owned(&[("p", "ab\r\n cd"), ("n", "x")]));
    assert_eq!(kinds(b"p=ab\ncd", Style::Folded), [(FaultKind::Octet, (4, 5))]);
    assert_eq!(kinds(b"p=ab\r\ncd", Style::Folded), [(FaultKind::Octet, (4, 6))]);
    assert_eq!(kinds(b"p=ab\r\n cd", Style::Blanks), [(FaultKind::Octet, (4, 6))]);
}

#[test]
fn lists_in_values_keep_places() {
    let text = b"h= sha1 : :sha256";
    let list = parse(text, Style::Folded);
    let found: Vec<_> =
        items(text, list.tags[0].value_span, b':').map(|item| (item.octets, item.span.start)).collect();
    assert_eq!(found, [(&b"sha1"[..], 3), (b"", 9), (b"sha256", 11)]);
}

proptest! {
    #[test]
    fn any_octets_are_read(text in prop::collection::vec(any::<u8>(), 0..200), style in styles()) {
        let list = parse(&text, style);
        for fault in &list.faults {
            prop_assert!(fault.span.start <= fault.span.end && fault.span.end <= text.len());
        }
        for tag in &list.tags {
            prop_assert_eq!(tag.value_span.of(&text), tag.value);
            prop_assert_eq!(tag.name_span.of(&text), tag.name);
        }
    }

    #[test]
    fn what_is_written_is_read(
        pairs in prop::collection::btree_map("[a-z]{1,8}", "[!-:<-~]{1,20}", 1..6),
        style in styles(),
    ) {
        let text = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let list = parse(text.as_bytes(), style);
        prop_assert_eq!(&list.faults, &[]);
        let read: Vec<_> = list.tags.iter().map(|tag| (String::from_utf8_lossy(tag.name).into_owned(), tag.text())).collect();
        prop_assert_eq!(read, pairs.into_iter().collect::<Vec<_>>());
    }
}

fn styles() -> impl Strategy<Value = Style> {
    prop_oneof![Just(Style::Folded), Just(Style::Blanks), Just(Style::Tight)]
}
