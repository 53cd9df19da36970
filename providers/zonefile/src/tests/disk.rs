//! What the disk, its owner and other programs do: each is told, and the file stays as it was.

use std::os::unix::process::CommandExt as _;

use super::*;
use crate::replace::Locked;

const DIRECTORY: &str = "DNSCTL_ZONEFILE_TEST_DIRECTORY";
const RUN: &str = "DNSCTL_ZONEFILE_TEST_RUN";
const NOBODY: u32 = 65_534;

/// One change in a process of its own: prints how reading or writing ended. Alone it is no test.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test: its parent says what to do")]
async fn child_that_writes() {
    let Some(directory) = std::env::var_os(DIRECTORY) else { return };
    let run = std::env::var(RUN).unwrap();
    let place = Place::at(Path::new(&directory));
    let live = match place.reader().read_zone(&apex()).await {
        Ok(live) => live.unwrap(),
        Err(error) => return println!("OUTCOME read {:?} {:?} {error}", error.kind(), error.effect()),
    };
    let mut done = Ok(());
    for number in 0..10 {
        let added = change(&live, &format!("h{run}-{number}"), "A", &["192.0.2.1"]);
        done = done.and(place.write(&[added]).await);
    }
    match done {
        Ok(()) => println!("OUTCOME written"),
        Err(WriteError { error, .. }) => {
            println!("OUTCOME write {:?} {:?} {error}", error.kind(), error.effect());
        }
    }
}

/// The command that runs the child, maybe behind another program.
fn child(place: &Place, run: &str, before: &[&str]) -> Command {
    let executable = std::env::current_exe().unwrap();
    let mut words = before.iter().map(PathBuf::from).chain([executable]);
    let mut command = Command::new(words.next().unwrap());
    command.args(words).args(["--exact", "tests::disk::child_that_writes", "--nocapture"]);
    command.env(DIRECTORY, &place.directory).env(RUN, run).stdout(Stdio::piped());
    command
}

fn outcome(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let found = text.split_once("OUTCOME ").unwrap_or_else(|| panic!("{output:?}")).1;
    found.lines().next().unwrap().to_owned()
}

/// The child as a user for whom permissions hold: root may do everything.
fn outcome_as_nobody(place: &Place) -> String {
    let mut command = child(place, "1", &[]);
    if fs_err::metadata(&place.directory).unwrap().uid() == 0 {
        command.uid(NOBODY).gid(NOBODY);
    }
    outcome(&mut command)
}

fn allow(path: &Path, mode: u32) {
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[tokio::test]
async fn what_may_not_be_read_or_written() {
    let place = Place::new();
    let file = place.path("example.com.zone");
    allow(&place.directory, 0o755);
    allow(&file, 0o000);
    let told = outcome_as_nobody(&place);
    assert!(
        told.starts_with("read Forbidden NotWritten ") || told.starts_with("read Io NotWritten "),
        "{told}"
    );
    assert!(told.contains("Permission denied") && told.contains("example.com.zone"), "{told}");
    // Readable, in a folder where nothing can be made.
    allow(&file, 0o644);
    allow(&place.directory, 0o555);
    let told = outcome_as_nobody(&place);
    assert!(told.starts_with("write ") && told.contains(" NotWritten "), "{told}");
    assert!(told.contains("Permission denied") && told.contains(".dnsctl.lock"), "{told}");
    allow(&place.directory, 0o755);
    assert_eq!(
        (place.text("example.com.zone").as_str(), place.files()),
        (ZONE, vec!["example.com.zone".to_owned()])
    );
}

/// A limit on the size of files ends a write in its middle as a full disk does.
#[tokio::test]
async fn a_disk_that_is_full_in_the_middle_of_a_write() {
    let place = Place::new();
    let hosts: String = (0..600).map(|host| format!("host{host} TXT \"{}\"\n", "x".repeat(100))).collect();
    place.put("example.com.zone", format!("{ZONE}{hosts}"));
    let before = place.text("example.com.zone");
    let limit = ["sh", "-c", "trap '' XFSZ; ulimit -f 16; exec \"$0\" \"$@\""];
    let told = outcome(&mut child(&place, "1", &limit));
    assert!(told.starts_with("write Io NotWritten write zone example.com.: "), "{told}");
    assert!(told.contains("File too large"), "{told}");
    assert!(place.text("example.com.zone") == before);
    assert_eq!(place.files(), [".dnsctl.lock", "example.com.zone"]);
    place.set("a", "A", &["192.0.2.1"]).await.unwrap();
}

/// Two processes write the same file at once: each waits for the other, and both are in it.
#[tokio::test]
async fn two_processes_at_once() {
    let place = Place::new();
    let started: Vec<_> = ["1", "2", "3"].map(|run| child(&place, run, &[]).spawn().unwrap()).into();
    for one in started {
        let output = one.wait_with_output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(text.contains("OUTCOME written"), "{text}");
    }
    let live = place.read().await;
    assert_eq!((live.zone.rrsets().len(), live.zone.serial()), (34, Some(37)));
}

/// An editor knows nothing of the lock: what it saved between reading and writing is not overwritten.
#[tokio::test]
async fn a_file_that_changed_under_the_lock() {
    let place = Place::new();
    let path = place.path("example.com.zone");
    let locked = Locked::wait(&place.directory).unwrap();
    place.put("example.com.zone", ZONE.replace("Ask before", "Think before"));
    let error = locked.replace(&path, ZONE.as_bytes(), "lost").unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Conflict, Effect::NotWritten));
    assert_eq!(error.message(), "another program changed the file after it was read");
    assert!(place.text("example.com.zone").contains("Think before"));
    // Gone meanwhile: it is not made again.
    fs_err::remove_file(&path).unwrap();
    let error = locked.replace(&path, ZONE.as_bytes(), "lost").unwrap_err();
    assert_eq!(error.effect(), Effect::NotWritten);
    assert_eq!(place.files(), [".dnsctl.lock"]);
}

#[test]
fn name_servers_do_not_see_files_by_themselves() {
    assert!(!Place::new().reader().serves(&Name::root()));
}
