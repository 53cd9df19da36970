//! The written file: its header says what it is made of, and its lines are made for reading changes.

use super::origin::{Origin, is_plain};
use dnsctl_zone::Name;
use std::fmt::Write as _;

/// What the line starts with that says how the file is made.
const COMMAND: &str = "# Written by: dnsctl mail flatten ";
/// What the line starts with that says when.
const DATE: &str = "# Networks of ";
/// How long a record may be. With its name and what stands around it in a message it stays below 512 octets, which every
/// receiver takes over UDP (RFC 7208 section 3.4), for names of up to 48 octets.
pub(super) const LONGEST: usize = 420;
/// How far text is indented below `TXT: >-`.
const INDENT: &str = "      ";
const START: &str = "v=spf1";
const END: &str = "-all";

/// How a file is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Recipe {
    /// The domains whose records it holds, as they would stand behind `include:`.
    pub(super) includes: Vec<Name>,
    /// The owner name of the first record, a label below each zone.
    pub(super) name: String,
    /// The most octets of a record.
    pub(super) longest: usize,
}

impl Recipe {
    /// The recipe that a file names; nothing when it was not written by this command.
    ///
    /// # Errors
    /// It was, and the line is damaged: in words.
    pub(super) fn of(text: &str) -> Option<Result<Self, String>> {
        let line = text
            .lines()
            .take_while(|line| line.starts_with('#'))
            .find_map(|line| line.strip_prefix(COMMAND))?;
        Some(Self::parse(line))
    }

    fn parse(line: &str) -> Result<Self, String> {
        let mut words = line.split_ascii_whitespace();
        let mut recipe = Self { includes: Vec::new(), name: String::new(), longest: LONGEST };
        while let Some(flag) = words.next() {
            let mut value = || words.next().ok_or_else(|| format!("nothing stands behind {flag}"));
            match flag {
                "--include" => recipe.includes.push(domain(value()?)?),
                "--name" => recipe.name = label(value()?)?,
                "--longest" => recipe.longest = longest(value()?)?,
                // Where the file was; it may have moved. Nothing comes after it.
                "--out" => break,
                other => return Err(format!("there is no {other}")),
            }
        }
        if recipe.includes.is_empty() || recipe.name.is_empty() {
            return Err("--include or --name is missing".to_owned());
        }
        Ok(recipe)
    }

    /// The command that writes the file to `out`.
    pub(super) fn command(&self, out: &str) -> String {
        let mut text = "dnsctl mail flatten".to_owned();
        for include in &self.includes {
            let _ = write!(text, " --include {}", include.without_dot());
        }
        let _ = write!(text, " --name {}", self.name);
        if self.longest != LONGEST {
            let _ = write!(text, " --longest {}", self.longest);
        }
        let plain = out.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-._/+=@".contains(&octet));
        // The line is a comment of one line.
        let clean: String = out.chars().map(|c| if c.is_control() { '?' } else { c }).collect();
        let quoted = if plain { clean } else { format!("'{}'", clean.replace('\'', "'\\''")) };
        let _ = write!(text, " --out {quoted}");
        text
    }

    /// The domains, for a sentence.
    pub(super) fn origins(&self) -> String {
        self.includes.iter().map(Name::without_dot).collect::<Vec<_>>().join(", ")
    }

    /// The records: the terms of each, ends included. The first one includes all others.
    pub(super) fn records(&self, origin: &Origin) -> Vec<Vec<String>> {
        let terms: Vec<String> =
            origin.networks.iter().map(ToString::to_string).chain(origin.kept.iter().cloned()).collect();
        let frame = START.len() + 1 + END.len();
        for count in 1.. {
            // How many records there are decides how long the first one is.
            let tail: Vec<String> = (2..=count).map(|number| format!("include:{number}.%{{d}}")).collect();
            let taken: usize = tail.iter().map(|term| term.len() + 1).sum();
            let mut records = vec![Vec::new()];
            let mut length = frame + taken;
            for term in &terms {
                let octets = term.len() + 1;
                // A record holds something, unless it is the first one, which has its tail.
                let empty = records.last().is_none_or(Vec::is_empty) && (records.len() > 1 || taken == 0);
                if length + octets > self.longest && !empty {
                    records.push(Vec::new());
                    length = frame;
                }
                length += octets;
                if let Some(record) = records.last_mut() {
                    record.push(term.clone());
                }
            }
            if records.len() > count {
                continue;
            }
            for (number, record) in records.iter_mut().enumerate() {
                if number == 0 {
                    record.extend(tail.iter().cloned());
                }
                record.insert(0, START.to_owned());
                record.push(END.to_owned());
            }
            return records;
        }
        Vec::new()
    }

    /// The text of the file. `date` is a day.
    pub(super) fn text(&self, records: &[Vec<String>], out: &str, date: &str) -> String {
        let origins = self.origins();
        let command = self.command(out);
        let mut text = format!(
            "# What `include:` of {origins} authorises, without its lookups.\n# Written by: {command}\n\
             {DATE}{date}. `dnsctl mail flatten` writes this file anew when they change: what is edited here is lost.\n\n\
             records:\n"
        );
        for (record, number) in records.iter().zip(1..) {
            let name = if number == 1 { self.name.clone() } else { format!("{number}.{}", self.name) };
            let _ = write!(text, "  \"{name}\":\n    TXT: >-\n");
            for term in record {
                // A zone file reads ${ as a variable.
                let _ = writeln!(text, "{INDENT}{}", term.replace("${", "$${"));
            }
        }
        text
    }
}

/// A domain whose record is included.
pub(super) fn domain(text: &str) -> Result<Name, String> {
    let name = Name::absolute(text).map_err(|error| error.to_string())?;
    if !is_plain(&name.without_dot()) || name.label_count() < 2 {
        return Err("write the domain as it stands behind include: in an SPF record".to_owned());
    }
    Ok(name)
}

/// A label below the zone.
pub(super) fn label(text: &str) -> Result<String, String> {
    let fits = (1..=50).contains(&text.len())
        && text.bytes().all(|octet| octet.is_ascii_alphanumeric() || b"-_".contains(&octet));
    if fits { Ok(text.to_owned()) } else { Err("write one label below the zone, such as _spf1".to_owned()) }
}

/// The most octets of a record.
pub(super) fn longest(text: &str) -> Result<usize, String> {
    let number = text.parse().ok().filter(|number| (100..=4000).contains(number));
    number.ok_or_else(|| "write a number of octets from 100 to 4000".to_owned())
}

/// What a file says, without the day.
pub(super) fn content(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter(|line| !line.starts_with(DATE))
}

/// The terms of a file that say who is authorised.
pub(super) fn terms(text: &str) -> Vec<&str> {
    let lines = text.lines().filter_map(|line| line.strip_prefix(INDENT)).map(str::trim);
    let own = |term: &&str| {
        let part = |term: &str| term.strip_prefix("include:").is_some_and(|name| name.ends_with(".%{d}"));
        !term.is_empty() && *term != START && *term != END && !part(term)
    };
    lines.filter(own).collect()
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
