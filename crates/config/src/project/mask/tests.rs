use proptest::prelude::*;

use super::Mask;
use crate::testing::Repository;

/// What must not be seen anywhere.
const MARKER: &str = "Hunter2Zq";

fn mask(text: &str) -> String {
    Mask::new(text, true).text()
}

/// Everything that is said about a configuration.
fn said(config: &str) -> String {
    let repository = Repository::new(&[("dnsctl.yaml", config), ("zones/a.example.yaml", "records: {}\n")]);
    let project = repository.open();
    let mut found = project.diagnostics.clone();
    project.units.iter().for_each(|unit| found.append(project.load(unit).diagnostics));
    let options = project.providers.iter().flat_map(|provider| &provider.options);
    options.filter_map(|option| option.secret().err()).for_each(|error| found.push(*error));
    format!("{}{}{found:?}", found.render(&project.files, false), found.render_ascii(&project.files, true))
}

/// Values with the marker in them: any shape, well-formed or not.
fn value() -> impl Strategy<Value = String> {
    let affix =
        || prop_oneof![3 => Just(String::new()), 1 => "[*&!%@|>'\"{},:#?` \\\\=/-]{1,3}", 1 => "[a-z ]{1,4}"];
    let scalar = (affix(), affix()).prop_map(|(before, after)| format!("{before}{MARKER}{after}"));
    let leaf = prop_oneof![
        4 => scalar,
        1 => Just(format!("\"{MARKER}\"")),
        1 => Just(format!("'it''s {MARKER}'")),
        1 => Just(format!("env/NAME/{MARKER}")),
        1 => Just(format!("curl -H {MARKER} http://x")),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|value| format!("[{value}]")),
            inner.clone().prop_map(|value| format!("[x, {value}]")),
            inner.clone().prop_map(|value| format!("{{ env: {value} }}")),
            inner.clone().prop_map(|value| format!("{{ command: {value}, x: y }}")),
            inner.clone().prop_map(|value| format!("{{{value}: x}}")),
            inner.clone().prop_map(|value| format!("{{x: {value}}}")),
            inner.prop_map(|value| format!("{{ x: y, {value}: 1, {value}: 2 }}")),
        ]
    })
}

/// Where a value stands.
fn document() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        Just("api_key"),
        Just("\"api_key\""),
        Just("'token'"),
        Just("api_kee"),
        Just("\"api\\u005fkey\""),
        Just("key-secret")
    ];
    let place = prop_oneof![
        Just("  main: { type: powerdns, KEY: VALUE, url: x }\n"),
        Just("  main: { KEY: VALUE }\n"),
        Just("  main: { KEY: VALUE, KEY: VALUE }\n"),
        Just("  main: {\n    type: powerdns,\n    KEY: VALUE,\n    typ: x\n  }\n"),
        Just("  main: {\n    KEY:\n    VALUE\n  }\n"),
        Just("  main:\n    typ: powerdns\n    KEY: VALUE\n    url: x\n"),
        Just("  main:\n    KEY: VALUE # VALUE\n    KEY: VALUE\n    type: ~\n"),
        Just("  main:\n    KEY:\n      VALUE\n    url: x\n"),
        Just("  main:\n    KEY:\n      - VALUE\n      - x\n    url: x\n"),
        Just("  main:\n    KEY:\n    - VALUE\n    url: x\n"),
        Just("  main:\n    KEY:\n      env: VALUE\n    url: x\n"),
        Just("  main:\n    KEY:\n      env: [x,\n        VALUE]\n    url: x\n"),
        Just("  main:\n    KEY:\n      VALUE: x\n      VALUE: y\n"),
        Just("  main:\n    KEY: |\n      VALUE\n\n      VALUE\n    type: ~\n"),
        Just("  main:\n    KEY: &x VALUE\n    url: *y\n"),
        Just("  main:\n    ? KEY\n    : VALUE\n    url: x\n"),
        Just("  main:\n    KEY: VALUE"),
        Just("  other: &copy { KEY: VALUE }\n  main: { <<: *copy, x: ~ }\n"),
        Just("  other: { description: &copy VALUE }\n  main: { KEY: *copy, x: ~ }\n"),
    ];
    let end = prop_oneof![Just(""), Just("zone: x\n"), Just("\t[\n"), Just("  }\n")];
    (key, place, value(), end).prop_map(|(key, place, value, end)| {
        format!("providers:\n{}{end}", place.replace("KEY", key).replace("VALUE", &value))
    })
}

proptest! {
    #[test]
    fn places_stay(text in "([a-z:{}\\[\\],'\"|>*&\\\\# \n\té]|token: |: |\n  ){0,80}") {
        let masked = mask(&text);
        prop_assert_eq!(masked.chars().count(), text.chars().count());
        prop_assert_eq!(masked.lines().count(), text.lines().count());
        let more = Mask::new(&text, false).text();
        let is_hidden = |(a, b): (char, char)| a != '*' || b == '*' || "{}[],:*".contains(b);
        prop_assert!(masked.chars().zip(more.chars()).all(is_hidden), "{}\n{}", masked, more);
    }

    #[test]
    fn nothing_that_is_said_holds_a_secret(config in document()) {
        let said = said(&config);
        prop_assert!(!said.contains(MARKER), "{config}\n---\n{said}");
    }
}

#[test]
fn shapes_that_a_person_writes_by_mistake() {
    for value in [
        "[Hunter2Zq]",
        "{ value: Hunter2Zq }",
        "{ env: [Hunter2Zq] }",
        "{ command: curl -H Hunter2Zq http://x }",
        "{Hunter2Zq: x}",
        "*Hunter2Zq",
        "!Hunter2Zq x",
        "x,Hunter2Zq",
        "\"x\" Hunter2Zq",
    ] {
        let said =
            said(&format!("providers:\n  main: {{ type: powerdns, api_key: {value}, ulr: x, url: ~ }}\n"));
        assert!(!said.contains("Hunter2Zq") && said.contains("error"), "{value}\n{said}");
    }
}

#[test]
fn secrets_are_stars_and_all_else_stays() {
    for (text, masked) in [
        (
            "main: { type: powerdns, api_key: hunter2, url: x }\n",
            "main: { type: powerdns, api_key: *******, url: x }\n",
        ),
        ("  api_key: hunter2, no comma # why\n", "  api_key: ******** ** ***** * ***\n"),
        ("  \"api_key\": \"hun ter\" # x\n", "  \"api_key\": **** **** * *\n"),
        ("secret_handlers:\n  env:\n    class: x\n", "secret_handlers:\n  env:\n    class: x\n"),
        ("  secret_access_key: 'é€'", "  secret_access_key: ****"),
        ("  token: { env: TOKEN }\n", "  token: { env: ***** }\n"),
        ("x: { token: { evn: TOKEN }, url: x }\n", "x: { token: { ***: ***** }, url: x }\n"),
        ("  key_secret: env/NAME\n", "  key_secret: ********\n"),
        ("  token_file: /run/token\n", "  token_file: /run/token\n"),
        ("  key_name: name\n", "  key_name: name\n"),
        ("  key_algorithm: hmac-sha256\n", "  key_algorithm: hmac-sha256\n"),
        ("  timeout: 5s\n  server: x\n  type: x\n", "  timeout: 5s\n  server: x\n  type: x\n"),
        ("  token.example.:\n    targets: [x]\n", "  token.example.:\n    targets: [x]\n"),
        (
            "  private_key: |\n    line one\n\n    two\n  url: x\n",
            "  private_key: *\n    **** ***\n\n    ***\n  url: x\n",
        ),
        ("  password:\n    hunter2\n  url: x\n", "  password:\n    *******\n  url: x\n"),
        ("  note: &n abc\n  token: *n\n", "  note: &n ***\n  token: **\n"),
        ("a: b\n", "a: b\n"),
        ("", ""),
    ] {
        assert_eq!(mask(text), masked, "{text}");
    }
}

#[test]
fn users_and_passwords_of_urls_are_hidden_in_whatever_option() {
    let shown = |text: &str| mask(text);
    assert_eq!(
        shown("m: { url: \"http://bob:Hunter2Zq@host:1/p@q\", user: a@b, api_key: x }\n"),
        "m: { url: \"http://**********************@q\", user: a@b, api_key: * }\n"
    );
    assert_eq!(
        shown("a: https://Hunter2Zq@host/ # by me@home\n"),
        "a: https://*********@host/ # by me@home\n"
    );
    assert_eq!(shown("a: ftp+x://u:Hunter 2{Zq/?@host\n"), "a: ftp+x://******** ******@host\n");
    assert_eq!(shown("{ a: http://u:Hunter2Zq@h, b: c@d }"), "{ a: http://***********@h, b: c@d }");
    // No user, nothing hidden.
    let plain = "a: http://host:8081/x # http://other\nb: me@home\n";
    assert_eq!(shown(plain), plain);
    let said = said(
        "providers:\n  main: { type: powerdns, url: \"http://u:Hunter2Zq@h\", api_key: literal, x: [ }\n",
    );
    assert!(said.contains("url: \"http://") && !said.contains(MARKER), "{said}");
}
