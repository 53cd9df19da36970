//! Key and certificate files.

use crate::testing::{CONFIG, list, load, problems_of};

const KEY: &str = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n";

#[test]
fn files_are_found_from_the_file_that_names_them() {
    let zone = "\
mail:
  receives: false
  senders: { include: spf.example.net }
  dkim: { s2026: { key_file: ../keys/s2026.pub } }
  dane: { hosts: [mail], certificate: ../keys/s2026.pub, ports: [25, 465] }
";
    let files = [("dnsctl.yaml", CONFIG), ("zones/example.com.yaml", zone), ("keys/s2026.pub", KEY)];
    let (project, loaded, found) = load(&files);
    assert!(found.is_empty(), "{}", found.render(&project.files, false));
    let text = list(&loaded[0]);
    let record = "s2026._domainkey 3600 TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"  :4";
    assert!(text.contains(record), "{text}");
    assert!(
        text.contains("_25._tcp.mail 3600 TLSA 3 1 1 ") && text.contains("_465._tcp.mail 3600 TLSA 3 1 1 "),
        "{text}"
    );
    let mail = loaded[0].mail.as_ref().unwrap();
    assert_eq!(mail.files.keys().collect::<Vec<_>>(), ["keys/s2026.pub"]);
}

#[test]
fn files_that_cannot_be_used() {
    let zone = "\
mail:
  receives: false
  senders: { include: spf.example.net }
  dkim:
    missing: { key_file: s2026.pub }
    folder: { key_file: ../zones }
    outside: { key_file: /etc/hostname }
    above: { key_file: ../../../../../../etc/passwd }
    private: { key_file: ../keys/private.pem }
    large: { key_file: ../keys/large }
  dane: { hosts: [mail], certificate: ../keys/none.pem, next: ../keys/text }
";
    let large = "x".repeat(1024 * 1024 + 1);
    let found = problems_of(&[
        ("dnsctl.yaml", CONFIG),
        ("zones/example.com.yaml", zone),
        ("keys/private.pem", "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"),
        ("keys/large", &large),
        ("keys/text", "secret"),
    ]);
    assert!(!found.contains("c2VjcmV0") && !found.contains("root:"), "{found}");
    insta::assert_snapshot!(found, @r#"
    error[mail/file]: `s2026.pub` cannot be used: there is no such file
     --> zones/example.com.yaml:5:26
      |
    5 |     missing: { key_file: s2026.pub }
      |                          ^^^^^^^^^
      |
      = help: the path starts at the folder of this file

    error[mail/file]: `../zones` cannot be used: it is not a file
     --> zones/example.com.yaml:6:25
      |
    6 |     folder: { key_file: ../zones }
      |                         ^^^^^^^^
      |
      = help: the path starts at the folder of this file

    error[mail/file]: `/etc/hostname` cannot be used: it is outside of the folder of the configuration
     --> zones/example.com.yaml:7:26
      |
    7 |     outside: { key_file: /etc/hostname }
      |                          ^^^^^^^^^^^^^
      |
      = help: keep public keys and certificates where they are reviewed together with the zones

    error[mail/file]: `../../../../../../etc/passwd` cannot be used: it is outside of the folder of the configuration
     --> zones/example.com.yaml:8:24
      |
    8 |     above: { key_file: ../../../../../../etc/passwd }
      |                        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
      |
      = help: keep public keys and certificates where they are reviewed together with the zones

    error[mail/dkim-key]: keys/private.pem: this is the private key, which does not belong beside zone files
     --> zones/example.com.yaml:9:5
      |
    9 |     private: { key_file: ../keys/private.pem }
      |     ^^^^^^^
      |
      = help: keep it where mail is signed, and give its public key: openssl pkey -in KEY -pubout

    error[mail/file]: `../keys/large` cannot be used: it is larger than 1 MB
      --> zones/example.com.yaml:10:24
       |
    10 |     large: { key_file: ../keys/large }
       |                        ^^^^^^^^^^^^^
       |
       = help: name the file of the key or the certificate

    error[mail/file]: `../keys/none.pem` cannot be used: there is no such file
      --> zones/example.com.yaml:11:39
       |
    11 |   dane: { hosts: [mail], certificate: ../keys/none.pem, next: ../keys/text }
       |                                       ^^^^^^^^^^^^^^^^
       |
       = help: the path starts at the folder of this file
    "#);
}
