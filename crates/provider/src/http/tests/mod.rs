//! The kit against servers that misbehave, over real sockets.

mod answers;
mod broken;
mod limits;
mod retries;
mod secrets;
mod server;
mod stop;
mod tls;
mod wire;

use std::time::Duration;

use super::{HttpClient, HttpOptions, RetryPolicy, Timeouts};
use crate::secret::Secret;

const KEY: &str = "k3y-that-nobody-sees";

/// A policy that does not make tests wait.
const QUICK: RetryPolicy =
    RetryPolicy { tries: 4, base: Duration::from_millis(2), cap: Duration::from_millis(10) };

/// Time-outs generous enough for a busy machine.
const PATIENT: Timeouts = Timeouts {
    connect: Duration::from_secs(20),
    read: Duration::from_secs(20),
    total: Duration::from_secs(60),
};

fn options(url: &str) -> HttpOptions {
    HttpOptions::new(url).secret_header("x-api-key", &Secret::new(KEY)).retry(QUICK).timeouts(PATIENT).seed(1)
}

fn client(url: &str) -> HttpClient {
    HttpClient::new(options(url)).unwrap()
}
