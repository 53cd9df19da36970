//! The floor: what any client must at least do to compare zones with PowerDNS, and nothing else.
//!
//! `floor URL CONCURRENCY` reads zone names from standard input, one a line, fetches the JSON of each zone with so many
//! requests in flight, parses it into owned values, and prints how many RRsets and records it saw. The API key is in the
//! environment variable `PDNS_API_KEY`.

use std::error::Error;
use std::io::BufRead as _;

use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

#[derive(Deserialize)]
struct Zone {
    name: String,
    rrsets: Vec<RrSet>,
}

#[derive(Deserialize)]
struct RrSet {
    name: String,
    r#type: String,
    ttl: u32,
    records: Vec<Record>,
}

#[derive(Deserialize)]
struct Record {
    content: String,
    disabled: bool,
}

type Fallible<T> = Result<T, Box<dyn Error>>;

#[tokio::main]
#[expect(clippy::print_stdout, reason = "a program")]
async fn main() -> Fallible<()> {
    let mut arguments = std::env::args().skip(1);
    let url = arguments.next().ok_or("usage: floor URL CONCURRENCY < ZONES")?;
    let concurrency: usize =
        arguments.next().ok_or("the number of requests in flight is missing")?.parse()?;
    let key = api_key()?;
    let zones: Vec<String> = std::io::stdin().lock().lines().collect::<Result<_, _>>()?;
    // reqwest wants a cryptography provider even for plain HTTP.
    rustls::crypto::ring::default_provider().install_default().map_err(|_| "a provider is installed")?;
    let client = reqwest::Client::new();
    let fetched =
        stream::iter(zones).map(|zone| fetch(&client, &url, &key, zone)).buffer_unordered(concurrency);
    let (rrsets, records) = fetched
        .try_fold((0_usize, 0_usize), |(rrsets, records), zone| async move {
            Ok((rrsets.saturating_add(zone.rrsets.len()), records.saturating_add(served(&zone))))
        })
        .await?;
    println!("{rrsets} RRsets {records} records");
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a program")]
fn api_key() -> Fallible<String> {
    Ok(std::env::var("PDNS_API_KEY")?)
}

async fn fetch(client: &reqwest::Client, url: &str, key: &str, zone: String) -> Fallible<Zone> {
    let request = client.get(format!("{url}/api/v1/servers/localhost/zones/{zone}")).header("X-API-Key", key);
    let body = request.send().await?.error_for_status()?.bytes().await?;
    let parsed: Zone = serde_json::from_slice(&body)?;
    if parsed.name == zone {
        Ok(parsed)
    } else {
        Err(format!("asked for {zone}, got {}", parsed.name).into())
    }
}

/// Touches every value, so that none of the parsing can be left out.
fn served(zone: &Zone) -> usize {
    let whole = |set: &&RrSet| !set.name.is_empty() && !set.r#type.is_empty() && set.ttl > 0;
    let records = zone.rrsets.iter().filter(whole).flat_map(|set| &set.records);
    records.filter(|record| !record.disabled && !record.content.is_empty()).count()
}
