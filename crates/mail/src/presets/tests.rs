use super::*;

fn name(text: &str) -> Name {
    Name::absolute(text).unwrap()
}

fn filled(preset: &str, options: &[(&str, &[&str])]) -> Filled {
    let options = options
        .iter()
        .map(|(key, values)| ((*key).to_owned(), values.iter().map(|value| (*value).to_owned()).collect()))
        .collect();
    let preset = find(preset).unwrap();
    fill(preset, &Use { preset, options }, &name("example.com"))
}

fn mx(filled: &Filled) -> Vec<String> {
    filled.mx.iter().map(|(preference, host)| format!("{preference} {host}")).collect()
}

fn dkim(filled: &Filled) -> Vec<String> {
    filled.dkim.iter().map(|(owner, _, target)| format!("{owner} {target}")).collect()
}

fn extras(filled: &Filled) -> Vec<String> {
    filled.extras.iter().map(|(owner, rdata)| format!("{owner} {} {rdata}", rdata.rtype())).collect()
}

#[test]
fn the_table_is_sorted_and_complete() {
    assert!(ALL.is_sorted_by(|a, b| a.name < b.name));
    assert!(ALL.len() >= 12);
    for preset in ALL {
        assert!(preset.page.starts_with("https://") && !preset.basis.is_empty(), "{}", preset.name);
        assert_eq!(preset.read.len(), 10, "{}", preset.name);
        assert_eq!(preset.receives == Receives::Never, preset.mx.is_empty(), "{}", preset.name);
    }
}

/// With the examples of all options each row gives all its records: no template names an option that is not there.
#[test]
fn every_row_can_be_filled_in() {
    for preset in ALL {
        let mut options = BTreeMap::new();
        for option in preset.options {
            let list = option.example.trim_matches(['[', ']']).split(", ").map(str::to_owned).collect();
            options.insert(option.name.to_owned(), list);
        }
        let filled = fill(preset, &Use { preset, options }, &name("example.com"));
        assert_eq!(filled.faults, [], "{}", preset.name);
        let guards = preset.mx.iter().filter(|(_, text)| text.contains(':')).count();
        assert!(guards > 0 || filled.mx.len() == preset.mx.len(), "{}: {:?}", preset.name, filled.mx);
        assert_eq!(filled.includes.len(), preset.includes.len(), "{}", preset.name);
        assert!(filled.dkim.len() >= preset.dkim.len(), "{}: {:?}", preset.name, filled.dkim);
        let all = format!("{:?}{:?}{:?}{:?}", mx(&filled), filled.includes, dkim(&filled), extras(&filled));
        assert!(!all.contains('{') || !all.contains("\\{"), "{}: {all}", preset.name);
    }
}

#[test]
fn without_options() {
    let google = filled("google-workspace", &[]);
    assert_eq!(mx(&google).len(), 5);
    assert_eq!(mx(&google)[0], "1 aspmx.l.google.com.");
    let fastmail = filled("fastmail", &[]);
    assert_eq!(dkim(&fastmail)[0], "fm1._domainkey.example.com. fm1.example.com.dkim.fmhosted.com.");
    assert_eq!(fastmail.includes, [name("spf.messagingengine.com")]);
    let migadu = filled("migadu", &[]);
    assert_eq!(mx(&migadu), ["10 aspmx1.migadu.com.", "20 aspmx2.migadu.com."]);
    assert_eq!(dkim(&migadu)[2], "key3._domainkey.example.com. key3.example.com._domainkey.migadu.com.");
    assert_eq!(dkim(&filled("proton", &[])), [""; 0], "without its options nothing is made up");
}

#[test]
fn with_options() {
    let ses = filled("amazon-ses", &[("region", &["eu-west-1"]), ("dkim", &["aaa", "bbb", "ccc"])]);
    assert_eq!(
        dkim(&ses),
        [
            "aaa._domainkey.example.com. aaa.dkim.amazonses.com.",
            "bbb._domainkey.example.com. bbb.dkim.amazonses.com.",
            "ccc._domainkey.example.com. ccc.dkim.amazonses.com.",
        ]
    );
    assert_eq!(extras(&ses), [""; 0]);
    let bounces: &[(&str, &[&str])] =
        &[("region", &["eu-west-1"]), ("dkim", &["aaa"]), ("mail_from", &["bounce"])];
    assert_eq!(
        extras(&filled("amazon-ses", bounces)),
        [
            "bounce.example.com. MX 10 feedback-smtp.eu-west-1.amazonses.com.",
            "bounce.example.com. TXT \"v=spf1 include:amazonses.com ~all\"",
        ]
    );
    let mailgun = filled("mailgun", &[("region", &["eu"]), ("tracking", &["email"])]);
    assert_eq!(mx(&mailgun), ["10 mxa.eu.mailgun.org.", "10 mxb.eu.mailgun.org."]);
    assert_eq!(extras(&mailgun), ["email.example.com. CNAME eu.mailgun.org."]);
    let options: &[(&str, &[&str])] = &[
        ("host", &["em1"]),
        ("target", &["u1.wl2.sendgrid.net."]),
        ("dkim1", &["s1.domainkey.u1.wl2.sendgrid.net."]),
        ("dkim2", &["s2.domainkey.u1.wl2.sendgrid.net."]),
    ];
    let sendgrid = filled("sendgrid", options);
    assert_eq!(dkim(&sendgrid)[1], "s2._domainkey.example.com. s2.domainkey.u1.wl2.sendgrid.net.");
    assert_eq!(extras(&sendgrid), ["em1.example.com. CNAME u1.wl2.sendgrid.net."]);
}

#[test]
fn options_that_are_missing_or_wrong() {
    let faults = |filled: Filled| filled.faults.into_iter().map(|fault| fault.message).collect::<Vec<_>>();
    assert_eq!(
        faults(filled("microsoft-365", &[])),
        ["the preset microsoft-365 needs `mx`: the host that the admin center shows for the domain"]
    );
    assert_eq!(faults(filled("mailgun", &[("region", &["mars"])])).len(), 1);
    assert_eq!(faults(filled("zoho", &[("include", &["zohomail.eu"])])).len(), 3);
    assert_eq!(faults(filled("microsoft-365", &[("mx", &["10 a b"])])).len(), 1);
    assert_eq!(faults(filled("microsoft-365", &[("mx", &["a.example", "b.example"])])).len(), 1);
}
