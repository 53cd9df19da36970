//! What the order promises, on cases and on random changes.

use crate::testing::{Case, apex, rrsets, steps};
use crate::view::{ADDRESSES, Addresses};
use crate::zone::ZonePlan;
use crate::{Action, Change, View};
use dnsctl_zone::{Live, Name, RRset, RecordType, Zone};
use proptest::prelude::*;

fn order(before: &str, after: &str) -> Vec<String> {
    steps(&Case::new(before, after).plan())
}

/// The steps, groups of several in brackets.
fn grouped(before: &str, after: &str) -> Vec<String> {
    let plan = Case::new(before, after).plan();
    let steps = steps(&plan);
    let of_group = plan.changes.chunk_by(|a, b| a.group == b.group).map(<[Change]>::len);
    let mut steps = steps.into_iter();
    let text = |length| {
        let members: Vec<String> = steps.by_ref().take(length).collect();
        if length == 1 { members.concat() } else { format!("[{}]", members.join(", ")) }
    };
    of_group.map(text).collect()
}

#[test]
fn texts_by_which_mail_is_judged_come_before_the_mail() {
    let after = "@ MX 10 mail\nmail A 192.0.2.1\n@ TXT \"v=spf1 a:mail.example.com -all\"\n\
                 s1._domainkey TXT \"v=DKIM1; p=AAAA\"\ns2._domainkey CNAME s2.example.net.\n\
                 _dmarc TXT \"v=DMARC1; p=reject\"\n_mta-sts TXT \"v=STSv1; id=1\"\nmta-sts CNAME web\n\
                 _smtp._tls TXT \"v=TLSRPTv1; rua=mailto:x@example.net\"\n_25._tcp.mail TLSA 3 1 1 00\n\
                 web A 192.0.2.2\n_sip._tcp SRV 1 1 5060 web\nzz CNAME mail";
    assert_eq!(
        grouped("", after),
        [
            "+ web A",
            "+ s1._domainkey TXT",
            "+ _smtp._tls TXT",
            "+ _25._tcp.mail TLSA",
            "+ s2._domainkey CNAME",
            "+ _sip._tcp SRV",
            "+ mta-sts CNAME",
            "+ _mta-sts TXT",
            "[+ mail A, + @ TXT, + @ MX]",
            "+ zz CNAME",
            "+ _dmarc TXT",
        ]
    );
}

/// Receivers reject what fails from the moment at which the policy says so.
#[test]
fn a_stricter_dmarc_policy_waits_for_what_mail_passes_by() {
    let policy = |tags: &str| format!("_dmarc TXT \"v=DMARC1; {tags}\"");
    let proof = "s._domainkey CNAME s.dkim.example.net.\nt._domainkey TXT \"v=DKIM1; p=AAAA\"\n\
                 @ TXT \"v=spf1 include:example.net -all\"\nkey TXT \"v=DKIM1; p=AAAA\"";
    let proved = ["~ @ TXT", "+ t._domainkey TXT", "+ key TXT", "+ s._domainkey CNAME"];
    let before = format!("@ TXT \"v=spf1 -all\"\n{}", policy("p=none"));
    let mut last: Vec<&str> = proved.into();
    last.push("~ _dmarc TXT");
    for tags in ["p=reject", "p=none; sp=quarantine", "p=quarantine; pct=10", "p=none; np=reject"] {
        assert_eq!(order(&before, &format!("{proof}\n{}", policy(tags))), last, "{tags}");
    }
    // One that becomes weaker makes room first; what is only reported changes nothing.
    for (from, to) in [("p=reject", "p=none"), ("p=none", "p=none; rua=mailto:a@example.com")] {
        let before = format!("@ TXT \"v=spf1 -all\"\n{}", policy(from));
        let mut first = vec!["~ _dmarc TXT"];
        first.extend(proved);
        assert_eq!(order(&before, &format!("{proof}\n{}", policy(to))), first, "{from} to {to}");
    }
    // What the domain above asks for holds below it, unless there is an exception: that comes before.
    let below = "_dmarc.a TXT \"v=DMARC1; p=none\"\ns._domainkey.a CNAME s.example.net.";
    assert_eq!(
        order("_dmarc TXT \"v=DMARC1; p=none\"", &format!("{below}\n{}", policy("p=reject"))),
        ["+ _dmarc.a TXT", "+ s._domainkey.a CNAME", "~ _dmarc TXT"]
    );
    // Where an alias leads, nobody knows what it asks for.
    assert_eq!(
        order(&policy("p=none"), &format!("_dmarc CNAME d.example.net.\nz._domainkey CNAME z.example.net.")),
        ["+ z._domainkey CNAME", "- _dmarc TXT", "+ _dmarc CNAME"]
    );
    // Where a new server signs and is authorised by the MX, that comes first too.
    assert_eq!(
        grouped(
            &format!("@ MX 10 a\na A 192.0.2.1\n{}", policy("p=none")),
            &format!("@ MX 10 b\nb A 192.0.2.2\n{}", policy("p=reject"))
        ),
        ["[+ b A, ~ @ MX]", "~ _dmarc TXT", "- a A"]
    );
}

#[test]
fn what_tells_of_an_mta_sts_policy_goes_before_its_host() {
    let sts = "_mta-sts TXT \"v=STSv1; id=1\"\nmta-sts CNAME web\nweb A 192.0.2.1";
    assert_eq!(order(sts, "web A 192.0.2.1"), ["- _mta-sts TXT", "- mta-sts CNAME"]);
    assert_eq!(order("web A 192.0.2.1", sts), ["+ mta-sts CNAME", "+ _mta-sts TXT"]);
    let hosted = "_mta-sts CNAME a.example.net.\nmta-sts A 192.0.2.1\nmta-sts AAAA 2001:db8::1";
    assert_eq!(
        order(hosted, "x A 192.0.2.1"),
        ["+ x A", "- _mta-sts CNAME", "- mta-sts A", "- mta-sts AAAA"]
    );
}

#[test]
fn a_group_that_waits_for_one_that_waits_for_it_takes_it_in() {
    // The policy host is the mail server itself.
    let after = "@ MX 10 mail\nmail A 192.0.2.1\n_mta-sts TXT \"v=STSv1; id=1\"\nmta-sts CNAME mail\nx TXT t";
    assert_eq!(grouped("", after), ["+ x TXT", "[+ mail A, + mta-sts CNAME, + _mta-sts TXT, + @ MX]"]);
}

#[test]
fn mail_moves_to_a_new_server_with_its_keys() {
    let before = "@ MX 10 old\nold A 192.0.2.1\n_25._tcp.old TLSA 3 1 1 00";
    let after = "@ MX 10 new\nnew A 192.0.2.2\n_25._tcp.new TLSA 3 1 1 01";
    assert_eq!(
        grouped(before, after),
        ["+ _25._tcp.new TLSA", "[+ new A, ~ @ MX]", "- old A", "- _25._tcp.old TLSA"]
    );
}

#[test]
fn several_domains_share_a_mail_server() {
    let after = "@ MX 10 mail\na MX 10 mail\nb MX 10 other\nmail A 192.0.2.1\nother A 192.0.2.2\n_dmarc.a TXT \"v=DMARC1\"";
    assert_eq!(grouped("", after), ["+ _dmarc.a TXT", "[+ mail A, + @ MX, + a MX]", "[+ other A, + b MX]"]);
}

#[test]
fn a_name_changes_its_kind_around_mail() {
    // The old target becomes an alias, the new one was an alias.
    assert_eq!(
        grouped("@ MX 10 a\na A 192.0.2.1\nb CNAME a", "@ MX 10 b\nb A 192.0.2.1\na CNAME b"),
        ["[- b CNAME, + b A, ~ @ MX]", "[- a A, + a CNAME]"]
    );
    assert_eq!(
        grouped("w CNAME x\nx A 192.0.2.1", "w DNAME x.example.net.\nx A 192.0.2.1"),
        ["[- w CNAME, + w DNAME]"]
    );
    assert_eq!(
        grouped("a.w A 192.0.2.1\nb.w TXT t\nw A 192.0.2.1", "w DNAME x.example.net.\nw A 192.0.2.1"),
        ["[- a.w A, - b.w TXT, + w DNAME]"]
    );
    assert_eq!(grouped("w A 192.0.2.1", "w ALIAS x.example.net."), ["[+ w ALIAS, - w A]"]);
}

#[test]
fn what_points_is_deleted_before_what_is_pointed_at() {
    assert_eq!(
        order("@ MX 10 mail\nmail A 192.0.2.1\na CNAME mail\n@ TXT t", "@ TXT t"),
        ["- @ MX", "- a CNAME", "- mail A"]
    );
    assert_eq!(order("c NS ns.c\nc DS 1 13 2 00\nns.c A 192.0.2.1", ""), ["- c DS", "- c NS", "- ns.c A"]);
    assert_eq!(order("", "c NS ns.c\nc DS 1 13 2 00\nns.c A 192.0.2.1"), ["+ ns.c A", "+ c NS", "+ c DS"]);
    assert_eq!(grouped("c NS ns.example.net.\nc DS 1 13 2 00", "c NS ns.example.org."), ["[- c DS, ~ c NS]"]);
}

#[test]
fn an_spf_text_comes_after_what_it_includes() {
    let text = "@ TXT \"v=spf1 include:_spf.example.com -all\"";
    let part = "_spf TXT \"v=spf1 ip4:192.0.2.1\"";
    assert_eq!(order("", &format!("{text}\n{part}")), ["+ _spf TXT", "+ @ TXT"]);
    assert_eq!(order(&format!("{text}\n{part}"), ""), ["- @ TXT", "- _spf TXT"]);
    assert_eq!(
        order(&format!("{text}\n{part}"), "@ TXT \"v=spf1 ip4:192.0.2.1 -all\""),
        ["~ @ TXT", "- _spf TXT"]
    );
}

#[test]
fn a_wildcard_answers_for_a_mail_server_until_its_own_address_is_there() {
    let mx = "@ MX 10 mail\n* A 192.0.2.1";
    assert_eq!(
        order(mx, &format!("{mx}\n_25._tcp.mail TLSA 3 1 1 00\nmail A 192.0.2.1\nmail CAA 0 issue \"x\"")),
        ["+ mail A", "+ mail CAA", "+ _25._tcp.mail TLSA"]
    );
    assert_eq!(
        order(&format!("{mx}\n_25._tcp.mail TLSA 3 1 1 00\nmail A 192.0.2.1"), mx),
        ["- _25._tcp.mail TLSA", "- mail A"]
    );
    assert_eq!(grouped("mail TXT t", mx), ["[+ * A, - mail TXT, + @ MX]"]);
    assert_eq!(grouped("", &format!("{mx}\nx TXT t")), ["+ x TXT", "[+ * A, + @ MX]"]);
}

/// Owner names of random zones; the first six are hosts.
const OWNERS: [&str; 13] = [
    "n0",
    "n1",
    "n2",
    "n3",
    "n4",
    "n5",
    "@",
    "*",
    "_dmarc",
    "s._domainkey",
    "_25._tcp.n0",
    "_25._tcp.n1",
    "x.n2",
];

/// What DMARC policies ask for, from weak to strong.
const ASKS: [&str; 3] = ["none", "quarantine", "reject"];

/// What the DMARC policy of a zone asks for.
fn asked(text: &str) -> usize {
    let line = text.lines().find(|line| line.contains("v=DMARC1"));
    line.and_then(|line| ASKS.iter().position(|ask| line.contains(&format!("p={ask}")))).unwrap_or_default()
}

prop_compose! {
    fn zone_text()(records in prop::collection::vec((0..OWNERS.len(), 0_u8..10, 0_u8..6, 1_u32..3), 0..25), asks in 0_usize..4) -> String {
        let mut lines: Vec<String> = Vec::new();
        let mut taken: std::collections::HashMap<usize, bool> = std::collections::HashMap::new();
        for (owner, kind, host, ttl) in records {
            let rdata = match kind {
                0 | 1 => format!("A 192.0.2.{host}"),
                2 => format!("AAAA 2001:db8::{host}"),
                3 | 4 => format!("MX 10 n{host}"),
                5 => format!("TXT t{host}"),
                6 => format!("TXT \"v=spf1 include:n{host}.example.com a:n0.example.com -all\""),
                7 | 8 => format!("CNAME n{host}"),
                _ => format!("SRV 1 1 1 n{host}"),
            };
            let alias = rdata.starts_with("CNAME");
            let fits = match taken.get(&owner) {
                None => !(alias && OWNERS[owner] == "@"),
                Some(was) => !*was && !alias,
            };
            if fits {
                taken.insert(owner, alias);
                lines.push(format!("{} {} {rdata}", OWNERS[owner], ttl * 300));
            }
        }
        // One DMARC record beside what else chance puts there.
        let dmarc = OWNERS.iter().position(|owner| *owner == "_dmarc").unwrap();
        if asks > 0 && taken.get(&dmarc) != Some(&true) {
            lines.push(format!("_dmarc 300 TXT \"v=DMARC1; p={}\"", ASKS[asks - 1]));
        }
        lines.join("\n")
    }
}

/// The MX records and their targets in the zone that find no address.
fn lost_mail(rrsets: &[RRset]) -> Vec<(Name, Name)> {
    let live = Live::new(Zone::new(apex(), rrsets.to_vec()));
    let view = View::before(&live);
    let mut lost = Vec::new();
    for rrset in live.zone.rrsets().iter().filter(|rrset| rrset.rtype == RecordType::MX) {
        for target in super::pointer::of(rrset) {
            if !matches!(view.addresses(&target), Addresses::Some | Addresses::Elsewhere) {
                lost.push((rrset.name.clone(), target));
            }
        }
    }
    lost
}

fn place(plan: &ZonePlan, name: &str, rtype: RecordType) -> Option<usize> {
    plan.changes.iter().position(|change| {
        change.name.relative_to(&apex()) == name && change.rtype == rtype && change.action() != Action::Delete
    })
}

proptest! {
    /// After every step: no alias beside other data; and when mail arrives before and after, it arrives in between.
    #[test]
    fn no_step_breaks_anything(before in zone_text(), after in zone_text()) {
        let plan = Case::new(&before, &after).plan();
        let mut state = rrsets(&before);
        let fine = lost_mail(&state).is_empty() && lost_mail(&rrsets(&after)).is_empty();
        for (index, change) in plan.changes.iter().enumerate() {
            state.retain(|rrset| rrset.key() != (&change.name, change.rtype));
            state.extend(change.after.clone());
            let alias = state.iter().find(|rrset| rrset.rtype == RecordType::CNAME
                && state.iter().any(|other| other.name == rrset.name && other.rtype != RecordType::CNAME));
            prop_assert!(alias.is_none(), "{:?} after step {} of {:?}", alias, index, steps(&plan));
            if fine {
                let lost = lost_mail(&state);
                prop_assert!(lost.is_empty(), "{:?} after step {} of {:#?}", lost, index, steps(&plan));
            }
        }
        let state = Zone::new(apex(), state);
        prop_assert!(state.rrsets() == rrsets(&after));
    }

    /// Groups are in one piece, nothing depends on what comes later, and an MX has the addresses of its targets and the
    /// SPF of its name in its group and before it.
    #[test]
    fn what_belongs_together_stands_together(before in zone_text(), after in zone_text()) {
        let plan = Case::new(&before, &after).plan();
        let groups: Vec<u32> = plan.changes.iter().map(|change| change.group).collect();
        prop_assert!(groups.is_sorted(), "{:?}", groups);
        let fine = lost_mail(&rrsets(&before)).is_empty() && lost_mail(&rrsets(&after)).is_empty();
        for (index, change) in plan.changes.iter().enumerate() {
            prop_assert!(change.depends_on.iter().all(|&other| (other as usize) < index));
            let Some(wanted) = change.after.as_ref().filter(|_| change.rtype == RecordType::MX) else { continue };
            let owner = change.name.relative_to(&apex());
            let spf = place(&plan, &owner, RecordType::TXT)
                .filter(|&at| plan.changes[at].after.as_ref().is_some_and(super::pointer::is_spf));
            let targets: Vec<_> = super::pointer::of(wanted).map(|name| name.relative_to(&apex())).collect();
            let addresses = targets.iter().flat_map(|name| ADDRESSES.map(|rtype| place(&plan, name, rtype)));
            for at in addresses.chain([spf]).flatten() {
                prop_assert_eq!(groups[at], groups[index], "{:#?}", steps(&plan));
                prop_assert!(at < index || !fine, "{} before {} in {:#?}", index, at, steps(&plan));
            }
        }
    }

    /// Texts by which mail is judged come before the MX, what a pointer wants before the pointer, and deletions last, as
    /// far as nothing waits for itself.
    #[test]
    fn texts_before_mail_and_deletions_last(before in zone_text(), after in zone_text()) {
        let tame = |text: String| {
            let lines: Vec<_> =
                text.lines().filter(|line| !line.contains("CNAME") && !line.starts_with('*')).collect();
            lines.join("\n")
        };
        let (before, after) = (tame(before), tame(after));
        let stricter = asked(&after) > asked(&before);
        let plan = Case::new(&before, &after).plan();
        if let Some(dmarc) = place(&plan, "_dmarc", RecordType::TXT).filter(|_| stricter) {
            for (at, change) in plan.changes.iter().enumerate().filter(|(_, change)| change.after.is_some()) {
                let spf = change.after.as_ref().is_some_and(super::pointer::is_spf);
                let key = change.name.relative_to(&apex()) == "s._domainkey";
                let proves = change.rtype == RecordType::MX || spf || key;
                let other = change.name.relative_to(&apex()) != "_dmarc";
                prop_assert!(!(proves && other) || at < dmarc, "{:#?}", steps(&plan));
            }
        }
        let deletes: Vec<bool> = plan.changes.iter().map(|change| change.action() == Action::Delete).collect();
        prop_assert!(deletes.is_sorted(), "{:#?}", steps(&plan));
        let Some(mx) = place(&plan, "@", RecordType::MX) else { return Ok(()) };
        let names: &[&str] = if stricter { &["s._domainkey"] } else { &["_dmarc", "s._domainkey"] };
        for name in names {
            prop_assert!(place(&plan, name, RecordType::TXT).is_none_or(|at| at < mx), "{:#?}", steps(&plan));
        }
        for (index, change) in plan.changes.iter().enumerate() {
            let old = super::pointer::targets(change, false);
            let new = super::pointer::targets(change, true);
            if !super::pointer::is_pointer(change.rtype) {
                continue;
            }
            for (other, at) in plan.changes.iter().zip(0..) {
                let address = ADDRESSES.contains(&other.rtype);
                let wanted = address && other.action() != Action::Delete && new.contains(&other.name);
                prop_assert!(!wanted || at < index, "{:#?}", steps(&plan));
                let left = old.contains(&other.name) && !new.contains(&other.name);
                prop_assert!(!(address && deletes[at] && left) || at > index, "{:#?}", steps(&plan));
            }
        }
    }
}
