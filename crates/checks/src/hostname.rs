//! Names of hosts, which are narrower than names of DNS (RFC 952, RFC 1123 section 2.1).

use dnsctl_zone::Name;
use std::net::{Ipv4Addr, Ipv6Addr};

/// What makes a name no host name, in words: "has the label ...".
pub(crate) fn fault(name: &Name) -> Option<String> {
    if let Some(label) = name.label_of_no_host() {
        let shown = || String::from_utf8_lossy(&label).into_owned();
        if let Some(odd) = label.iter().find(|octet| !octet.is_ascii_alphanumeric() && **octet != b'-') {
            let odd = char::from(*odd);
            return Some(if odd.is_ascii_graphic() {
                format!("has \"{odd}\" in the label \"{}\"", shown())
            } else {
                format!("has a character in the label \"{}\" that is no letter, digit or hyphen", shown())
            });
        }
        return Some(format!("has the label \"{}\", which starts or ends with a hyphen", shown()));
    }
    let last = name.labels().last()?;
    last.iter().all(u8::is_ascii_digit).then(|| "ends with a number".to_owned())
}

/// The address that somebody wrote where a name belongs: `192.0.2.1.`, or without the dot below the apex.
pub(crate) fn literal(name: &Name, apex: &Name) -> Option<String> {
    let relative =
        if name.is_below(apex) { name.label_count().saturating_sub(apex.label_count()) } else { usize::MAX };
    let labels: Vec<String> =
        name.labels().take(relative).map(|label| String::from_utf8_lossy(&label).into_owned()).collect();
    let text = labels.join(".");
    let inner = text.trim_start_matches('[').trim_end_matches(']');
    let inner = inner.strip_prefix("ipv6:").unwrap_or(inner);
    (inner.parse::<Ipv4Addr>().is_ok() || inner.parse::<Ipv6Addr>().is_ok()).then(|| inner.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        Name::absolute(text).unwrap()
    }

    #[test]
    fn hostnames() {
        for good in ["mail.example.com", "1.example.com", "xn--bcher-kva.example", "a-b.c"] {
            assert_eq!(fault(&name(good)), None, "{good}");
        }
        for (bad, why) in [
            ("my_mail.example.com", "has \"_\" in the label \"my_mail\""),
            ("-a.example.com", "has the label \"-a\", which starts or ends with a hyphen"),
            ("192.0.2.1", "ends with a number"),
            (
                "a\\032b.example.com",
                "has a character in the label \"a b\" that is no letter, digit or hyphen",
            ),
        ] {
            assert_eq!(fault(&name(bad)).as_deref(), Some(why), "{bad}");
        }
    }

    #[test]
    fn literals() {
        let apex = name("example.com");
        assert_eq!(literal(&name("192.0.2.1"), &apex).as_deref(), Some("192.0.2.1"));
        assert_eq!(literal(&name("192.0.2.1.example.com"), &apex).as_deref(), Some("192.0.2.1"));
        assert_eq!(literal(&name("2001:db8::1.example.com"), &apex).as_deref(), Some("2001:db8::1"));
        assert_eq!(literal(&name("[192.0.2.1].example.com"), &apex).as_deref(), Some("192.0.2.1"));
        assert_eq!(literal(&name("1.2.3.example.com"), &apex), None);
        assert_eq!(literal(&name("mail.example.com"), &apex), None);
    }
}
