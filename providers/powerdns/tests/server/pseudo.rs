//! ALIAS and LUA: what is written is what the server answers from.

use crate::bench::{Bench, change, rrset};
use dnsctl_harness::{Bind, PowerDns, Zone, dig, require};
use dnsctl_zone::RecordType;

#[tokio::test]
async fn the_server_answers_for_alias_and_lua() {
    let Some(bind) = require(Bind::start([Zone::new("target.test").with("host 300 IN A 192.0.2.9")])) else {
        return;
    };
    let Some(server) = require(PowerDns::builder().lua_records().expand_alias(bind.address()).start()) else {
        return;
    };
    let bench = Bench::on(server);
    let apex = bench.zone("a.test", "Native");
    let long = format!("A \";local text = '{}' return '192.0.2.7'\"", "long ".repeat(80));
    let wishes = [
        rrset(&apex, "@", RecordType::ALIAS, 60, &["host.target.test."]),
        rrset(&apex, "one", RecordType::LUA, 60, &["A \"'192.0.2.8'\""]),
        rrset(&apex, "long", RecordType::LUA, 60, &[&long]),
        rrset(&apex, "text", RecordType::LUA, 60, &["TXT \"'say hi'\""]),
    ];
    let changes: Vec<_> = wishes.iter().map(|wish| change(None, Some(wish.clone()))).collect();
    let written = bench.write(&apex, &changes).await;
    assert!(written.is_complete(), "{:?}", written.error());
    let live = bench.read(&apex).await;
    for wish in &wishes {
        assert_eq!(live.zone.get(&wish.name, wish.rtype), Some(wish));
    }
    let ask = |name: &str, rtype: &str| dig(bench.server.dns_address(), name, rtype).unwrap().rdata(rtype);
    assert_eq!(ask("a.test", "A"), ["192.0.2.9"]);
    assert_eq!(ask("one.a.test", "A"), ["192.0.2.8"]);
    assert_eq!(ask("long.a.test", "A"), ["192.0.2.7"]);
    assert_eq!(ask("text.a.test", "TXT"), ["\"say hi\""]);
}
