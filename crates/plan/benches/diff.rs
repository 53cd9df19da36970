//! The difference of two zones of a million RRsets, beside a floor: one look at every owner name of both.
//!
//! `cargo bench -p dnsctl-plan --bench diff [RRSETS]`. Prints medians of five runs and ratios to the floor, taken in
//! turn, since the machine is noisy.
#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops at once when it is wrong"
)]

use dnsctl_plan::diff::{Scope, diff};
use dnsctl_zone::{Desired, Live, Manage, Name, Policy, RRset, Rdata, Source, Ttl, Wish, Zone};
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr};
use std::time::{Duration, Instant};

fn rrset(apex: &Name, index: u32, change: bool) -> RRset {
    let name = apex.child(format!("host{index:07}").as_bytes()).expect("a short label");
    let address = Ipv4Addr::from(0x0a00_0000 + index + u32::from(change));
    let value = Rdata::address(IpAddr::V4(address));
    RRset::new(name, value.rtype(), Ttl::new(3600).expect("a small TTL"), vec![value])
}

fn time(run: impl Fn() -> usize) -> (Duration, usize) {
    let start = Instant::now();
    let result = black_box(run());
    (start.elapsed(), result)
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort();
    times[times.len() / 2].as_secs_f64()
}

fn main() {
    let count: u32 = std::env::args().filter_map(|word| word.parse().ok()).next().unwrap_or(1_000_000);
    let apex = Name::absolute("example.com").expect("a name");
    let live =
        Live::new(Zone::new(apex.clone(), (0..count).map(|index| rrset(&apex, index, false)).collect()));
    let source = Source::new("zones/example.com.yaml".into(), 1, 1);
    let desired = |every: u32| Desired {
        apex: apex.clone(),
        wishes: (0..count)
            .map(|index| Wish {
                rrset: rrset(&apex, index, every > 0 && index % every == 0),
                source: source.clone(),
                provider_options: None,
                only: None,
                lenient: false,
            })
            .collect(),
        providers: vec!["main".to_owned()],
        ignore: Vec::new(),
        manage: Manage::All,
        create: false,
        lenient: false,
        acknowledgements: Vec::new(),
        policy: Policy::default(),
        servers: Vec::new(),
        source: source.clone(),
    };
    let scope = Scope { provider: "main", kind: "zonefile", writes_soa: true, writes_apex_ns: true };
    let (same, changed) = (desired(0), desired(100));
    let floor = || {
        let wishes = same.wishes.iter().map(|wish| &wish.rrset);
        wishes.zip(live.zone.rrsets()).filter(|(a, b)| a.name == b.name && a.values() == b.values()).count()
    };
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..5 {
        let runs: [(Duration, usize); 3] = [
            time(floor),
            time(|| diff(&same, &live, scope).unchanged),
            time(|| diff(&changed, &live, scope).changes.len()),
        ];
        for (times, (time, _)) in times.iter_mut().zip(runs) {
            times.push(time);
        }
    }
    let [floor, same, changed] = times.map(median);
    println!("{count} RRsets              seconds   x floor");
    println!("floor (compare pairs)   {floor:9.3} {:9.2}", 1.0);
    println!("diff, in sync           {same:9.3} {:9.2}", same / floor);
    println!("diff, 1 % changed       {changed:9.3} {:9.2}", changed / floor);
}
