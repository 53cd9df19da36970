//! The provider through its traits, on real files.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use dnsctl_provider::error::{Effect, ErrorKind};
use dnsctl_provider::{Context, OptionValue, RRsetChange, Reader, Settings, Wanted, WriteError, Writer};
use dnsctl_zone::{Live, Name, Names, RRset, Rdata, RecordType, Ttl};
use tempfile::TempDir;

use crate::FACTORY;

mod damage;
mod disk;
mod files;
mod loads;
mod writers;

const ZONE: &str = "\
; Belongs to the web team.
; Ask before you change it.

$TTL 1h
@ SOA ns1 hostmaster 7 3h 1h 2w 1h ; lost
@ NS ns1
ns1 A 192.0.2.53
www 300 A 192.0.2.1
";

/// A directory with a zone, and the provider on it.
struct Place {
    directory: PathBuf,
    /// Removes the directory in the end.
    _guard: Option<TempDir>,
    options: Vec<(String, OptionValue)>,
}

impl Place {
    fn new() -> Self {
        let guard = tempfile::tempdir().unwrap();
        let mut place = Self::at(guard.path());
        place._guard = Some(guard);
        place.put("example.com.zone", ZONE);
        place
    }

    fn at(directory: &Path) -> Self {
        let options = vec![("directory".to_owned(), OptionValue::Path(directory.to_owned()))];
        Self { directory: directory.to_owned(), _guard: None, options }
    }

    fn with(mut self, option: &str, value: &str) -> Self {
        self.options.push((option.to_owned(), OptionValue::Text(value.to_owned())));
        self
    }

    fn with_bool(mut self, option: &str, value: bool) -> Self {
        self.options.push((option.to_owned(), OptionValue::Bool(value)));
        self
    }

    fn put(&self, file: &str, text: impl AsRef<[u8]>) {
        fs_err::write(self.path(file), text).unwrap();
    }

    fn path(&self, file: &str) -> PathBuf {
        self.directory.join(file)
    }

    fn text(&self, file: &str) -> String {
        fs_err::read_to_string(self.path(file)).unwrap()
    }

    fn files(&self) -> Vec<String> {
        let entries = fs_err::read_dir(&self.directory).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn settings(&self) -> Settings {
        Settings { name: "files".to_owned(), values: self.options.iter().cloned().collect() }
    }

    fn reader(&self) -> Box<dyn Reader> {
        (FACTORY.open_reader)(&self.settings(), &context()).unwrap()
    }

    fn writer(&self) -> Writer {
        (FACTORY.open_writer)(&self.settings(), &context()).unwrap()
    }

    async fn read(&self) -> Live {
        self.reader().read_zone(&apex()).await.unwrap().unwrap()
    }

    async fn write(&self, changes: &[RRsetChange]) -> Result<(), WriteError> {
        let Writer::Zone(writer) = self.writer() else { panic!("another granularity") };
        writer.write_zone(&apex(), changes).await
    }

    /// Writes one change of what is there now.
    async fn set(&self, owner: &str, rtype: &str, values: &[&str]) -> Result<(), WriteError> {
        let change = change(&self.read().await, owner, rtype, values);
        self.write(&[change]).await
    }
}

/// 2026-11-23T10:07:02Z.
fn context() -> Context {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_428_422);
    Context::new(Arc::new(move || now), Arc::new(|_| None))
}

fn apex() -> Name {
    Name::absolute("example.com").unwrap()
}

fn rrset(owner: &str, rtype: &str, values: &[&str]) -> RRset {
    let origin = apex();
    let names = Names { origin: &origin, strict: false };
    let rtype: RecordType = rtype.parse().unwrap();
    let values = values.iter().map(|text| Rdata::parse(rtype, text, names).unwrap());
    RRset::new(Name::parse(owner, names).unwrap(), rtype, Ttl::new(60).unwrap(), values.collect())
}

/// The change from what is there; without values it is a deletion.
fn change(live: &Live, owner: &str, rtype: &str, values: &[&str]) -> RRsetChange {
    let after = rrset(owner, rtype, values);
    let before = live.zone.get(&after.name, after.rtype).cloned();
    let (name, rtype) = (after.name.clone(), after.rtype);
    RRsetChange { name, rtype, before, after: (!values.is_empty()).then_some(after), group: 0 }
}

#[tokio::test]
async fn a_change_keeps_the_rest() {
    let place = Place::new();
    place.set("mail", "A", &["192.0.2.25"]).await.unwrap();
    place.set("www", "A", &[]).await.unwrap();
    let written = place.text("example.com.zone");
    assert_eq!(
        written,
        "\
; Belongs to the web team.
; Ask before you change it.

$ORIGIN example.com.
$TTL 3600
@       IN SOA ns1.example.com. hostmaster.example.com. (
               9          ; serial
               10800      ; refresh (3h)
               3600       ; retry (1h)
               1209600    ; expire (2w)
               3600       ; minimum (1h)
               )
@       IN NS  ns1.example.com.
mail 60 IN A   192.0.2.25
ns1     IN A   192.0.2.53
"
    );
    assert_eq!(place.files(), [".dnsctl.lock", "example.com.zone"]);
}

#[tokio::test]
async fn nothing_to_do_writes_nothing() {
    let place = Place::new();
    let inode = || fs_err::metadata(place.path("example.com.zone")).unwrap().ino();
    let before = inode();
    place.write(&[]).await.unwrap();
    let live = place.read().await;
    let there = live.zone.get(&"www.example.com".parse().unwrap(), RecordType::A).cloned();
    let same = RRsetChange {
        name: "www.example.com".parse().unwrap(),
        rtype: RecordType::A,
        before: there.clone(),
        after: there,
        group: 0,
    };
    place.write(&[same]).await.unwrap();
    assert_eq!((place.text("example.com.zone").as_str(), inode()), (ZONE, before));
}

#[tokio::test]
async fn serials() {
    for (mode, serial) in
        [("increment", 8), ("date", 2_026_112_300), ("unixtime", 1_795_428_422), ("keep", 7)]
    {
        let place = Place::new().with("serial", mode);
        place.set("a", "A", &["192.0.2.1"]).await.unwrap();
        assert_eq!(place.read().await.zone.serial(), Some(serial), "{mode}");
    }
    let place = Place::new();
    place.set("@", "SOA", &["ns1 hostmaster 100 1 2 3 4"]).await.unwrap();
    assert_eq!(place.read().await.zone.serial(), Some(100));
    place.set("@", "SOA", &["ns1 other 3 1 2 3 4"]).await.unwrap();
    assert_eq!(place.read().await.zone.serial(), Some(101));
    // The serial that was read does not make the change stale.
    let stale = change(&place.read().await, "@", "SOA", &["ns1 third 3 1 2 3 4"]);
    place.set("b", "A", &["192.0.2.1"]).await.unwrap();
    place.write(&[stale]).await.unwrap();
    assert_eq!(place.read().await.zone.serial(), Some(103));
}

#[tokio::test]
async fn a_stale_change_is_a_conflict() {
    let place = Place::new();
    let live = place.read().await;
    let changes = [change(&live, "new", "A", &["192.0.2.9"]), change(&live, "www", "A", &["192.0.2.2"])];
    place.put("example.com.zone", ZONE.replace("192.0.2.1\n", "192.0.2.77\n"));
    let error = place.write(&changes).await.unwrap_err();
    assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Conflict, Effect::NotWritten));
    assert_eq!(error.culprits, [1]);
    assert_eq!(
        error.to_string(),
        "write zone example.com.: conflict: www.example.com. A is now 300 [A 192.0.2.77]"
    );
    assert!(place.text("example.com.zone").contains("; lost"));
    // Gone, and come into being, are conflicts too.
    place.put("example.com.zone", ZONE.replace("www 300", "new 300"));
    assert_eq!(place.write(&changes).await.unwrap_err().culprits, [0, 1]);
}

#[tokio::test]
async fn what_no_server_loads_is_refused() {
    let place = Place::new();
    for (owner, rtype, values, words) in [
        (
            "www",
            "CNAME",
            &["a"][..],
            "www.example.com. has a CNAME record beside A; no name server loads that",
        ),
        ("c", "CNAME", &["a", "b"], "c.example.com. has several CNAME records; there can be only one"),
        ("x", "SOA", &["a b 1 2 3 4 5"], "x.example.com. SOA is not at the apex"),
        ("@", "SOA", &[], "example.com. SOA is deleted, and a zone cannot be without it"),
        ("x.org.", "A", &["192.0.2.1"], "x.org. is not in the zone example.com."),
        ("x", "ALIAS", &["a"], "x.example.com. ALIAS: records of this type are not written to master files"),
        ("@", "NS", &[], "BIND does not load a zone without NS records at its apex"),
        (
            "x",
            "SSHFP",
            &["4 2 aabb"],
            "name servers refuse a zone with it. SSHFP: fingerprint: it has 2 octets; with fingerprint_type 2 it has 32 \
             (RFC 4255 section 3.1.2)",
        ),
        (
            "x_y",
            "A",
            &["192.0.2.1"],
            "its owner is no host name (RFC 1123 section 2.1; BIND refuses it unless check-names is off); where no BIND \
             loads the files: check_names: false",
        ),
    ] {
        let live = place.read().await;
        let planned = change(&live, owner, rtype, values);
        let reader = place.reader();
        reader.read_zone(&apex()).await.unwrap();
        let wanted = Wanted { name: &planned.name, rtype: planned.rtype, after: planned.after.as_ref() };
        // The plan has the same words as the write.
        let alone = planned.after.as_ref().and_then(|after| reader.refuses(&apex(), after));
        let told = alone.or_else(|| Some(reader.refuses_together(&apex(), &[wanted]).pop()?.1));
        assert_eq!(told.as_deref(), Some(words), "{owner} {rtype}");
        let error = place.write(&[planned]).await.unwrap_err();
        assert_eq!(error.error.message(), words);
        assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Rejected, Effect::NotWritten));
        assert_eq!(error.culprits, [0]);
    }
    assert_eq!(place.text("example.com.zone"), ZONE);
    let live = place.read().await;
    let swap = [change(&live, "www", "CNAME", &["a"]), change(&live, "www", "A", &[])];
    place.write(&swap).await.unwrap();
    let place = place.with_bool("check_names", false);
    place.set("x_y", "A", &["192.0.2.1"]).await.unwrap();
}

#[tokio::test]
async fn what_was_wrong_before_is_not_judged() {
    let place = Place::new();
    place.put("example.com.zone", format!("{ZONE}@ NS gone\nc CNAME a\nc A 192.0.2.1\nx_y A 192.0.2.1\n"));
    place.set("www", "A", &["192.0.2.2"]).await.unwrap();
    place.set("x_y", "A", &[]).await.unwrap();
    place.set("gone", "A", &["192.0.2.53"]).await.unwrap();
    assert_eq!(place.set("gone", "A", &[]).await.unwrap_err().culprits, [0]);
}

#[tokio::test]
async fn a_wrong_file_is_told_by_line() {
    let place = Place::new();
    place.put(
        "example.com.zone",
        format!("{ZONE}x A 192.0.2.300\ny MX mail\nz FOO 1\nw BAR 1\nx.org. A 192.0.2.1\n"),
    );
    let error = place.reader().read_zone(&apex()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(
        error.message(),
        "5 errors: example.com.zone:9:5: A: address: \"192.0.2.300\" is not an IPv4 address; \
         example.com.zone:10:6: MX: preference: \"mail\" is not a number from 0 to 65535; \
         example.com.zone:11:3: \"FOO\" is not a record type; …"
    );
    assert!(error.to_string().starts_with("read zone example.com.: wrong configuration from /"), "{error}");
    let nothing = Live::new(dnsctl_zone::Zone::new(apex(), Vec::new()));
    let error = place.write(&[change(&nothing, "a", "A", &["192.0.2.1"])]).await.unwrap_err();
    assert_eq!(error.error.effect(), Effect::NotWritten);
}

#[tokio::test]
async fn a_zone_is_created_once() {
    let place = Place::new();
    let name = |text: &str| Name::absolute(text).unwrap();
    let writer = place.writer();
    let create = |zone: &'static str, rrsets: Vec<RRset>| {
        let writer = &writer;
        async move { writer.common().create_zone(&name(zone), &rrsets).await }
    };
    let mut records =
        vec![rrset("new.example.com.", "NS", &["ns.example.net."]), rrset("a.new", "A", &["192.0.2.1"])];
    assert_eq!(create("new.example.com", records.clone()).await, Ok(2));
    assert_eq!(
        place.text("new.example.com.zone"),
        "\
; Zone new.example.com. Written by dnsctl: these first comments stay when it changes, others do not.

$ORIGIN new.example.com.
$TTL 60
@ 3600 IN SOA ns.example.net. hostmaster.new.example.com. (
              1          ; serial
              10800      ; refresh (3h)
              3600       ; retry (1h)
              1209600    ; expire (2w)
              3600       ; minimum (1h)
              )
@      IN NS  ns.example.net.
a      IN A   192.0.2.1
"
    );
    let error = create("new.example.com", records.clone()).await.unwrap_err();
    assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Conflict, Effect::NotWritten));
    // Names that would lead elsewhere become files here.
    let odd = name("\\.\\./\\.\\./etc");
    let mut server = rrset("x", "NS", &["ns.example.net."]);
    server.name = odd.clone();
    writer.common().create_zone(&odd, &[server]).await.unwrap();
    assert!(place.files().contains(&"%2e%2e%2f%2e%2e%2fetc.zone".to_owned()), "{:?}", place.files());
    assert!(place.reader().list_zones().await.unwrap().contains(&odd));
    records.push(rrset("a.new", "CNAME", &["b"]));
    records.push(rrset("elsewhere.org.", "A", &["192.0.2.1"]));
    let error = writer.common().create_zone(&name("other.example.com"), &records).await.unwrap_err();
    assert_eq!(error.culprits, [0, 1, 2, 3]);
}

#[tokio::test]
async fn signed_files_are_read_and_not_written() {
    let place = Place::new();
    place.put(
        "example.com.zone",
        format!(
            "{ZONE}www 300 RRSIG A 8 3 300 20300101000000 20200101000000 1 @ AQID\nwww NSEC @ A RRSIG NSEC\n"
        ),
    );
    let live = place.read().await;
    let kept: Vec<String> =
        live.kept.iter().map(|kept| format!("{} {} {}", kept.name, kept.rtype, kept.count)).collect();
    assert_eq!(kept, ["www.example.com. RRSIG 1", "www.example.com. NSEC 1"]);
    assert_eq!(live.zone.rrsets().len(), 4);
    assert!(
        live.read_only
            .is_some_and(|reason| reason.starts_with("its file is signed (www.example.com. RRSIG)"))
    );
    let error = place.set("a", "A", &["192.0.2.1"]).await.unwrap_err();
    assert_eq!((error.error.kind(), error.error.effect()), (ErrorKind::Unsupported, Effect::NotWritten));
}
