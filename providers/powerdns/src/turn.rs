//! When zones may be created at the same time.
//!
//! PowerDNS 4.7 with LMDB numbers its zones one after the other, and two zones that are created at the same moment can get
//! the same number: each then holds a part of the records of both, and both requests were answered with success
//! (measured: one run in six, creating 100 zones eight at a time). With `lmdb-random-ids=yes`, and with other backends,
//! this does not happen.

use dnsctl_provider::error::Result;
use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use crate::account::Account;

/// Lets creations wait for each other where they must.
#[derive(Debug, Default)]
pub(crate) struct Turns {
    busy: Mutex<()>,
    /// Whether the server keeps zones apart that are created at once; asked for when it matters first.
    apart: OnceCell<bool>,
}

/// One setting of the server.
#[derive(Deserialize)]
struct Setting {
    name: String,
    value: serde_json::Value,
}

impl Turns {
    /// Waits until a zone may be created. What is given back must be held until the server has answered.
    pub(crate) async fn wait(&self, account: &Account) -> Option<MutexGuard<'_, ()>> {
        if let Ok(turn) = self.busy.try_lock() {
            return Some(turn);
        }
        // A server that does not tell is not trusted.
        let apart = self.apart.get_or_init(|| async { keeps_apart(account).await.unwrap_or(false) }).await;
        if *apart { None } else { Some(self.busy.lock().await) }
    }
}

/// Whether the server's settings are ones with which zones that are created at once stay apart.
async fn keeps_apart(account: &Account) -> Result<bool> {
    let call = account.client().get("read the settings of the server");
    let response = account.at(call, ["config"]).send().await?;
    let settings: Vec<Setting> = response.json()?;
    let value = |name: &str| {
        let setting = settings.iter().find(|setting| setting.name == name);
        setting.and_then(|setting| setting.value.as_str()).unwrap_or_default().to_owned()
    };
    Ok(is_safe(&value("launch"), &value("lmdb-random-ids")))
}

fn is_safe(launch: &str, random_ids: &str) -> bool {
    let lmdb = launch.split([',', ' ']).any(|backend| backend == "lmdb" || backend.starts_with("lmdb:"));
    !launch.is_empty() && (!lmdb || matches!(random_ids, "yes" | "on" | "true" | "1"))
}

#[cfg(test)]
mod tests {
    use super::is_safe;

    #[test]
    fn only_lmdb_with_numbers_in_a_row_is_not_safe() {
        for (launch, random, safe) in [
            ("lmdb", "no", false),
            ("lmdb", "", false),
            ("lmdb", "yes", true),
            ("bind, lmdb:second", "no", false),
            ("gsqlite3", "", true),
            ("gpgsql,gmysql", "no", true),
            ("", "", false),
        ] {
            assert_eq!(is_safe(launch, random), safe, "{launch} {random}");
        }
    }
}
