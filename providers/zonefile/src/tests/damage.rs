//! Files that are no whole zone. None of them is an empty zone, and none is written over.

use super::*;

/// The error of reading a file with this text; a write has the same one and leaves the file alone.
async fn refused(text: &[u8]) -> (String, Option<String>) {
    let place = Place::new();
    place.put("example.com.zone", text);
    let error = place.reader().read_zone(&apex()).await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Config, Effect::NotWritten), "{error}");
    let nothing = Live::new(dnsctl_zone::Zone::new(apex(), Vec::new()));
    let written = place.write(&[change(&nothing, "a", "A", &["192.0.2.1"])]).await.unwrap_err();
    assert_eq!((written.error.kind(), written.error.message()), (ErrorKind::Config, error.message()));
    let created = place.writer().common().create_zone(&apex(), &[]).await.unwrap_err();
    assert_eq!(created.error.kind(), ErrorKind::Conflict);
    assert_eq!(fs_err::read(place.path("example.com.zone")).unwrap(), text);
    let endpoint = error.endpoint().unwrap().to_owned();
    assert!(endpoint.ends_with("/example.com.zone"), "{endpoint}");
    (error.message().to_owned(), error.hint().map(|hint| hint.replace(&endpoint, "FILE")))
}

#[tokio::test]
async fn a_file_without_a_zone_is_damaged() {
    let anew = "restore the file; or remove it, when the zone should be made anew";
    let end = "restore the file; or end the line when nothing is missing: echo >> FILE";
    let soa = "and the SOA record is part of every zone";
    let cut = ZONE.trim_end_matches('\n');
    let cases = [
        (String::new(), format!("it holds no records, {soa}"), anew),
        ("\n \n\t\n".to_owned(), format!("it holds no records, {soa}"), anew),
        ("; all gone\n".to_owned(), format!("it holds no records, {soa}"), anew),
        ("$TTL 1h\n$ORIGIN example.com.\n".to_owned(), format!("it holds no records, {soa}"), anew),
        ("www 300 A 192.0.2.1\n".to_owned(), format!("it holds no SOA record, {soa}"), anew),
        (cut.to_owned(), "its last line, 8, has no line end".to_owned(), end),
        (format!("{ZONE}\0\0\0\n"), "line 9 has an octet zero".to_owned(), anew),
        (format!("{ZONE}; a comment\n;\0\n"), "line 10 has an octet zero".to_owned(), anew),
        ("\0".repeat(4096), "line 1 has an octet zero".to_owned(), anew),
        (
            format!("{ZONE}sub SOA ns1 hostmaster 7 3h 1h 2w 1h\n"),
            "it has an SOA record at sub.example.com., and a zone has one at its apex only".to_owned(),
            anew,
        ),
    ];
    for (text, reason, hint) in cases {
        let (message, told) = refused(text.as_bytes()).await;
        assert_eq!(message, format!("the file is damaged or truncated: {reason}"), "{text:?}");
        assert_eq!(told.as_deref(), Some(hint), "{text:?}");
    }
}

#[tokio::test]
async fn two_authorities_and_files_of_other_zones() {
    let other = "@ SOA ns9 hostmaster 8 3h 1h 2w 1h\n";
    let (message, _) = refused(format!("{ZONE}{other}").as_bytes()).await;
    assert!(message.contains("example.com. has several SOA records; there can be only one"), "{message}");
    // The same record twice is one.
    let place = Place::new();
    place.put("example.com.zone", format!("{ZONE}@ SOA ns1 hostmaster 7 3h 1h 2w 1h\n"));
    assert_eq!(place.read().await.zone.rrsets().len(), 4);
    let (message, _) = refused(ZONE.replace("$TTL 1h", "$TTL 1h\n$ORIGIN example.org.").as_bytes()).await;
    assert!(
        message.starts_with("3 errors: example.com.zone:7:1: example.org. is not in the zone"),
        "{message}"
    );
}

/// Cut after any octet, the file is refused, or what is left of it is read to the last line, SOA record first.
#[tokio::test]
async fn a_file_that_was_cut() {
    let place = Place::new();
    let file = place.text("example.com.zone");
    place.set("text", "TXT", &["\"one\" \"two ; three\""]).await.unwrap();
    let printed = place.text("example.com.zone");
    for text in [file, printed] {
        for end in 0..text.len() {
            let (left, _) = text.split_at(end);
            place.put("example.com.zone", left);
            match place.reader().read_zone(&apex()).await {
                Err(error) => assert_eq!(error.kind(), ErrorKind::Config, "{left:?}: {error}"),
                Ok(live) => {
                    assert!(left.ends_with('\n'), "{left:?}");
                    let whole =
                        left.lines().filter(|line| line.contains(" A ") || line.contains(" NS ")).count();
                    let live = live.unwrap().zone;
                    assert!(live.serial().is_some(), "{left:?}");
                    let read = live.rrsets().iter().filter(|rrset| rrset.rtype != RecordType::TXT).count();
                    assert_eq!(read, whole + 1, "{left:?}");
                }
            }
        }
    }
}

#[tokio::test]
async fn a_damaged_file_that_is_included() {
    let place = Place::new();
    place.put("example.com.zone", format!("{ZONE}$INCLUDE more\n"));
    for (text, reason) in [
        ("a A 192.0.2.1", "its last line, 1, has no line end"),
        ("a A 192.0.2.1\n\0\n", "line 2 has an octet zero"),
    ] {
        place.put("more", text);
        let error = place.reader().read_zone(&apex()).await.unwrap_err();
        assert!(error.message().ends_with(&format!("cannot include \"more\": {reason}")), "{error}");
    }
    place.put("more", "");
    assert_eq!(place.read().await.zone.rrsets().len(), 4);
}

#[tokio::test]
async fn a_directory_in_the_place_of_a_file() {
    let place = Place::new();
    fs_err::remove_file(place.path("example.com.zone")).unwrap();
    fs_err::create_dir(place.path("example.com.zone")).unwrap();
    let error = place.reader().read_zone(&apex()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.message().contains("is no file of at most"), "{error}");
    let created = place.writer().common().create_zone(&apex(), &[]).await.unwrap_err();
    assert_eq!((created.error.kind(), created.error.effect()), (ErrorKind::Conflict, Effect::NotWritten));
}

#[tokio::test]
async fn zones_that_are_odd_names_of_files() {
    let place = Place::new();
    let writer = place.writer();
    let long = [[b'a'; 63].as_slice(), &[b'b'; 63], &[b'c'; 63], &[b'd'; 59]];
    let long = Name::from_labels(long).unwrap();
    for (zone, file) in [
        (Name::root(), "@.zone"),
        (Name::absolute("0/26.2.0.192.in-addr.arpa").unwrap(), "0%2f26.2.0.192.in-addr.arpa.zone"),
        (Name::absolute("EXAMPLE.Org").unwrap(), "example.org.zone"),
        (Name::absolute("_tcp.example.org").unwrap(), "_tcp.example.org.zone"),
    ] {
        let mut server = rrset("x", "NS", &["ns.example.net."]);
        server.name = zone.clone();
        // In the root zone this server is one of its own.
        let address = rrset("ns.example.net.", "A", &["192.0.2.53"]);
        let records = if zone.is_root() { vec![address, server] } else { vec![server] };
        writer.common().create_zone(&zone, &records).await.unwrap();
        assert!(place.files().contains(&file.to_owned()), "{:?}", place.files());
        let live = place.reader().read_zone(&zone).await.unwrap().unwrap();
        assert_eq!((live.zone.apex.clone(), live.zone.serial()), (zone.clone(), Some(1)));
        assert!(place.reader().list_zones().await.unwrap().contains(&zone));
        let text =
            RRset::new(zone.clone(), RecordType::TXT, Ttl::MAX, vec![Rdata::text(RecordType::TXT, b"x")]);
        let added = RRsetChange {
            name: zone.clone(),
            rtype: RecordType::TXT,
            before: None,
            after: Some(text),
            group: 0,
        };
        let Writer::Zone(writer) = place.writer() else { panic!("another granularity") };
        writer.write_zone(&zone, &[added]).await.unwrap();
        assert_eq!(place.reader().read_zone(&zone).await.unwrap().unwrap().zone.serial(), Some(2));
    }
    let error = place.reader().read_zone(&long).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(
        error.message().ends_with("would have a name of 256 octets, more than the file system takes"),
        "{error}"
    );
}
