//! Which files are read, and what stays of a file that is written.

use super::*;

#[tokio::test]
async fn files_are_found_and_listed() {
    let place = Place::new();
    place.put("example.org.", ZONE);
    place.put("db.example.net", ZONE);
    place.put("@.zone", "");
    place.put("0%2f25.2.0.192.in-addr.arpa.zone", ZONE);
    for other in ["db.local", "README", "Example.EDU.zone", ".hidden.zone", "x..zone"] {
        place.put(other, "no zone");
    }
    fs_err::create_dir(place.path("folder.zone")).unwrap();
    let names: Vec<String> =
        place.reader().list_zones().await.unwrap().iter().map(ToString::to_string).collect();
    assert_eq!(names, [".", "0/25.2.0.192.in-addr.arpa.", "example.com.", "example.net.", "example.org."]);
    for name in ["example.org", "example.net", "0/25.2.0.192.in-addr.arpa"] {
        assert!(place.reader().read_zone(&name.parse().unwrap()).await.unwrap().is_some(), "{name}");
    }
    assert_eq!(place.reader().read_zone(&"example.int".parse().unwrap()).await, Ok(None));
    let error = place.reader().read_zone(&"example.edu".parse().unwrap()).await.unwrap_err();
    assert_eq!(
        error.message(),
        "the name of the file \"Example.EDU.zone\" has capital letters; a zone's file has none"
    );
    let hint = format!(
        "mv {} {}",
        place.path("Example.EDU.zone").display(),
        place.path("example.edu.zone").display()
    );
    assert_eq!(error.hint(), Some(hint.as_str()));
    place.put("example.com.", ZONE);
    let error = place.reader().read_zone(&apex()).await.unwrap_err();
    assert_eq!(
        error.message(),
        "\"example.com.zone\" and \"example.com.\" are both there: which of them is the zone example.com.?"
    );
}

#[tokio::test]
async fn a_missing_directory_is_an_error() {
    let mut place = Place::new();
    let missing = place.path("missing");
    place.options = vec![("directory".to_owned(), OptionValue::Path(missing.clone()))];
    for error in [
        place.reader().list_zones().await.unwrap_err(),
        place.reader().read_zone(&apex()).await.unwrap_err(),
        place.writer().common().create_zone(&apex(), &[]).await.unwrap_err().error,
    ] {
        assert_eq!((error.kind(), error.effect()), (ErrorKind::Config, Effect::NotWritten));
        assert_eq!(error.hint(), Some(format!("mkdir -p {}", missing.display()).as_str()));
    }
    for (option, value) in [("serial", "x"), ("extension", "/../x")] {
        let settings = Place::new().with(option, value).settings();
        assert_eq!(
            (FACTORY.open_reader)(&settings, &context()).err().map(|e| e.kind()),
            Some(ErrorKind::Config)
        );
    }
    assert!((FACTORY.open_reader)(&Settings::default(), &context()).is_err());
}

#[tokio::test]
async fn permissions_and_links_stay() {
    let place = Place::new();
    let elsewhere = Place::new();
    fs_err::rename(place.path("example.com.zone"), elsewhere.path("real.db")).unwrap();
    fs_err::os::unix::fs::symlink(elsewhere.path("real.db"), place.path("example.com.zone")).unwrap();
    fs_err::set_permissions(elsewhere.path("real.db"), std::fs::Permissions::from_mode(0o640)).unwrap();
    place.set("a", "A", &["192.0.2.1"]).await.unwrap();
    assert!(fs_err::symlink_metadata(place.path("example.com.zone")).unwrap().is_symlink());
    let metadata = fs_err::metadata(elsewhere.path("real.db")).unwrap();
    assert_eq!(metadata.mode() & 0o7777, 0o640);
    assert!(elsewhere.text("real.db").contains("192.0.2.1"));
    assert_eq!(place.files(), ["example.com.zone"]);
    // A link that leads nowhere is no missing zone.
    fs_err::remove_file(elsewhere.path("real.db")).unwrap();
    assert_eq!(place.reader().read_zone(&apex()).await.unwrap_err().kind(), ErrorKind::Io);
}

#[tokio::test]
async fn the_owner_stays() {
    let place = Place::new();
    let path = place.path("example.com.zone");
    if std::os::unix::fs::chown(&path, Some(12_345), Some(54_321)).is_err() {
        // Only root can give files away; the file of another owner is tried where the tests run as root.
        return;
    }
    place.set("a", "A", &["192.0.2.1"]).await.unwrap();
    let metadata = fs_err::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (12_345, 54_321));
}

#[tokio::test]
async fn includes_and_octets_that_are_no_utf8() {
    let place = Place::new();
    place.put("hosts", b"h 60 TXT \"caf\xe9\"\n");
    place.put("example.com.zone", format!("{ZONE}$INCLUDE hosts sub\n$GENERATE 1-2 g$ A 192.0.2.$\n"));
    let live = place.read().await;
    let text = live.zone.get(&"h.sub.example.com".parse().unwrap(), RecordType::TXT).unwrap();
    assert_eq!(text.values()[0].joined_text(), b"caf\xe9");
    let reason = "its file includes \"hosts\", and a write would put a copy of that in its place; make one file of both \
                  first: named-compilezone -o NEW example.com. FILE";
    assert_eq!(live.read_only.as_deref(), Some(reason));
    let error = place.set("a", "A", &["192.0.2.1"]).await.unwrap_err();
    assert_eq!((error.error.kind(), error.error.message()), (ErrorKind::Unsupported, reason));
    assert!(place.text("example.com.zone").contains("$INCLUDE"));
    // What is generated is all in the file, so it can be written, each record by itself.
    place.put("example.com.zone", format!("{ZONE}$GENERATE 1-2 g$ A 192.0.2.$\n"));
    place.set("a", "A", &["192.0.2.1"]).await.unwrap();
    assert_eq!(place.read().await.zone.rrsets().len(), 7);
    assert!(!place.text("example.com.zone").contains("$GENERATE"));
    place.put("example.com.zone", format!("{ZONE}$INCLUDE /dev/zero\n"));
    let error = place.reader().read_zone(&apex()).await.unwrap_err();
    assert!(error.message().contains("\"/dev/zero\" is no file"), "{error}");
}
