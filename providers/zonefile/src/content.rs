//! What is in a file.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use dnsctl_provider::error::{Error, ErrorKind, Result};
use dnsctl_zone::master::{self, MasterError, Options, PrintOptions};
use dnsctl_zone::{Kept, Live, Name, RecordType, Zone};

/// The largest file that is read. It guards against what is no zone, not against large zones.
const MAX_SIZE: u64 = 1 << 30;
/// How many errors of a file are told.
const SHOWN: usize = 3;

/// A file, read.
#[derive(Debug)]
pub(crate) struct Content {
    /// The comments before the first record or directive, as they stand there.
    pub(crate) header: String,
    /// The whole zone.
    pub(crate) zone: Zone,
    /// The octets of the file itself, without those that it includes.
    pub(crate) octets: Vec<u8>,
    /// The files that it includes, by the paths as they are written there.
    pub(crate) includes: Vec<String>,
    /// What is in it besides records and is not written again.
    pub(crate) loses: Option<String>,
}

impl Content {
    /// Reads a file and those that it includes; relative paths in it start at its folder. `path` is no symbolic link.
    ///
    /// A file that is not the whole of a zone is an error: what is missing in it would look as if nobody had it.
    pub(crate) fn read(path: &Path, apex: &Name) -> Result<Self> {
        let octets = read_octets(path)?;
        if let Some(reason) = damage(&octets) {
            return Err(damaged(path, &reason));
        }
        let text = master::decode(&octets);
        let folder = path.parent().unwrap_or(Path::new("."));
        let file: Arc<str> = path.file_name().unwrap_or_default().to_string_lossy().into();
        let mut includes = Vec::new();
        let mut include = |wanted: &str| {
            includes.push(wanted.to_owned());
            let octets = read_octets(&folder.join(wanted)).map_err(|error| error.message().to_owned())?;
            damage(&octets).map_or(Ok(()), Err)?;
            Ok((Arc::from(wanted), master::decode(&octets).into_owned()))
        };
        let loses = loses(&text, &file);
        let parsed = master::parse(&text, file, apex, Options::default(), &mut include);
        let loaded = master::zone(parsed, apex);
        if !loaded.errors.is_empty() {
            return Err(wrong(path, &loaded.errors));
        }
        let mut authorities = loaded.zone.rrsets().iter().filter(|rrset| rrset.rtype == RecordType::SOA);
        if let Some(stray) = authorities.find(|rrset| rrset.name != *apex) {
            let reason =
                format!("it has an SOA record at {}, and a zone has one at its apex only", stray.name);
            return Err(damaged(path, &reason));
        }
        if loaded.zone.get(apex, RecordType::SOA).is_none() {
            let what = if loaded.zone.rrsets().is_empty() { "no records" } else { "no SOA record" };
            return Err(damaged(path, &format!("it holds {what}, and the SOA record is part of every zone")));
        }
        let header = header(&text);
        Ok(Self { header, zone: loaded.zone, octets, includes, loses })
    }

    /// The zone without what a signer keeps up, which is kept.
    pub(crate) fn into_live(self) -> Live {
        let (read_only, loses) = (self.read_only(), self.loses.clone());
        let apex = self.zone.apex.clone();
        let (kept, rrsets): (Vec<_>, Vec<_>) =
            self.zone.into_rrsets().into_iter().partition(|rrset| rrset.rtype.is_signing());
        let kept = kept.into_iter().map(|rrset| Kept {
            count: rrset.values().len(),
            rtype: rrset.rtype,
            name: rrset.name,
            reason: "made by the program that signs the zone".to_owned(),
        });
        Live { zone: Zone::new(apex, rrsets), kept: kept.collect(), read_only, loses }
    }

    /// Why the file is not written: a change would make its signatures wrong, or put a copy in the place of a file that
    /// other zones may include, too.
    pub(crate) fn read_only(&self) -> Option<String> {
        if let Some(signed) = self.zone.rrsets().iter().find(|rrset| rrset.rtype.is_signing()) {
            let (name, rtype) = (&signed.name, signed.rtype);
            return Some(format!(
                "its file is signed ({name} {rtype}); change the file that was signed, and sign it again"
            ));
        }
        let included = self.includes.first()?;
        Some(format!(
            "its file includes \"{included}\", and a write would put a copy of that in its place; make one file of both \
             first: named-compilezone -o NEW {} FILE",
            self.zone.apex
        ))
    }

    /// The text of the file.
    pub(crate) fn print(&self) -> String {
        let gap = if self.header.is_empty() { "" } else { "\n" };
        format!("{}{gap}{}", self.header, master::print(&self.zone, PrintOptions::default()))
    }
}

/// The octets of a file.
pub(crate) fn read_octets(path: &Path) -> Result<Vec<u8>> {
    let file = fs_err::File::open(path)?;
    let metadata = file.metadata()?;
    if !metadata.is_file() || metadata.len() > MAX_SIZE {
        let message = format!("\"{}\" is no file of at most {MAX_SIZE} octets", path.display());
        return Err(Error::new(ErrorKind::Config, message));
    }
    let mut octets = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    file.take(MAX_SIZE).read_to_end(&mut octets)?;
    Ok(octets)
}

/// What a crash or a full disk leaves and no program writes: octets zero, and a line that is cut off. A cut line may be
/// read without an error, but as another value: `192.0.2.1` for `192.0.2.12`.
fn damage(octets: &[u8]) -> Option<String> {
    let line = |at: usize| octets.iter().take(at).filter(|&&octet| octet == b'\n').count() + 1;
    if let Some(at) = octets.iter().position(|&octet| octet == 0) {
        return Some(format!("line {} has an octet zero", line(at)));
    }
    let cut = octets.last().is_some_and(|&octet| octet != b'\n');
    cut.then(|| format!("its last line, {}, has no line end", line(octets.len())))
}

/// The error of a file that is no whole zone.
fn damaged(path: &Path, reason: &str) -> Error {
    let hint = if reason.ends_with("no line end") {
        format!("restore the file; or end the line when nothing is missing: echo >> {}", path.display())
    } else {
        "restore the file; or remove it, when the zone should be made anew".to_owned()
    };
    let message = format!("the file is damaged or truncated: {reason}");
    Error::new(ErrorKind::Config, message).at(path.display().to_string()).with_hint(hint)
}

/// The comments and empty lines at the start, without empty lines around them.
fn header(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}');
    let lines = text.lines().take_while(|line| line.trim_start().starts_with(';') || line.trim().is_empty());
    let mut header = String::new();
    for line in lines {
        header.push_str(line.trim_end());
        header.push('\n');
    }
    let lines = header.trim_matches('\n');
    if lines.is_empty() { String::new() } else { format!("{lines}\n") }
}

/// What a write does not keep: comments behind the header that we did not write ourselves, and patterns of records.
fn loses(text: &str, file: &str) -> Option<String> {
    let start = text.len() - text.trim_start_matches('\u{feff}').len();
    let header =
        text.lines().take_while(|line| line.trim_start().starts_with(';') || line.trim().is_empty()).count();
    let mut comments = (0_usize, None);
    let mut patterns = false;
    for (number, line) in text.get(start..).unwrap_or_default().lines().enumerate().skip(header) {
        patterns |= line.get(..9).is_some_and(|word| word.eq_ignore_ascii_case("$GENERATE"));
        if comment(line).is_some_and(|comment| !is_ours(comment)) {
            comments.0 += 1;
            comments.1.get_or_insert(number + 1);
        }
    }
    let comments = match comments {
        (_, None) => None,
        (1, Some(line)) => Some(format!("the comments and the layout of {file} (a comment on line {line})")),
        (count, Some(line)) => Some(format!(
            "the comments and the layout of {file} ({count} comments, the first on line {line})"
        )),
    };
    let patterns =
        patterns.then(|| format!("$GENERATE in {file}, which becomes the records that it stands for"));
    match (comments, patterns) {
        (Some(comments), Some(patterns)) => Some(format!("{comments}, and {patterns}")),
        (comments, patterns) => comments.or(patterns),
    }
}

/// The comment of a line. A quoted text does not go over the end of a line here: that is no master file we read.
fn comment(line: &str) -> Option<&str> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, octet) in line.bytes().enumerate() {
        match octet {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b';' if !quoted => return line.get(at + 1..).map(str::trim).filter(|text| !text.is_empty()),
            _ => {}
        }
    }
    None
}

/// Whether a comment is one that is written beside the numbers of an SOA record.
fn is_ours(comment: &str) -> bool {
    let word = comment.split(' ').next().unwrap_or_default();
    ["serial", "refresh", "retry", "expire", "minimum"].contains(&word)
        && comment.get(word.len()..).is_some_and(|rest| rest.is_empty() || rest.starts_with(" ("))
}

/// The errors of a file by place, the first few in words.
fn wrong(path: &Path, errors: &[MasterError]) -> Error {
    let mut files: BTreeMap<&str, usize> = BTreeMap::new();
    for error in errors {
        *files.entry(&error.source.file).or_default() += 1;
    }
    let shown: Vec<String> = errors.iter().take(SHOWN).map(ToString::to_string).collect();
    let count = errors.len();
    let plural = if count == 1 { "error" } else { "errors" };
    let more = if count > SHOWN { "; …" } else { "" };
    let message = format!("{count} {plural}: {}{more}", shown.join("; "));
    let error = Error::new(ErrorKind::Config, message).at(path.display().to_string());
    match errors.iter().find_map(MasterError::hint) {
        Some(hint) => error.with_hint(hint),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        for (text, kept) in [
            ("", ""),
            ("\n\n", ""),
            ("; one\n;two\r\n\n $TTL 1\n; three\n", "; one\n;two\n"),
            ("\u{feff}\n; one\n\n ; two\n@ A 192.0.2.1", "; one\n\n ; two\n"),
            ("@ A 192.0.2.1 ; no", ""),
        ] {
            assert_eq!(header(text), kept, "{text:?}");
        }
    }

    #[test]
    fn what_a_write_loses() {
        for (text, lost) in [
            ("", None),
            ("; header\n\n$TTL 1h\n@ SOA a b (\n 1 ; serial\n 3600 ; refresh (1h)\n 1 2 3 )\n", None),
            ("$TTL 1h\na TXT \"; no\" \\; \"\\\"; no\"\nb A 192.0.2.1 ;\n", None),
            (
                "; header\n@ A 192.0.2.1 ; yes",
                Some("the comments and the layout of x.zone (a comment on line 2)"),
            ),
            (
                "\u{feff}@ A 192.0.2.1\n; one\na TXT \"x\" ; two\n",
                Some("the comments and the layout of x.zone (2 comments, the first on line 2)"),
            ),
            (
                "$generate 1-2 a$ A 192.0.2.$\n",
                Some("$GENERATE in x.zone, which becomes the records that it stands for"),
            ),
            (
                "$TTL 1h ; x\n$GENERATE 1-2 a$ A 192.0.2.$\n",
                Some(
                    "the comments and the layout of x.zone (a comment on line 1), and $GENERATE in x.zone, which becomes \
                     the records that it stands for",
                ),
            ),
        ] {
            assert_eq!(loses(text, "x.zone").as_deref(), lost, "{text:?}");
        }
    }
}
