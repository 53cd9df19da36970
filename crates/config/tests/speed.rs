//! How fast zone files load, and how much memory that takes. Nothing is asserted about time: run it with
//! `cargo test --release -p dnsctl-config --test speed -- --nocapture`.

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that shows figures")]

use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;

use dnsctl_config::Project;

/// A zone with the usual mix of types, `count` RRsets in all.
fn zone(count: usize) -> String {
    let mut text = String::from("ttl: 1h\nrecords:\n");
    for index in 0..count / 5 {
        let (high, low) = (index / 250 % 250, index % 250);
        writeln!(text, "  host{index}:\n    A: 10.{high}.{low}.1\n    AAAA: 2001:db8::{index:x}\n    TXT: v=spf1 ip4:10.{high}.{low}.1 -all\n    MX: {{ ttl: 5m, values: [10 mail, 20 backup.relay.example.] }}").unwrap();
        writeln!(text, "  www{index}: {{ CNAME: host{index} }}").unwrap();
    }
    text
}

fn repository(files: usize, rrsets: usize) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs_err::write(
        folder.path().join("dnsctl.yaml"),
        "providers: { main: { type: zonefile, directory: out } }\n",
    )
    .unwrap();
    fs_err::create_dir(folder.path().join("zones")).unwrap();
    for index in 0..files {
        fs_err::write(folder.path().join(format!("zones/zone{index}.example.yaml")), zone(rrsets)).unwrap();
    }
    folder
}

/// A figure of this process in kB, such as `VmHWM`, where the system has it.
fn memory(figure: &str) -> u64 {
    let status = fs_err::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(figure)?.strip_prefix(':'));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

/// The time that this thread has run, where the system tells it: other programs do not count.
fn cpu() -> Duration {
    let text = fs_err::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    Duration::from_nanos(text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0))
}

fn measure(folder: &Path, expected: usize) {
    let before = memory("VmRSS");
    let start = cpu();
    let project = Project::open(&folder.join("dnsctl.yaml"));
    let opened = cpu() - start;
    assert!(project.diagnostics.is_empty(), "{}", project.diagnostics.render(&project.files, false));
    let mut count = 0;
    let mut zones = Vec::new();
    for unit in &project.units {
        let loaded = project.load(unit);
        assert!(loaded.diagnostics.is_empty(), "{}", loaded.diagnostics.render(&project.files, false));
        let zone = loaded.zone.unwrap();
        count += zone.wishes.len();
        zones.push(zone);
    }
    println!(
        "{} files, {count} RRsets: opened in {opened:?}, loaded in {:?}; peak {} MB above the {} MB before",
        project.units.len(),
        cpu() - start - opened,
        memory("VmHWM").saturating_sub(before) / 1024,
        before / 1024,
    );
    assert_eq!(count, expected);
}

#[test]
fn one_large_zone_and_many_small_ones() {
    let scale = if cfg!(debug_assertions) { 10 } else { 1 };
    let large = repository(1, 100_000 / scale);
    measure(large.path(), 100_000 / scale);
    let many = repository(1_000 / scale, 50);
    measure(many.path(), 50_000 / scale);
    measure(many.path(), 50_000 / scale);
    let text = zone(100_000 / scale);
    let start = cpu();
    assert_eq!(dnsctl_config::fmt::format(&text).unwrap(), text);
    println!("{} kB formatted in {:?}", text.len() / 1024, cpu() - start);
}
