//! Configurations that are wrong or not carried over. What is right is compared with octoDNS itself in `tests/octodns`.

use proptest::prelude::*;

use crate::project::{Format, RawValue, SecretSource};
use crate::testing::{Repository, load};

const SOURCE: &str = "class: octodns.provider.yaml.YamlProvider, directory: ./zones, enforce_order: false";

/// A configuration with one source and two targets, and what comes behind it.
fn config(rest: &str) -> String {
    format!(
        "providers:\n  config: {{{SOURCE}}}\n  pdns: {{class: octodns_powerdns.PowerDnsProvider, host: h, api_key: env/K}}\n  cloud: {{class: octodns_cloudflare.CloudflareProvider, token: env/T}}\n{rest}"
    )
}

/// All that is said about files beside a configuration, each as `severity place code: message`.
fn said(config: &str, files: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![("dnsctl.yaml", config)];
    all.extend_from_slice(files);
    let (project, _, found) = load(&all);
    assert_eq!(project.format, Format::OctoDns);
    let line = |one: &crate::diagnostic::Diagnostic| {
        let place = one.source.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {place} {}: {}", one.severity.word(), one.code, one.message)
    };
    found.iter().map(line).collect()
}

const ZONE: (&str, &str) = ("zones/a.example.yaml", "w: {type: A, value: 192.0.2.1}\n");

#[test]
fn a_good_repository_has_nothing_to_say() {
    let all = config("zones:\n  a.example.: {sources: [config], targets: [pdns]}\n");
    assert_eq!(said(&all, &[ZONE]), Vec::<String>::new());
}

#[test]
fn what_is_wrong_with_zones() {
    for (zones, expected) in [
        (
            "  a.example: {sources: [config], targets: [pdns]}",
            &["error dnsctl.yaml:6:3 octodns/bad-zone: the zone `a.example` has no dot at its end"][..],
        ),
        (
            "  a.example.: {targets: [pdns]}",
            &["error dnsctl.yaml:6:15 octodns/bad-zone: the zone a.example. has no `sources`"],
        ),
        (
            "  a.example.: {sources: [config]}",
            &["error dnsctl.yaml:6:15 octodns/bad-zone: the zone a.example. has no `targets`"],
        ),
        (
            "  a.example.: {sources: [confg], targets: [pdn]}",
            &[
                "error dnsctl.yaml:6:26 config/unknown-provider: no provider `confg` is declared under `providers:`",
                "error dnsctl.yaml:6:44 config/unknown-provider: no provider `pdn` is declared under `providers:`",
            ],
        ),
        (
            "  a.example.: {sources: [cloud], targets: [pdns]}",
            &["error dnsctl.yaml:6:26 octodns/source: dnsctl cannot read the source `cloud` of a.example."],
        ),
        (
            "  '*': {sources: [cloud], targets: [pdns]}",
            &["error dnsctl.yaml:6:19 octodns/source: dnsctl cannot list the zones of the source `cloud`"],
        ),
        (
            "  b.example.: {sources: [config], targets: [pdns]}",
            &[
                "error dnsctl.yaml:2:66 octodns/no-file: the source `config` has no file for the zone b.example.",
            ],
        ),
        (
            "  '*': {sources: [config], targets: [pdns], regex: '('}",
            &["error dnsctl.yaml:6:3 octodns/bad-pattern:"],
        ),
        (
            "  a.example.: {sources: [config], targets: [pdns], processors: [none]}",
            &["error dnsctl.yaml:6:65 octodns/bad-zone: no processor `none` is declared under `processors:`"],
        ),
        (
            "  a.example.: {alias: b.example.}",
            &[
                "error dnsctl.yaml:6:23 octodns/bad-zone: a.example. is an alias of no zone that has records of its own",
            ],
        ),
        (
            "  a.example.: {sources: [config], targets: [pdns], lenint: true}",
            &["warning dnsctl.yaml:6:52 octodns/unknown-key: a zone of octoDNS has no setting `lenint`"],
        ),
        (
            "  a.example.: {sources: [config], targets: [pdns], always-dry-run: true}",
            &[
                "warning dnsctl.yaml:6:68 octodns/not-planned: a.example. says `always-dry-run: true`: it is checked, but not planned",
            ],
        ),
        (
            "  []",
            &[
                "error dnsctl.yaml:6:3 config/wrong-kind: `zones` must be a mapping (`key: value`), not a list",
            ],
        ),
    ] {
        let found = said(&config(&format!("zones:\n{zones}\n")), &[ZONE]);
        assert_eq!(found.len(), expected.len(), "{zones}: {found:#?}");
        for (line, start) in found.iter().zip(expected) {
            assert!(line.starts_with(start), "{line}\n{start}");
        }
    }
}

#[test]
fn processors_that_change_a_plan_are_errors_and_checks_are_told() {
    for (class, arguments, expected) in [
        ("octodns.processor.acme.AcmeManagingProcessor", "", Some("error")),
        ("octodns.processor.ownership.OwnershipProcessor", "", Some("error")),
        ("octodns.processor.templating.Templating", "", Some("error")),
        ("octodns.processor.filter.NameAllowlistFilter", ", allowlist: [www]", Some("error")),
        ("octodns.processor.filter.NameRejectlistFilter", ", rejectlist: [/^x/]", Some("error")),
        ("octodns.processor.filter.NameRejectlistFilter", ", rejectlist: [x]", None),
        ("octodns_spf.SpfSource", "", Some("error")),
        ("octodns.processor.spf.SpfDnsLookupProcessor", "", Some("warning")),
        ("octodns.processor.filter.ExcludeRootNsChanges", "", Some("note")),
        ("octodns.processor.filter.ExcludeRootNsChanges", ", error: false", None),
        ("octodns.processor.trailing_dots.EnsureTrailingDots", "", None),
        ("octodns.processor.restrict.TtlRestrictionFilter", ", min_ttl: 7200", Some("error")),
        ("octodns.processor.restrict.TtlRestrictionFilter", ", allowed_ttls: [3600]", None),
    ] {
        let rest = format!(
            "processors:\n  p: {{class: {class}{arguments}}}\nzones:\n  a.example.: {{sources: [config], targets: [pdns], processors: [p]}}\n"
        );
        let found = said(&config(&rest), &[ZONE]);
        let severity = found.first().map(|line| line.split(' ').next().unwrap());
        assert_eq!(severity, expected, "{class}{arguments}: {found:#?}");
        assert!(found.len() <= 1);
    }
}

#[test]
fn settings_of_the_manager() {
    let zones = "zones:\n  a.example.: {sources: [config], targets: [pdns]}\n";
    for (manager, expected) in [
        ("{max_workers: 4, enable_checksum: true, plan_outputs: , include_meta: no}", None),
        ("{include_meta: yes}", Some("error dnsctl.yaml:5:11 octodns/processor:")),
        ("{auto_arpa: true}", None),
        ("{plan_outputs: {x: {class: y}}}", Some("note")),
        ("{validators: {enabled: [strict]}}", Some("note")),
        ("{processors: [x]}", Some("error dnsctl.yaml:5:24 octodns/bad-config:")),
        ("{max_worker: 4}", Some("warning dnsctl.yaml:5:11 octodns/unknown-key:")),
    ] {
        let found = said(&config(&format!("manager: {manager}\n{zones}")), &[ZONE]);
        assert!(found.len() <= 1, "{found:#?}");
        match (found.first(), expected) {
            (None, None) => {}
            (Some(line), Some(start)) if line.starts_with(start) => {}
            other => panic!("{manager}: {other:?}"),
        }
    }
    let arpa = "zones:\n  2.0.192.in-addr.arpa.: {sources: [auto-arpa], targets: [pdns]}\n";
    let found = said(&config(&format!("manager: {{auto_arpa: true}}\n{arpa}")), &[]);
    assert!(found[0].contains("cannot read the source `auto-arpa`"), "{found:#?}");
}

#[test]
fn a_zone_below_another() {
    let zones = |more: &str| {
        config(&format!(
            "zones:\n  a.example.: {{sources: [config], targets: [pdns]{more}}}\n  b.a.example.: {{sources: [config], targets: [pdns]}}\n"
        ))
    };
    let files = [
        (
            "zones/a.example.yaml",
            "b: [{type: NS, value: n.example.}, {type: A, value: 192.0.2.1}]\nw.b: {type: A, value: 192.0.2.2}\n",
        ),
        ("zones/b.a.example.yaml", "w: {type: A, value: 192.0.2.2}\n"),
    ];
    let codes = |config: &str| -> Vec<String> {
        let found = said(config, &files);
        found
            .iter()
            .filter(|line| line.contains("sub-zone"))
            .map(|line| line.split(' ').next().unwrap().to_owned())
            .collect()
    };
    assert_eq!(codes(&zones("")), ["error", "error"]);
    assert_eq!(codes(&zones(", lenient: true")), ["warning", "warning"]);
    assert_eq!(codes(&zones(", ignore_subzone_adds: true")), ["note", "note"]);
}

#[test]
fn several_sources() {
    let more =
        "  other: {class: octodns.provider.yaml.YamlProvider, directory: ./other, escaped_semicolons: true";
    let zones = "zones:\n  a.example.: {sources: [config, other], targets: [pdns]}\n";
    let other = ("other/a.example.yaml", "w: {type: A, value: 192.0.2.9}\n");
    let found = said(&config(&format!("{more}}}\n{zones}")), &[ZONE, other]);
    assert_eq!(found, ["error other/a.example.yaml:1:1 record/duplicate: w.a.example. A is declared twice"]);
    let replaced = config(&format!("{more}, populate_should_replace: true}}\n{zones}"));
    let (_, loaded, _) = load(&[("dnsctl.yaml", &replaced), ZONE, other]);
    let zone = loaded[0].zone.as_ref().unwrap();
    assert_eq!(zone.wishes[0].rrset.values()[0].to_string(), "192.0.2.9");
    assert_eq!(zone.wishes[0].source.to_string(), "other/a.example.yaml:1:1");
}

#[test]
fn names_on_disk() {
    let zones = "zones:\n  bücher.example.: {sources: [config], targets: [pdns]}\n";
    let text = "w: {type: A, value: 192.0.2.1}\n";
    let one = [("zones/xn--bcher-kva.example.yaml", text)];
    assert_eq!(said(&config(zones), &one), Vec::<String>::new());
    let two = [("zones/xn--bcher-kva.example.yaml", text), ("zones/bücher.example.yaml", text)];
    assert!(said(&config(zones), &two)[0].contains("octodns/two-files"));
    let both =
        "zones:\n  bücher.example.: &z {sources: [config], targets: [pdns]}\n  xn--bcher-kva.example.: *z\n";
    assert!(said(&config(both), &one)[0].contains("is declared twice"));
}

#[test]
fn folders_start_above_the_configuration_too() {
    let zones = "zones:\n  '*': {sources: [config], targets: [pdns]}\n";
    let text = config(zones);
    let repository = Repository::new(&[("config/production.yaml", &text), ZONE]);
    let project = crate::Project::open(&repository.path().join("config/production.yaml"));
    assert!(project.diagnostics.is_empty(), "{}", project.diagnostics.render(&project.files, false));
    let loaded = project.load(&project.units[0]);
    let zone = loaded.zone.unwrap();
    assert_eq!(zone.wishes[0].source.to_string(), "../zones/a.example.yaml:1:1");
    // No higher than the folder that holds `.git`.
    let repository = Repository::new(&[("config/production.yaml", &text), ("config/.git/HEAD", ""), ZONE]);
    let project = crate::Project::open(&repository.path().join("config/production.yaml"));
    assert!(project.diagnostics.render(&project.files, false).contains("there is no folder `./zones`"));
}

#[test]
fn includes() {
    let zones = "zones:\n  a.example.: {sources: [config], targets: [pdns]}\n";
    for (text, expected) in [
        ("w: !include ../zones/../part.yaml\n", None),
        ("w: !include nowhere.yaml\n", Some("yaml/unreadable")),
        ("w: !include ~/x.yaml\n", Some("octodns/include")),
        ("w: !include /etc/hostname\n", Some("outside of the repository")),
        ("w: !include loop.yaml\n", Some("16 levels deep")),
        ("w: !include\n", Some("octodns/include")),
        ("w: {<<: !include ../part.yaml}\n", None),
    ] {
        let found = said(
            &config(zones),
            &[
                ("zones/a.example.yaml", text),
                ("part.yaml", "{type: A, value: 192.0.2.1}\n"),
                ("zones/loop.yaml", "x: !include loop.yaml\n"),
            ],
        );
        match expected {
            None => assert_eq!(found, Vec::<String>::new(), "{text}"),
            Some(words) => assert!(found.iter().any(|line| line.contains(words)), "{text}: {found:#?}"),
        }
    }
    // The production configuration may have them, too.
    let all = config("zones: !include zones.yaml\n");
    let found = said(&all, &[ZONE, ("zones.yaml", "a.example.: {sources: [config], targets: [pdns]}\n")]);
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn options_of_providers() {
    let options = |provider: &str| {
        let text = format!(
            "secret_handlers: {{vault: {{class: x.Vault}}}}\nproviders:\n  p: {{{provider}}}\nzones: {{}}\n"
        );
        let (project, _, found) = load(&[("dnsctl.yaml", &text)]);
        let entry = project.providers.into_iter().next().unwrap();
        let options: Vec<_> = entry.options.into_iter().map(|option| (option.key, option.value)).collect();
        let found: Vec<_> = found.iter().map(|one| one.message.clone()).collect();
        (entry.kind, options, found)
    };
    let text = |text: &str| RawValue::Text(text.to_owned());
    let (kind, found, said) = options(
        "class: octodns_powerdns.PowerDnsProvider, host: '2001:db8::1', port: 443, scheme: https, api_key: vault/x, ssl_verify: /ca.pem, notify: true, mode_of_operation: native, server_id: s, nonsense: 1",
    );
    assert_eq!(kind.as_deref(), Some("powerdns"));
    assert_eq!(found[0], ("url".to_owned(), text("https://[2001:db8::1]:443")));
    for (key, value) in [("ca_file", "/ca.pem"), ("notify", "auto"), ("kind", "Native"), ("server", "s")] {
        assert!(found.contains(&(key.to_owned(), text(value))), "{key}: {found:?}");
    }
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(said[0].contains("`api_key` comes from the secret handler `vault` (x.Vault)"));
    assert!(said[1].contains("the option `nonsense` of `p` is not carried over"));
    let (_, _, said) =
        options("class: octodns_powerdns.PowerDnsProvider, host: h, api_key: k, ssl_verify: no");
    assert!(said[0].contains("dnsctl checks the certificate"));
    let (kind, found, said) = options(
        "class: octodns_route53.Route53Provider, profile: p, role_arn: 'arn:aws:iam::1:role/x', delegation_set_id: N1, private: True, nonsense: v",
    );
    assert_eq!(kind.as_deref(), Some("route53"));
    for (key, value) in [
        ("profile", "p"),
        ("role", "arn:aws:iam::1:role/x"),
        ("delegation_set", "N1"),
        ("visibility", "private"),
    ] {
        assert!(found.contains(&(key.to_owned(), text(value))), "{key}: {found:?}");
    }
    assert_eq!(said.len(), 1);
    let (kind, found, _) = options("class: octodns_bind.Rfc2136Provider, host: env/HOST, port: env/PORT/53");
    assert_eq!(kind.as_deref(), Some("rfc2136"));
    let parts = vec![
        SecretSource::Env("HOST".into()),
        SecretSource::Literal(":".into()),
        SecretSource::EnvOr("PORT".into(), "53".into()),
    ];
    assert_eq!(found[0], ("server".to_owned(), RawValue::Secret(SecretSource::Joined(parts))));
    let (kind, found, _) = options("class: octodns_cloudflare.CloudflareProvider, token: env/T");
    assert_eq!((kind, found.len()), (None, 0));
}

/// octoDNS takes only private zones, only public ones, or both; a VPC tells private zones of one name apart.
#[test]
fn private_zones_of_route53() {
    let load = |options: &str| {
        let text = format!(
            "providers:\n  config: {{class: octodns.provider.yaml.YamlProvider, directory: zones}}\n  aws: {{class: octodns_route53.Route53Provider{options}}}\nzones:\n  a.example.: {{sources: [config], targets: [aws]}}\n  b.example.: {{sources: [aws], targets: []}}\n"
        );
        let zone = "w: {type: A, value: 192.0.2.1}\n";
        let (project, _, found) = load(&[("dnsctl.yaml", &text), ("zones/a.example.yaml", zone)]);
        let aws = project.providers.into_iter().find(|entry| entry.name == "aws").unwrap();
        let visibility = aws.options.into_iter().find(|option| option.key == "visibility").unwrap().value;
        let errors = found.iter().filter(|one| one.severity == crate::diagnostic::Severity::Error);
        let errors: Vec<String> =
            errors.map(|one| one.message.clone()).filter(|message| message.contains("of `aws`")).collect();
        (visibility, errors)
    };
    let none = Vec::new();
    for (written, visibility) in [
        ("", "any"),
        (", private: ", "any"),
        (", private: yes", "private"),
        (", private: true", "private"),
        (", private: 1", "private"),
        (", private: off", "public"),
    ] {
        assert_eq!(load(written), (RawValue::Text(visibility.to_owned()), none.clone()), "{written}");
    }
    for (written, word) in [
        (", vpc_id: vpc-1, vpc_region: eu-west-1", "VPC"),
        (", private: true, vpc_id: vpc-1, vpc_region: eu-west-1", "VPC"),
        (", private: 'true'", "neither true nor false"),
        (", private: env/PRIVATE", "neither true nor false"),
    ] {
        let (_, errors) = load(written);
        // One for each zone.
        let told = errors.iter().filter(|error| error.contains(word)).count();
        assert_eq!((told, errors.len()), (2, 2), "{written}: {errors:#?}");
    }
}

#[test]
fn cloudflare_settings_go_to_its_provider() {
    let all = config("zones:\n  a.example.: {sources: [config], targets: [cloud]}\n");
    let text = "w: {octodns: {cloudflare: {proxied: yes, auto-ttl: true, tags: [a, b]}}, type: A, value: 192.0.2.1}\n";
    let (_, loaded, _) = load(&[("dnsctl.yaml", &all), ("zones/a.example.yaml", text)]);
    let zone = loaded[0].zone.as_ref().unwrap();
    let options = zone.wishes[0].provider_options.as_ref().unwrap();
    let options: Vec<_> = options["cloudflare"].iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(options, ["auto_ttl=true", "proxied=true", "tags=a,b"]);
}

#[test]
fn exceptions_from_guards_stand_with_the_zone() {
    let ack = "[{rule: guard/last-mx, at: w A, until: 2027-01-31, why: moved}]";
    let all = config(&format!("zones:\n  a.example.: {{sources: [config], targets: [pdns], ack: {ack}}}\n"));
    let (_, loaded, found) = load(&[("dnsctl.yaml", &all), ZONE]);
    assert!(found.is_empty());
    let zone = loaded[0].zone.as_ref().unwrap();
    assert_eq!(
        (zone.acknowledgements[0].rule.as_str(), zone.acknowledgements[0].why.as_str()),
        ("guard/last-mx", "moved")
    );
}

#[test]
fn what_a_target_does_not_take_is_left_out_only_where_octodns_does() {
    let text = "w: [{type: A, value: 192.0.2.1}, {type: DNAME, value: b.example.}]\n";
    let files = |strict: &str| {
        let all = config("zones:\n  a.example.: {sources: [config], targets: [pdns, cloud]}\n");
        let all = all.replace("api_key: env/K", &format!("api_key: env/K, strict_supports: {strict}"));
        let (_, loaded, found) = load(&[("dnsctl.yaml", &all), ("zones/a.example.yaml", text)]);
        let zone = loaded[0].zone.as_ref().unwrap();
        let only: Vec<_> = zone.wishes.iter().map(|wish| wish.only.as_deref().map(<[_]>::to_vec)).collect();
        let count = |code| found.iter().filter(|one| one.code == code).count();
        (only, count("octodns/left-out"), count("octodns/refused-there"))
    };
    // octoDNS refuses the zone; PowerDNS takes the type, and that is told.
    assert_eq!(files("true"), (vec![None, None], 0, 1));
    assert_eq!(files("false"), (vec![None, Some(vec!["cloud".to_owned()])], 1, 0));
}

#[test]
fn secrets_are_not_printed() {
    let (project, _, _) = load(&[(
        "dnsctl.yaml",
        "providers:\n  p: {class: octodns_bind.Rfc2136Provider, host: hunter2, port: env/P/hunter2, key_secret: env/K/hunter2}\nzones: {}\n",
    )]);
    assert!(
        !format!("{project:?}")
            .replace(project.files.by_path("dnsctl.yaml").unwrap().text(), "")
            .contains("Secret(\"hunter2")
    );
    assert!(!format!("{:?}", project.providers).contains("hunter2"));
}

/// Pieces that a zone file or a configuration may be made of.
fn garbage() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "type",
        "A",
        "TXT",
        "MX",
        "LOC",
        "SVCB",
        "Route53Provider/ALIAS",
        "value",
        "values",
        "ttl",
        "octodns",
        "lenient",
        ": ",
        "- ",
        "\n",
        "\n  ",
        "\n    ",
        "{",
        "}",
        "[",
        "]",
        ", ",
        "'",
        "\"",
        "''",
        "*",
        "&a ",
        "*a",
        "<<: ",
        "!include ",
        "a.example.yaml",
        "é",
        "\\;",
        "@",
        ".",
        "1e999",
        "-1",
        "99999999999",
        "~",
        "no",
        "svcparams",
        "lat_degrees",
        "preference",
        "exchange",
        "dynamic",
        "included",
        "zones",
        "providers",
        "class",
        "sources",
        "targets",
        "glob",
        "regex",
        "[a",
        "(",
        "processors",
        "directory",
        "\u{0}",
        "\t",
        "xn--",
        "key_tag",
        "flags",
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn garbage_never_panics(zone in garbage(), rest in garbage(), lenient in any::<bool>()) {
        let zones = format!("zones:\n  a.example.: {{sources: [config], targets: [pdns], lenient: {lenient}}}\n");
        load(&[("dnsctl.yaml", &config(&zones)), ("zones/a.example.yaml", &zone)]);
        load(&[("dnsctl.yaml", &config(&rest)), ("zones/a.example.yaml", &zone)]);
    }

    #[test]
    fn records_never_panic(rtype in prop::sample::select(super::record::TYPES.to_vec()), value in garbage(), fields in prop::collection::vec((prop::sample::select(vec!["preference", "exchange", "flags", "tag", "value", "svcpriority", "targetname", "svcparams", "lat_degrees", "size", "digest", "fingerprint"]), "[ -~é]{0,20}"), 0..6)) {
        let zones = "zones:\n  a.example.: {sources: [config], targets: [pdns]}\n";
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''").replace('\n', " "));
        let mapping: Vec<_> = fields.iter().map(|(key, text)| format!("{key}: {}", quoted(text))).collect();
        let text = format!("a: {{type: {rtype}, value: {}}}\nb: {{type: {rtype}, value: {{{}}}}}\n", quoted(&value), mapping.join(", "));
        load(&[("dnsctl.yaml", &config(zones)), ("zones/a.example.yaml", &text)]);
    }
}
