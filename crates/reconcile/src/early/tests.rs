use super::*;
use crate::testing::{Fault, Memory, desired, name};
use crate::{Opener, PlanOptions, Planned, plan};
use dnsctl_plan::Mode;
use dnsctl_provider::error::{Error, ErrorKind};
use jiff::Timestamp;
use std::time::Duration;
use tokio::sync::Notify;
use tokio::sync::mpsc::{Sender, channel};

/// How long anything may take.
const SOON: Duration = Duration::from_secs(20);

fn coming(zone: &str, providers: &[&str]) -> Arrival {
    let providers = providers.iter().map(|name| (*name).to_owned()).collect();
    Arrival::Coming(Coming { zone: name(zone), providers, create: false })
}

fn loaded(zone: &str) -> Arrival {
    Arrival::Loaded(desired(zone), Box::default())
}

/// The plan of what `tell` sends, with `main`, `other`, and `broken`, which cannot be opened. `tell` is notified of each
/// zone that was compared.
async fn planned(
    main: &Memory,
    other: &Memory,
    zones: usize,
    tell: impl AsyncFnOnce(Sender<Arrival>, &Notify),
) -> Planned {
    let opener = |memory: &Memory| -> Opener {
        let memory = memory.clone();
        Box::new(move || Ok(("memory", Box::new(memory.clone()))))
    };
    let broken: Opener = Box::new(|| Err(Error::new(ErrorKind::Config, "no secret")));
    let openers = [("main", opener(main)), ("other", opener(other)), ("broken", broken)];
    let providers: Providers = openers.into_iter().map(|(name, open)| (name.to_owned(), open)).collect();
    let (last_reads, compared) = (crate::state::LastReads::new(), Notify::new());
    let options = PlanOptions {
        now: Timestamp::UNIX_EPOCH,
        life: Duration::from_secs(60),
        mode: Mode::Full,
        zones,
        last_reads: &last_reads,
        deletes_total: None,
        others: None,
        observer: &mut |_| compared.notify_one(),
    };
    let (sender, receiver) = channel(64);
    let both = async { tokio::join!(plan(receiver, &providers, options), tell(sender, &compared)).0 };
    tokio::time::timeout(SOON, both).await.expect("the plan does not end")
}

/// Waits until this was asked.
async fn asked(memory: &Memory, call: &str) {
    let waits = async {
        while !memory.calls().iter().any(|other| other == call) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    assert!(tokio::time::timeout(SOON, waits).await.is_ok(), "no \"{call}\" in {:?}", memory.calls());
}

fn zones(planned: &Planned) -> Vec<(String, String)> {
    planned.plan.zones.iter().map(|plan| (plan.zone.to_string(), plan.provider.clone())).collect()
}

fn of_main(zone: &str) -> Vec<(String, String)> {
    vec![(zone.to_owned(), "main".to_owned())]
}

#[tokio::test]
async fn the_read_begins_before_the_zone_is_there_and_is_the_only_one() {
    let (main, other) = (Memory::new(&["a.example"]), Memory::new(&["a.example"]));
    let planned = planned(&main, &other, 1, async |sender, _| {
        sender.send(coming("a.example", &["main", "other"])).await.unwrap();
        asked(&main, "read a.example.").await;
        asked(&other, "read a.example.").await;
        let both = vec!["other".to_owned(), "main".to_owned()];
        sender
            .send(Arrival::Loaded(Desired { providers: both, ..desired("a.example") }, Box::default()))
            .await
            .unwrap();
    })
    .await;
    let wanted = ["other", "main"].map(|provider| ("a.example.".to_owned(), provider.to_owned()));
    assert_eq!(zones(&planned), wanted);
    assert_eq!(planned.plan.zones[0].counts.read, 1);
    assert_eq!(
        (main.calls(), other.calls()),
        (vec!["read a.example.".into()], vec!["read a.example.".into()])
    );
}

#[tokio::test]
async fn a_wrong_guess_is_dropped() {
    let (main, other) = (Memory::new(&["a.example"]), Memory::new(&[]));
    other.fault("a.example", Fault::Silent);
    let planned = planned(&main, &other, 1, async |sender, _| {
        sender.send(coming("a.example", &["broken", "other"])).await.unwrap();
        asked(&other, "read a.example.").await;
        sender.send(loaded("a.example")).await.unwrap();
        // While the plan goes on, and not only by its end.
        asked(&other, "given up a.example.").await;
    })
    .await;
    assert_eq!(zones(&planned), of_main("a.example."));
    assert_eq!(main.calls(), ["read a.example."]);
    assert!(planned.plan.unread.is_empty(), "{:?}", planned.plan.unread);
}

/// The zone of the dropped read is not at that provider; others are.
#[tokio::test]
async fn the_error_of_a_dropped_read_holds_for_no_other_zone() {
    let (main, other) = (Memory::new(&["a.example"]), Memory::new(&["b.example"]));
    other.fault("a.example", Fault::Unauthorized);
    let planned = planned(&main, &other, 1, async |sender, _| {
        sender.send(coming("a.example", &["other"])).await.unwrap();
        asked(&other, "read a.example.").await;
        sender.send(loaded("a.example")).await.unwrap();
        let at_other = Desired { providers: vec!["other".into()], ..desired("b.example") };
        sender.send(Arrival::Loaded(at_other, Box::default())).await.unwrap();
    })
    .await;
    assert!(planned.plan.unread.is_empty(), "{:?}", planned.plan.unread);
    assert_eq!(zones(&planned).len(), 2);
}

/// The error of a read that is used is that of the zone, and of its provider: no other zone asks again.
#[tokio::test]
async fn the_error_of_a_right_guess_is_told() {
    let (main, other) = (Memory::new(&["b.example"]), Memory::new(&[]));
    main.fault("a.example", Fault::Unauthorized);
    let planned = planned(&main, &other, 1, async |sender, compared| {
        sender.send(coming("a.example", &["main"])).await.unwrap();
        sender.send(loaded("a.example")).await.unwrap();
        compared.notified().await;
        sender.send(coming("b.example", &["main"])).await.unwrap();
        sender.send(loaded("b.example")).await.unwrap();
    })
    .await;
    let kinds: Vec<_> = planned.errors.iter().map(Error::kind).collect();
    assert_eq!(kinds, [ErrorKind::Unauthorized, ErrorKind::Unauthorized]);
    assert_eq!(main.calls(), ["read a.example."]);
}

#[tokio::test]
async fn a_zone_that_fails_to_load_leaves_no_read_behind() {
    let (main, other) = (Memory::new(&["b.example"]), Memory::new(&[]));
    main.fault("a.example", Fault::Silent);
    let planned = planned(&main, &other, 2, async |sender, _| {
        sender.send(coming("a.example", &["main"])).await.unwrap();
        asked(&main, "read a.example.").await;
        sender.send(Arrival::Failed(name("a.example"))).await.unwrap();
        asked(&main, "given up a.example.").await;
        sender.send(loaded("b.example")).await.unwrap();
    })
    .await;
    assert_eq!(zones(&planned), of_main("b.example."));
    assert!(planned.plan.unread.is_empty(), "{:?}", planned.plan.unread);
}

/// Whoever loads ends in the middle.
#[tokio::test]
async fn a_zone_that_never_comes_holds_up_nothing() {
    let (main, other) = (Memory::new(&[]), Memory::new(&[]));
    main.fault("a.example", Fault::Silent);
    let planned = planned(&main, &other, 2, async |sender, _| {
        sender.send(coming("a.example", &["main"])).await.unwrap();
        asked(&main, "read a.example.").await;
    })
    .await;
    asked(&main, "given up a.example.").await;
    assert!(zones(&planned).is_empty() && planned.plan.unread.is_empty());
}

/// Among several zones, one that is to be created is looked up in the list, and only then.
#[tokio::test]
async fn a_zone_that_is_missing() {
    let list = || {
        let mut memory = Memory::new(&["b.example"]);
        memory.capabilities.lists_zones = true;
        memory
    };
    for (announced, wanted, zones, calls) in [
        (Some(true), true, 2, &["list"][..]),
        (None, true, 2, &["list"]),
        (Some(true), true, 1, &["read a.example."]),
        (Some(false), false, 2, &["read a.example."]),
        // The guess was wrong.
        (Some(true), false, 2, &["list", "read a.example."]),
        (Some(false), true, 2, &["read a.example.", "list"]),
    ] {
        let (main, other) = (list(), list());
        let planned = planned(&main, &other, zones, async |sender, _| {
            if let Some(create) = announced {
                let providers = vec!["main".to_owned()];
                let coming = Coming { zone: name("a.example"), providers, create };
                sender.send(Arrival::Coming(coming)).await.unwrap();
                asked(&main, calls[0]).await;
            }
            sender
                .send(Arrival::Loaded(Desired { create: wanted, ..desired("a.example") }, Box::default()))
                .await
                .unwrap();
        })
        .await;
        let case = format!("announced {announced:?}, wanted {wanted}, {zones} zones");
        assert_eq!(main.calls(), calls, "{case}");
        assert_eq!(planned.plan.zones[0].create, wanted, "{case}");
        assert!(planned.plan.unread.is_empty(), "{case}");
    }
}

#[tokio::test]
async fn an_adapter_that_panics_early() {
    let (main, other) = (Memory::new(&[]), Memory::new(&[]));
    main.fault("a.example", Fault::PanicsReading);
    let planned = planned(&main, &other, 1, async |sender, _| {
        sender.send(coming("a.example", &["main"])).await.unwrap();
        asked(&main, "read a.example.").await;
        sender.send(loaded("a.example")).await.unwrap();
    })
    .await;
    assert_eq!(planned.errors[0].kind(), ErrorKind::Defect);
    assert!(planned.plan.unread[0].message.contains("compare zone a.example."), "{:?}", planned.plan.unread);
}
