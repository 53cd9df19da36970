use super::*;

fn key(zone: &str) -> (String, Name) {
    ("main".to_owned(), Name::absolute(zone).unwrap())
}

#[test]
fn reads_and_applies_are_remembered_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::beside(folder.path());
    assert!(state.last_reads().is_empty());
    state.remember_reads(&[(key("a.example"), 7), (key("b.example"), 9)].into()).unwrap();
    let applied = Applied { id: "7e231c67".into(), created_at: "2026-11-23T10:05:02Z".parse().unwrap() };
    let (provider, zone) = key("a.example");
    state.remember_applied(&[(provider.clone(), zone.clone(), applied.clone())]).unwrap();
    state.remember_reads(&[(key("a.example"), 8)].into()).unwrap();
    assert_eq!(state.last_reads(), [(key("a.example"), 8), (key("b.example"), 9)].into());
    assert_eq!(state.last_applied(&provider, &zone), Some(applied));
    assert_eq!(fs::read_to_string(folder.path().join(FOLDER).join(".gitignore")).unwrap(), "*\n");
}

#[test]
fn a_damaged_or_later_file_says_nothing_and_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::beside(folder.path());
    state.remember_reads(&[(key("a.example"), 7)].into()).unwrap();
    let later = "{\"version\": 2, \"zones\": {\"new\": []}}";
    for (text, why) in
        [("{", "is damaged: "), (later, "later version"), ("[]", "is damaged: "), ("\0\0", "damaged")]
    {
        fs::write(state.path(), text).unwrap();
        let told = state.check().unwrap_err().to_string();
        assert!(told.contains(why) && told.contains("state.json"), "{told}");
        assert!(state.last_reads().is_empty(), "{text}");
        let written = state.remember_reads(&[(key("a.example"), 8)].into());
        assert!(matches!(written, Err(MemoryError::Unreadable { .. })), "{written:?}");
        assert_eq!(fs::read_to_string(state.path()).unwrap(), text);
    }
    // In an empty one there is nothing to lose.
    fs::write(state.path(), "").unwrap();
    state.check().unwrap();
    state.remember_reads(&[(key("a.example"), 7)].into()).unwrap();
    assert_eq!(state.last_reads().len(), 1);
}

/// A plan beside an apply: neither writes back what the other has changed meanwhile.
#[test]
fn two_at_a_time_lose_nothing() {
    const ZONES: usize = 40;
    let folder = tempfile::tempdir().unwrap();
    let state = State::beside(folder.path());
    let zone = |index: usize| key(&format!("z{index}.example"));
    std::thread::scope(|scope| {
        scope.spawn(|| {
            (0..ZONES).for_each(|index| state.remember_reads(&[(zone(index), index)].into()).unwrap());
        });
        scope.spawn(|| {
            for index in 0..ZONES {
                let applied = Applied { id: index.to_string(), created_at: Timestamp::UNIX_EPOCH };
                let (provider, zone) = zone(index);
                state.remember_applied(&[(provider, zone, applied)]).unwrap();
            }
        });
    });
    let (main, zones) = ("main", 0..ZONES);
    assert_eq!(state.last_reads().len(), ZONES);
    assert_eq!(zones.filter(|index| state.last_applied(main, &zone(*index).1).is_some()).count(), ZONES);
}

#[test]
fn what_is_not_proved_is_remembered_until_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::beside(folder.path());
    let rrsets = |names: &[&str]| -> RRsets {
        let set = names.iter().map(|name| (Name::absolute(name).unwrap(), RecordType::A)).collect();
        [(key("a.example"), set)].into()
    };
    state.remember_proofs(&rrsets(&["a.example", "b.a.example"]), &RRsets::new()).unwrap();
    // A zone of which nothing was read has no number.
    assert!(state.last_reads().is_empty());
    state.remember_proofs(&rrsets(&["c.a.example"]), &rrsets(&["a.example"])).unwrap();
    assert_eq!(state.unproved(), rrsets(&["b.a.example", "c.a.example"]));
    state.remember_proofs(&RRsets::new(), &rrsets(&["b.a.example", "c.a.example"])).unwrap();
    assert!(state.unproved().is_empty());
}

/// Whoever keeps it elsewhere by a link, in the cache of a pipeline for example, finds it there again, and nothing else.
#[cfg(unix)]
#[test]
fn a_link_stays() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let state = State::beside(folder.path());
    fs::create_dir(folder.path().join(FOLDER)).unwrap();
    fs::write(cache.path().join("kept.json"), "").unwrap();
    std::os::unix::fs::symlink(cache.path().join("kept.json"), state.path()).unwrap();
    state.remember_reads(&[(key("a.example"), 7)].into()).unwrap();
    assert_eq!(state.last_reads().len(), 1);
    assert!(fs::symlink_metadata(state.path()).unwrap().is_symlink());
    let names = fs::read_dir(cache.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert_eq!(names.collect::<Vec<_>>(), ["kept.json"]);
}

#[test]
fn one_lock_at_a_time() {
    let folder = tempfile::tempdir().unwrap();
    let state = State::beside(folder.path());
    let lock = state.lock().unwrap();
    assert!(matches!(state.lock(), Err(StateError::Locked(_))));
    drop(lock);
    assert!(state.lock().is_ok());
}
