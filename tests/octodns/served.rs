//! Every type that octoDNS can write to PowerDNS: what it wrote needs no change.

use dnsctl_harness::{Backend, Dnsctl, PowerDns, Repository, python_tool, repository_root, require};

#[test]
fn all_types_that_octodns_wrote_need_no_change() {
    // LMDB writes escapes in its own way, so that octoDNS never comes to rest there; SQLite keeps what it is given.
    let builder = PowerDns::builder().lua_records().backend(Backend::Sqlite);
    let Some(server) = require(builder.start()) else { return };
    let Some(octodns) = require(python_tool("octodns", "octodns-sync")) else { return };
    let source = repository_root().join("tests/octodns/served");
    let mut files =
        vec![("production.yaml".to_owned(), fs_err::read(source.join("production.yaml")).unwrap())];
    for entry in fs_err::read_dir(source.join("zones")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        files.push((format!("zones/{name}"), fs_err::read(entry.path()).unwrap()));
    }
    let repository = Repository::new(files).unwrap();
    let port = server.api_address().port().to_string();
    let run = |program: std::path::PathBuf, arguments: &str, code: i32| {
        Dnsctl::new(program, repository.path())
            .args(arguments.split_ascii_whitespace())
            .env("PDNS_API_KEY", server.api_key())
            .env("PDNS_PORT", &port)
            .expect_code(code)
    };
    run(octodns.clone(), "--config-file production.yaml --doit", 0);
    let again = run(octodns, "--config-file production.yaml", 0);
    assert!(again.stderr.contains("No changes were planned"), "{}", again.stderr);
    let plan =
        run(env!("CARGO_BIN_EXE_dnsctl").into(), "plan --config production.yaml --detailed-exitcode", 0);
    assert!(plan.stdout.contains("No changes. 40 RRsets match in 6 zones"), "{}", plan.stdout);
}
