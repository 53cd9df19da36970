//! Duplicate keys and merge keys.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};

use dnsctl_zone::Source;

use super::node::{Key, Node};
use crate::diagnostic::{Diagnostic, Diagnostics, File, Position, quote};

type Pair<'a> = (Key<'a>, Node<'a>);

/// Reports every key that stands twice in one mapping. Keys are compared by their text; merge keys may repeat. No
/// more than `most` are reported.
pub(super) fn report_duplicates(
    entries: &[Pair<'_>],
    file: &File,
    most: usize,
    diagnostics: &mut Diagnostics,
) {
    // Most mappings are small or sorted: only the others need a set of keys.
    const SMALL: usize = 12;
    if entries.is_sorted_by(|(a, _), (b, _)| a.text() < b.text()) {
        return;
    }
    let report = |(first, again): (&Key<'_>, &Key<'_>)| {
        let at = |key: &Key<'_>| file.source(key.position().line, key.position().column);
        let name = quote(again.text());
        let error = Diagnostic::error("yaml/duplicate-key", format!("{name} stands twice in one mapping"))
            .at(at(again))
            .label("again here")
            .related(at(first), "first here")
            .help(format!("join both under one {name}, or remove one"));
        diagnostics.push(error);
    };
    let keys = entries.iter().map(|(key, _)| key).filter(|key| !key.is_merge());
    if entries.len() <= SMALL {
        let first = |index, key: &Key<'_>| keys.clone().take(index).find(|first| first.text() == key.text());
        keys.clone().enumerate().filter_map(|(i, key)| Some((first(i, key)?, key))).for_each(report);
        return;
    }
    let mut seen: HashMap<&str, &Key<'_>> = HashMap::with_capacity(entries.len());
    let twice = keys.filter_map(|key| match seen.entry(key.text()) {
        Entry::Occupied(first) => Some((*first.get(), key)),
        Entry::Vacant(place) => {
            place.insert(key);
            None
        }
    });
    twice.take(most).for_each(report);
}

/// Puts the entries that merge keys (`<<`) name in the place of these keys.
///
/// As in YAML 1.1's merge type: a key of the mapping itself wins; in a list of mappings the earlier wins; of
/// several merge keys the later wins, as in PyYAML. When a merge key has a tagged value (`<<: !include file`),
/// nothing is merged yet, since the order decides who wins.
///
/// With `later_wins` (see [`Limits::later_wins`](super::Limits)) the last entry of each key wins instead, merged or not.
pub(super) fn merge<'a>(
    entries: Box<[Pair<'a>]>,
    later_wins: bool,
    mut report: impl FnMut(Diagnostic),
    place: impl Fn(Position) -> Source,
) -> Box<[Pair<'a>]> {
    if entries.iter().any(|(key, value)| key.is_merge() && has_tag(value)) {
        return entries;
    }
    if later_wins {
        return merge_in_place(entries, report, place);
    }
    let (merges, own): (Vec<_>, Vec<_>) = entries.into_iter().partition(|(key, _)| key.is_merge());
    let mut seen: HashSet<&str> = own.iter().map(|(key, _)| key.text()).collect();
    let mut added = Vec::new();
    for (_, value) in merges.iter().rev() {
        for source in value.as_list().unwrap_or(std::slice::from_ref(value)) {
            let Some(pairs) = source.as_mapping() else {
                let message =
                    format!("a merge key takes a mapping or a list of mappings, not {}", source.kind());
                report(bad_merge(message).at(place(source.position())));
                continue;
            };
            added.extend(pairs.iter().filter(|(key, _)| seen.insert(key.text())).cloned());
        }
    }
    drop(seen);
    let mut all = own;
    all.append(&mut added);
    all.into_boxed_slice()
}

/// As octoDNS merges: what `<<` names stands in its place, and of equal keys the later wins. In a list of mappings the
/// earlier wins.
fn merge_in_place<'a>(
    entries: Box<[Pair<'a>]>,
    mut report: impl FnMut(Diagnostic),
    place: impl Fn(Position) -> Source,
) -> Box<[Pair<'a>]> {
    let mut all: Vec<Pair<'a>> = Vec::with_capacity(entries.len());
    for (key, value) in entries {
        if !key.is_merge() {
            all.push((key, value));
            continue;
        }
        for source in value.as_list().unwrap_or(std::slice::from_ref(&value)).iter().rev() {
            match source.as_mapping() {
                Some(pairs) => all.extend(pairs.iter().cloned()),
                None => {
                    let message =
                        format!("a merge key takes a mapping or a list of mappings, not {}", source.kind());
                    report(bad_merge(message).at(place(source.position())));
                }
            }
        }
    }
    keep_last(all)
}

/// Puts the last value of each key where its first one stands. Merge keys stay as they are.
fn keep_last(all: Vec<Pair<'_>>) -> Box<[Pair<'_>]> {
    let mut firsts: HashMap<&str, usize> = HashMap::with_capacity(all.len());
    let places: Vec<usize> = all
        .iter()
        .enumerate()
        .map(|(index, (key, _))| match key.is_merge() {
            true => index,
            false => *firsts.entry(key.text()).or_insert(index),
        })
        .collect();
    drop(firsts);
    let mut placed: Vec<(usize, Pair<'_>)> = places.into_iter().zip(all).collect();
    // Those of one place keep their order, and the later takes the place of the earlier.
    placed.sort_by_key(|(place, _)| *place);
    placed.dedup_by(|later, kept| {
        let same = later.0 == kept.0;
        if same {
            std::mem::swap(later, kept);
        }
        same
    });
    placed.into_iter().map(|(_, pair)| pair).collect()
}

fn has_tag(value: &Node<'_>) -> bool {
    value.tag().is_some()
        || value.as_list().is_some_and(|items| items.iter().any(|item| item.tag().is_some()))
}

fn bad_merge(message: impl Into<String>) -> Diagnostic {
    Diagnostic::error("yaml/merge", message).help("write `<<: *ANCHOR` with the anchor of a mapping")
}
