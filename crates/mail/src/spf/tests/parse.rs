//! Faults: their kinds and places.

use crate::spf::{FaultKind, Mechanism, Qualifier, Selection, near_miss, parse, select};

/// The faults of a record as "Kind text".
fn faults(text: &str) -> Vec<String> {
    let parsed = parse(text.as_bytes());
    let excerpt = |fault: &crate::Fault<FaultKind>| {
        format!("{:?} {}", fault.kind, String::from_utf8_lossy(fault.span.of(text.as_bytes())))
    };
    parsed.faults.iter().map(excerpt).collect()
}

fn one(text: &str) -> String {
    let found = faults(&format!("v=spf1 {text} -all"));
    assert_eq!(found.len(), 1, "{text}: {found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn good_records_have_no_fault() {
    for text in [
        "v=spf1 -all",
        "v=spf1 mx a:mail.example.com/24//64 ip4:192.0.2.0/24 ip6:2001:db8::/32 include:_spf.example.com ~all",
        "V=SPF1 A MX -ALL ",
        "v=spf1  ip4:192.0.2.1   -all",
        "v=spf1 redirect=_spf.example.com",
        "v=spf1 exists:%{ir}.%{l1r-}.%{v}._spf.%{d2} exp=explain._spf.%{d} ?all",
        "v=spf1 a:%{d}/0//0 a:foo:bar/baz.example.com ip6:::/0 -all",
        "v=spf1 include:%{d}.example.com. -all",
        "v=spf1 a:%%%_%-.example.com a:%% -all",
    ] {
        assert_eq!(faults(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn each_error_has_its_place() {
    for (text, expected) in [
        ("ipv4:192.0.2.1", "UnknownMechanism ipv4:192.0.2.1"),
        ("moo", "UnknownMechanism moo"),
        ("all.", "UnknownMechanism all."),
        ("1up=foo", "UnknownMechanism 1up=foo"),
        ("=all", "UnknownMechanism =all"),
        ("redirect:x.example", "UnknownMechanism redirect:x.example"),
        ("-redirect=x.example", "UnknownMechanism -redirect=x.example"),
        ("all:foo", "UnexpectedArgument :foo"),
        ("all/8", "UnexpectedArgument /8"),
        ("include", "MissingArgument include"),
        ("include:", "MissingArgument include:"),
        ("exists", "MissingArgument exists"),
        ("ip4", "MissingArgument ip4"),
        ("ip6:", "MissingArgument ip6:"),
        ("redirect=", "MissingArgument redirect="),
        ("exp=", "MissingArgument exp="),
        ("a:", "MissingArgument :"),
        ("mx:/24", "MissingArgument :"),
        ("a:museum", "Domain museum"),
        ("a:192.0.2.1", "Domain 192.0.2.1"),
        ("mx:example.com:8080", "Domain example.com:8080"),
        ("a:example.-com", "Domain example.-com"),
        ("a:example.com..", "Domain example.com.."),
        ("include:example.com,", "Domain example.com,"),
        ("include:%{d}com", "Domain %{d}com"),
        ("include:example.com/24", "Domain example.com/24"),
        ("include/24", "PrefixLength /24"),
        ("ptr/0", "PrefixLength /0"),
        ("ip4:1.2.3", "Address 1.2.3"),
        ("ip4:192.0.02.1", "Address 192.0.02.1"),
        ("ip4:192.0.2.1:25", "Address 192.0.2.1:25"),
        ("ip4:2001:db8::1", "Address 2001:db8::1"),
        ("ip6:192.0.2.1", "Address 192.0.2.1"),
        ("ip6:2001:db8::1::", "Address 2001:db8::1::"),
        ("ip4:192.0.2.1/33", "PrefixLength 33"),
        ("ip4:192.0.2.1/032", "PrefixLength 032"),
        ("ip4:192.0.2.1/", "PrefixLength "),
        ("ip4:192.0.2.1//32", "PrefixLength /32"),
        ("ip4:192.0.2.1/-1", "PrefixLength -1"),
        ("ip6:::1/129", "PrefixLength 129"),
        ("a/33", "PrefixLength 33"),
        ("a//129", "PrefixLength 129"),
        ("a/24/64", "PrefixLength /24/64"),
        ("a:x.example/24/64", "PrefixLength :x.example/24/64"),
        ("mx/abc", "PrefixLength /abc"),
        ("a:x.example/", "PrefixLength "),
        ("exists:%(ir).example.com", "Macro %"),
        ("exists:%.example.com", "Macro %"),
        ("exists:%{x}.example.com", "Macro %{x}"),
        ("exists:%{i0}.example.com", "Macro %{i0}"),
        ("exists:%{i.example.com", "Macro %{i.example.com"),
        ("exists:%{ir2}.example.com", "Macro %{ir2}"),
        ("moo=%{", "Macro %{"),
        ("exists:%{c}.example.com", "ExplanationMacro %{c}"),
        ("exp=%{r}.example.com", "ExplanationMacro %{r}"),
        ("ip4:192.0.2.1~all", "Separator ip4:192.0.2.1~all"),
        ("include:a.example.com~all", "Separator include:a.example.com~all"),
        ("ip4:192.0.2.1ip4:192.0.2.2", "Separator ip4:192.0.2.1ip4:192.0.2.2"),
        ("mx\tip4:192.0.2.1", "Control \t"),
        ("mx\r\n", "Control \r\n"),
        ("mx\u{a0}a", "NotAscii \u{a0}"),
    ] {
        assert_eq!(one(text), expected);
        let parsed = parse(format!("v=spf1 {text} -all").as_bytes());
        assert!(!parsed.is_valid(), "{text}");
    }
}

#[test]
fn all_errors_are_told_and_the_rest_is_read() {
    let text =
        b"v=spf1 ip4:192.0.2.300 mx moo a:%{z}.%{y}.example.com ip6:x/200 exp=a.example exp=b.example ~all";
    let parsed = parse(text);
    let kinds: Vec<FaultKind> = parsed.faults.iter().map(|fault| fault.kind).collect();
    use FaultKind::{Address, Macro, ModifierTwice, PrefixLength, UnknownMechanism};
    assert_eq!(kinds, [Address, UnknownMechanism, Macro, Macro, Address, PrefixLength, ModifierTwice]);
    let record = parsed.record.unwrap();
    assert_eq!(record.to_string(), "v=spf1 mx exp=a.example exp=b.example ~all");
    assert_eq!(record.all().map(|(_, qualifier)| qualifier), Some(Qualifier::SoftFail));
}

#[test]
fn what_is_only_unwise_is_no_error() {
    for (text, expected) in [
        ("v=spf1 moo=cow -all", "UnknownModifier moo=cow"),
        ("v=spf1 mx v=spf1 -all", "UnknownModifier v=spf1"),
        ("v=spf1 include=x.example -all", "UnknownModifier include=x.example"),
        ("v=spf1 redirect=x.example ~all", "RedirectIgnored redirect=x.example"),
        ("v=spf1 -all mx", "AfterAll mx"),
        ("v=spf1 mx ~mx -all", "Duplicate ~mx"),
        ("v=spf1 a:X.example a:x.example -all", "Duplicate a:x.example"),
        ("v=spf1 ptr -all", "Ptr ptr"),
        ("v=spf1 exists:%{p}.example.com -all", "PointerMacro exists:%{p}.example.com"),
        ("v=spf1 ip4:192.0.2.1/24 -all", "HostBits 192.0.2.1/24"),
        ("v=spf1 ip6:2001:db8::1/127 -all", "HostBits 2001:db8::1/127"),
        ("v=spf1 ip4:192.0.2.1/0 -all", "HostBits 192.0.2.1/0"),
        ("v=spf1 mx", "NoAll "),
        ("v=spf1", "NoAll "),
    ] {
        assert_eq!(faults(text), [expected]);
        assert!(parse(text.as_bytes()).is_valid(), "{text}");
    }
    assert!(parse(b"v=spf1 ip6:2001:db8::/127 ip4:192.0.2.1/32 ip6:::1/128 -all").faults.is_empty());
}

#[test]
fn messages_say_what_was_meant() {
    let message = |text: &str| parse(format!("v=spf1 {text} -all").as_bytes()).faults.swap_remove(0).message;
    assert_eq!(message("ipv4:192.0.2.1"), "there is no mechanism \"ipv4\"; is \"ip4:\" meant?");
    for slip in ["nclude", "inlcude", "includes", "onclude"] {
        let wanted = format!("there is no mechanism \"{slip}\"; is \"include:\" meant?");
        assert_eq!(message(&format!("{slip}:x.example")), wanted);
    }
    assert_eq!(message("exclude:x.example"), "there is no mechanism \"exclude\"");
    assert_eq!(message("redirect:x.example"), "there is no mechanism \"redirect\"; is \"redirect=\" meant?");
    assert_eq!(
        message("192.0.2.1"),
        "there is no mechanism \"192.0.2.1\"; an address is written with \"ip4:\""
    );
    assert_eq!(
        message("a:192.0.2.1"),
        "\"192.0.2.1\" is no domain name here: its last label is a number; an address is written with \"ip4:\""
    );
    assert_eq!(message("ip4:::1"), "\"::1\" is no IPv4 address; an IPv6 address is written with \"ip6:\"");
    assert_eq!(message("ip4:192.0.2.1~all"), "a space is missing before \"~all\"");
    assert_eq!(
        message("include=x.example"),
        "receivers ignore \"include=\", which no RFC defines; is \"include:\" meant?"
    );
}

#[test]
fn texts_that_are_no_record() {
    for (text, is_near) in [
        ("v=spf10 -all", true),
        ("v=spf1\t-all", true),
        (" v=spf1 -all", true),
        ("\"v=spf1 -all\"", true),
        ("\u{feff}v=spf1 -all", true),
        ("v=spf1;-all", true),
        ("v=spf2 -all", true),
        ("spf2.0/pra -all", true),
        ("v = spf1 -all", true),
        ("v=DMARC1; p=none", false),
        ("google-site-verification=spf", false),
        ("", false),
    ] {
        let parsed = parse(text.as_bytes());
        assert_eq!(parsed.record, None, "{text}");
        assert_eq!(parsed.faults.iter().map(|fault| fault.kind).collect::<Vec<_>>(), [FaultKind::Version]);
        assert_eq!(near_miss(text.as_bytes()).is_some(), is_near, "{text}");
    }
    assert_eq!(near_miss(b"v=spf1 -all"), None);
}

#[test]
fn one_record_is_selected() {
    let texts = ["google-site-verification=x", "V=spf1 -all", "v=spf10"];
    assert_eq!(select(&texts), Selection::One(b"V=spf1 -all"));
    assert_eq!(select(&texts[..1]), Selection::None);
    assert_eq!(select(&["v=spf1", "v=spf1"]), Selection::Many(vec![b"v=spf1", b"v=spf1"]));
}

#[test]
fn spans_of_terms() {
    let text = b"v=spf1  mx   -all ";
    let record = parse(text).record.unwrap();
    let spans: Vec<_> = record.terms.iter().map(|term| term.span.of(text)).collect();
    assert_eq!(spans, [b"mx".as_slice(), b"-all"]);
    assert!(record.directives().any(|(_, directive)| directive.mechanism == Mechanism::All));
}
