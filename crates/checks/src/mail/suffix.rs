//! Public suffixes: by them receivers of RFC 7489 find the organisational domain (its section 3.2). Those of RFC 9989 ask DNS
//! instead, where a public suffix says so itself (`psd=y`).

use dnsctl_zone::Name;

/// The name in lower case with dots between its labels; `None` for labels that no registry gives out.
fn text(name: &Name) -> Option<String> {
    let labels: Option<Vec<String>> = name
        .labels()
        .map(|label| {
            let plain = label.iter().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(octet));
            String::from_utf8(label.to_ascii_lowercase()).ok().filter(|_| plain)
        })
        .collect();
    labels.map(|labels| labels.join(".")).filter(|text| !text.is_empty())
}

/// Whether names below this one belong to others: `com`, `co.uk`.
pub(crate) fn is_public_suffix(name: &Name) -> bool {
    name.is_root() || text(name).is_some_and(|text| psl::suffix_str(&text) == Some(&*text))
}

/// Whether a registry gives out the names below this one: `com`, `co.uk`. What others hand out below a name of their own
/// (`github.io`) is not meant.
pub(crate) fn is_registry(name: &Name) -> bool {
    let Some(text) = text(name) else { return name.is_root() };
    psl::suffix(text.as_bytes())
        .is_some_and(|suffix| suffix == text.as_bytes() && suffix.typ() == Some(psl::Type::Icann))
}

/// Top-level domains whose registries say that they have a DMARC record: get.gov ("On the .gov registry", 2021), register.insurance
/// ("PSD DMARC", 2023-07-07, for both of fTLD).
const TOP_WITH_POLICY: [&str; 3] = ["bank", "gov", "insurance"];

/// Whether a public suffix may have a DMARC record, which holds for what is below it (RFC 9989 section 4.10.1). Of registries with
/// names below the top nobody lists who has one: gov.uk and gov.nl do. Of top-level domains those few do that say so.
pub(crate) fn may_have_policy(name: &Name) -> bool {
    name.label_count() > 1 || text(name).is_some_and(|text| TOP_WITH_POLICY.contains(&&*text))
}

/// The domain that an organisation registered, one label below the public suffix; `None` at a public suffix.
pub(crate) fn organisation(name: &Name) -> Option<Name> {
    let text = text(name)?;
    let labels = psl::domain_str(&text)?.split('.').count();
    let mut at = name.clone();
    while at.label_count() > labels {
        at = at.parent()?;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn organisations_are_one_label_below_a_public_suffix() {
        let name = |text: &str| Name::absolute(text).unwrap();
        for (domain, expected) in [
            ("example.com", Some("example.com")),
            ("a.mail.Example.com", Some("example.com")),
            ("mail.example.co.uk", Some("example.co.uk")),
            ("www.justice.gov.uk", Some("justice.gov.uk")),
            ("co.uk", None),
            ("com", None),
        ] {
            assert_eq!(organisation(&name(domain)), expected.map(name), "{domain}");
        }
        assert!(is_public_suffix(&name("gov.uk")) && !is_public_suffix(&name("justice.gov.uk")));
        assert!(is_public_suffix(&Name::root()));
        assert!(
            is_registry(&name("co.uk")) && is_registry(&name("COM")) && is_public_suffix(&name("github.io"))
        );
        assert!(!is_registry(&name("github.io")) && !is_registry(&name("example.co.uk")));
        assert!(
            may_have_policy(&name("gov.uk"))
                && may_have_policy(&name("GOV"))
                && !may_have_policy(&name("com"))
        );
    }
}
