//! Reading a list that comes in pages.

use std::collections::HashSet;
use std::hash::Hash;

use crate::error::{Error, ErrorKind, Result};

/// One page of a list.
#[derive(Debug, Clone)]
pub struct Page<T, M> {
    /// What is on it.
    pub items: Vec<T>,
    /// Where the next page starts: a marker, a page number, a link. `None` on the last page.
    pub next: Option<M>,
}

/// Reads all pages of a list, one after the other, and returns all items in order.
///
/// `fetch` gets the marker of the page to read, `None` for the first. An item that moves between two pages while they
/// are read can come twice or not at all; what that means is the adapter's to know.
///
/// # Errors
/// Those of `fetch`, and [`ErrorKind::Protocol`] when a marker comes a second time (a server that ignores it would be
/// asked for ever) or when there are more than `max_pages`. A list is whole or it is an error: a part of a zone would
/// look like deleted records.
pub async fn pages<T, M, F, Fut>(operation: &str, max_pages: usize, mut fetch: F) -> Result<Vec<T>>
where
    M: Clone + Eq + Hash,
    F: FnMut(Option<M>) -> Fut,
    Fut: Future<Output = Result<Page<T, M>>>,
{
    let wrong = |what: String| Err(Error::new(ErrorKind::Protocol, what).during(operation));
    let mut seen = HashSet::new();
    let mut all = Vec::new();
    let mut marker = None;
    for number in 1..=max_pages {
        let Page { items, next } = fetch(marker).await?;
        // The usual single page is not copied.
        if all.is_empty() {
            all = items;
        } else {
            all.extend(items);
        }
        let Some(next) = next else { return Ok(all) };
        if !seen.insert(next.clone()) {
            return wrong(format!(
                "the list never ends: page {number} points to a page that was read before"
            ));
        }
        marker = Some(next);
    }
    wrong(format!("the list has more than {max_pages} pages"))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn list(next: impl Fn(usize) -> Option<usize>, max: usize) -> Result<Vec<usize>> {
        pages("list zones", max, |marker| {
            let page = marker.unwrap_or(0);
            let next = next(page);
            async move { Ok(Page { items: vec![page * 2, page * 2 + 1], next }) }
        })
        .await
    }

    #[tokio::test]
    async fn all_pages_in_order() {
        assert_eq!(list(|page| (page < 3).then_some(page + 1), 4).await.unwrap(), (0..8).collect::<Vec<_>>());
        assert_eq!(list(|_| None, 1).await.unwrap(), [0, 1]);
    }

    #[tokio::test]
    async fn a_list_without_end_is_an_error() {
        for (next, max) in [(7, 100), (0, 100)] {
            let error = list(|_| Some(next), max).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Protocol);
            assert!(
                error.to_string().starts_with("list zones: unusable answer: the list never ends"),
                "{error}"
            );
        }
        let error = list(|page| Some(page + 1), 3).await.unwrap_err();
        assert_eq!(error.message(), "the list has more than 3 pages");
    }
}
