//! Variables.

use crate::testing::{problems, records};

#[test]
fn variables_stand_in_names_and_values() {
    let text = r#"
vars: { host: web, net: 192.0.2, ttl: 5m, literal: "$${x}", selector: s2026 }
records:
  ${host}: { A: "${net}.1" }
  "${host}-2":
    A: { ttl: "${ttl}", values: ["${net}.1", "${net}.2"] }
  ${selector}._domainkey: { TXT: "v=DKIM1; ${literal} costs $5 and $${host} ${host}${host}" }
  mx: { MX: { preference: 10, exchange: "${host}" } }
"#;
    insta::assert_snapshot!(records(text), @r#"
    s2026._domainkey 3600 TXT "v=DKIM1; ${x} costs $5 and ${host} webweb"  :7
    mx 3600 MX 10 web.example.com.  :8
    web 3600 A 192.0.2.1  :4
    web-2 300 A 192.0.2.1  :6
    web-2 300 A 192.0.2.2  :6
    "#);
}

#[test]
fn variables_that_are_wrong() {
    let text = r#"
vars: { host: web, twice: "${host}" }
records:
  a: { A: "${hots}" }
  b: { TXT: "${nothing}" }
  c: { TXT: "${" }
  d: { TXT: "${a b}" }
  ${host: { TXT: x }
  e: { A: "192.0.2.${host}" }
  f: { A: { ttl: "${host}", value: 192.0.2.1 } }
"#;
    insta::assert_snapshot!(problems(text), @r#"
    error[config/bad-variable]: a variable cannot use another one
     --> zones/example.com.yaml:2:27
      |
    2 | vars: { host: web, twice: "${host}" }
      |                           ^^^^^^^^^
      |
      = help: write its text out; a literal ${ is written $${

    error[record/undefined-variable]: the variable `hots` is not defined
     --> zones/example.com.yaml:4:11
      |
    4 |   a: { A: "${hots}" }
      |           ^^^^^^^^^
      |
      = help: did you mean ${host}?

    error[record/undefined-variable]: the variable `nothing` is not defined
     --> zones/example.com.yaml:5:13
      |
    5 |   b: { TXT: "${nothing}" }
      |             ^^^^^^^^^^^^
      |
      = help: define it under `vars:`; a literal ${nothing} is written $${nothing}

    error[record/bad-variable]: `${` is not followed by a name and `}`
     --> zones/example.com.yaml:6:13
      |
    6 |   c: { TXT: "${" }
      |             ^^^^
      |
      = help: write ${name}; a literal ${ is written $${

    error[record/bad-variable]: `${` is not followed by a name and `}`
     --> zones/example.com.yaml:7:13
      |
    7 |   d: { TXT: "${a b}" }
      |             ^^^^^^^^
      |
      = help: write ${name}; a literal ${ is written $${

    error[record/bad-variable]: `${` is not followed by a name and `}`
     --> zones/example.com.yaml:8:3
      |
    8 |   ${host: { TXT: x }
      |   ^^^^^^
      |
      = help: write ${name}; a literal ${ is written $${

    error[record/bad-value]: A: address: "192.0.2.web" is not an IPv4 address
     --> zones/example.com.yaml:9:12
      |
    9 |   e: { A: "192.0.2.${host}" }
      |            ^^^^^^^^^^^^^^
      |
      = help: A is written like this: 192.0.2.1

    error[config/bad-ttl]: "web" is not a TTL; write seconds (3600) or units (5m, 1h, 1d, 1w, 1h30m)
      --> zones/example.com.yaml:10:18
       |
    10 |   f: { A: { ttl: "${host}", value: 192.0.2.1 } }
       |                  ^^^^^^^^^
    "#);
}
