//! Several writers of one file, and one that is killed.

use super::*;

/// Many writers of the same file: none loses what another wrote.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn writers_do_not_lose_each_others_changes() {
    let place = Arc::new(Place::new());
    let tasks: Vec<_> = (0..8)
        .map(|writer| {
            let place = Arc::clone(&place);
            tokio::spawn(async move {
                for number in 0..10 {
                    place.set(&format!("h{writer}-{number}"), "A", &["192.0.2.1"]).await.unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let live = place.read().await;
    assert_eq!((live.zone.rrsets().len(), live.zone.serial()), (84, Some(87)));
}

const CHILD: &str = "DNSCTL_ZONEFILE_TEST_CHILD";

/// How many RRsets the zone of the killed writer has besides its counter.
const HOSTS: usize = 300;

/// The writer that is killed: it counts in a TXT record for ever. Alone it is no test.
#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a test: its parent says where the files are")]
async fn child_of_killed_in_the_middle() {
    let Some(directory) = std::env::var_os(CHILD) else { return };
    let place = Place::at(Path::new(&directory));
    loop {
        let live = place.read().await;
        let count = live.zone.serial().unwrap() + 1;
        place.set("count", "TXT", &[&count.to_string()]).await.unwrap();
    }
}

/// Killed at any moment, a writer leaves the file as it was or as it should be.
#[tokio::test]
async fn killed_in_the_middle() {
    let place = Place::new();
    let hosts: String = (0..HOSTS).map(|host| format!("host{host} TXT \"{}\"\n", "x".repeat(100))).collect();
    place.put("example.com.zone", format!("{ZONE}{hosts}"));
    let inode = || fs_err::metadata(place.path("example.com.zone")).unwrap().ino();
    // Until some were killed between the first octet of the new file and its last step.
    let (mut rounds, mut unfinished) = (0_u64, 0);
    while rounds < 20 || (unfinished < 3 && rounds < 500) {
        rounds += 1;
        let before = inode();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::writers::child_of_killed_in_the_middle"])
            .env(CHILD, &place.directory)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        // Wait for its first write, then a little longer.
        while inode() == before {
            std::thread::sleep(Duration::from_micros(200));
        }
        std::thread::sleep(Duration::from_micros(rounds * 1_731 % 37_000));
        child.kill().unwrap();
        child.wait().unwrap();
        unfinished += place.files().iter().filter(|file| file.starts_with(".dnsctl-")).count();
        let live = place.read().await;
        let count = live.zone.get(&"count.example.com".parse().unwrap(), RecordType::TXT).unwrap();
        assert_eq!(count.values()[0].joined_text(), live.zone.serial().unwrap().to_string().into_bytes());
        assert_eq!(live.zone.rrsets().len(), HOSTS + 5);
    }
    assert!(unfinished > 0, "no kill hit a write in {rounds} rounds");
    // The next write clears away what was left.
    place.set("last", "A", &["192.0.2.1"]).await.unwrap();
    assert_eq!(place.files(), [".dnsctl.lock", "example.com.zone"]);
}
