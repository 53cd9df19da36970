//! Which record of an update a server cannot read.
//!
//! FORMERR (RFC 2136 section 3.1) names none. A server reads a message as a whole before it looks at the conditions in it,
//! so a part of the update on a condition that never holds, that the apex has no data, is answered FORMERR when the record
//! is in that part, and YXDOMAIN when it is not. Nothing is written either way.

use dnsctl_provider::RRsetChange;
use dnsctl_provider::dns::{Client, Rcode, Update};
use dnsctl_provider::error::Status;
use dnsctl_zone::{Name, RRset, Rdata};

/// How many records are looked for.
const MOST: usize = 5;

/// A record that is to be written.
#[derive(Clone, Copy)]
struct Item<'a> {
    change: usize,
    rrset: &'a RRset,
    value: &'a Rdata,
}

/// The records of these changes that the server cannot read, the first few: the index of the change, and the record's data.
/// None when the server answers otherwise than expected.
pub(crate) async fn unread(client: &Client, apex: &Name, changes: &[RRsetChange]) -> Vec<(usize, String)> {
    let wanted =
        changes.iter().enumerate().filter_map(|(index, change)| Some((index, change.after.as_ref()?)));
    let mut all = Vec::new();
    for (change, rrset) in wanted {
        all.extend(rrset.values().iter().map(|value| Item { change, rrset, value }));
    }
    let mut found = Vec::new();
    let mut open = vec![all.as_slice()];
    while let Some(part) = open.pop() {
        if found.len() >= MOST {
            break;
        }
        if part.is_empty() || !is_unread(client, apex, part).await {
            continue;
        }
        if let [item] = part {
            found.push((item.change, item.value.to_string()));
            continue;
        }
        let (first, second) = part.split_at(part.len() / 2);
        open.extend([second, first]);
    }
    found
}

async fn is_unread(client: &Client, apex: &Name, part: &[Item<'_>]) -> bool {
    let mut update = Update::new(apex.clone());
    update.require_no_name(apex);
    for item in part {
        update.add(&item.rrset.name, item.rrset.ttl, item.value);
    }
    let (_, failed) = client.update(&[update]).await;
    failed.and_then(|failed| failed.status()) == Some(Status::Rcode(Rcode::FORMERR.0))
}
