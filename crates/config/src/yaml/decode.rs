//! Bytes to the text of a file.

use std::io::{ErrorKind, Read as _};
use std::path::Path;

use super::{Limits, Unreadable};
use crate::diagnostic::{Diagnostic, Diagnostics, File, Files, quote};

/// Reads a file from disk and keeps its text under the path that messages show.
///
/// # Errors
/// [`Unreadable`] when it cannot be read, is larger than [`Limits::bytes`] or is not text; `diagnostics` say why.
pub fn open(
    files: &Files,
    path: &Path,
    shown: &str,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Result<File, Unreadable> {
    if let Some(reason) = obstacle(path) {
        diagnostics.push(unreadable(&reason).at(dnsctl_zone::Source::new(shown.into(), 0, 0)));
        return Err(Unreadable);
    }
    let mut bytes = Vec::new();
    // One byte more than allowed shows that it is too large, whatever its metadata say.
    let most = u64::try_from(limits.bytes).unwrap_or(u64::MAX).saturating_add(1);
    let read = fs_err::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    if let Err(error) = read {
        let source = dnsctl_zone::Source::new(shown.into(), 0, 0);
        diagnostics.push(unreadable(&error.to_string()).at(source));
        return Err(Unreadable);
    }
    decode(files, shown, bytes, limits, diagnostics)
}

/// What to do about a file that cannot be read.
pub(crate) const MEND: &str = "mend it, or remove it; without it, what it declares would be deleted";

/// A file that cannot be read, and why.
pub(crate) fn unreadable(reason: &str) -> Diagnostic {
    Diagnostic::error("yaml/unreadable", format!("it cannot be read: {reason}")).help(MEND)
}

/// Why a path is no file that can be read to its end; `None` when it is one. A pipe would keep its reader waiting.
pub(crate) fn obstacle(path: &Path) -> Option<String> {
    match fs_err::metadata(path) {
        Ok(about) if about.is_file() => None,
        Ok(about) if about.is_dir() => Some("it is a folder".to_owned()),
        Ok(about) => Some(format!("it is {}, no regular file", special(about.file_type()))),
        Err(error) => Some(match (fs_err::read_link(path), error.kind()) {
            (Ok(target), ErrorKind::NotFound) => {
                format!("it is a link to {}, which does not exist", quote(&target.to_string_lossy()))
            }
            (Ok(target), _) => {
                let reason = std::io::Error::from(error.kind());
                format!("it is a link to {}: {reason}", quote(&target.to_string_lossy()))
            }
            (Err(_), ErrorKind::NotFound) => "there is no such file".to_owned(),
            (Err(_), kind) => std::io::Error::from(kind).to_string(),
        }),
    }
}

#[cfg(unix)]
fn special(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt as _;
    match kind {
        kind if kind.is_fifo() => "a pipe (FIFO)",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}

#[cfg(not(unix))]
fn special(_: std::fs::FileType) -> &'static str {
    "something else"
}

/// Keeps the text of a file: UTF-8, with or without a byte order mark (which is left out).
///
/// # Errors
/// [`Unreadable`] when it is larger than [`Limits::bytes`], not UTF-8, or holds NUL; `diagnostics` say why.
pub fn decode(
    files: &Files,
    shown: &str,
    bytes: Vec<u8>,
    limits: &Limits,
    diagnostics: &mut Diagnostics,
) -> Result<File, Unreadable> {
    let mut refuse = |message: String, help: &str, (line, column)| {
        let source = dnsctl_zone::Source::new(shown.into(), line, column);
        diagnostics.push(Diagnostic::error("yaml/not-text", message).at(source).help(help));
        Err(Unreadable)
    };
    if bytes.len() > limits.bytes {
        let message = format!("the file is larger than {} bytes", limits.bytes);
        return refuse(message, "split it into several files", (0, 0));
    }
    if bytes.starts_with(&[0xFE, 0xFF]) || bytes.starts_with(&[0xFF, 0xFE]) {
        return refuse("the file is UTF-16".to_owned(), "save it as UTF-8", (0, 0));
    }
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            let (before, rest) = error.as_bytes().split_at_checked(offset).unwrap_or_default();
            let place = end_of(&String::from_utf8_lossy(before));
            let byte = rest.first().copied().unwrap_or_default();
            let message = format!("the byte 0x{byte:02X} is not UTF-8");
            files.add(shown, shown_part(before, rest));
            return refuse(message, "save the file as UTF-8; if it is no text, name the right file", place);
        }
    };
    if let Some(before) = text.find('\0').and_then(|at| text.get(..at)) {
        let help = "remove it; if this is no text file, name the right file";
        let (before, rest) = text.as_bytes().split_at_checked(before.len()).unwrap_or_default();
        files.add(shown, shown_part(before, rest));
        let before = text.get(..before.len()).unwrap_or_default();
        return refuse("a NUL byte stands here".to_owned(), help, end_of(before));
    }
    Ok(match text.strip_prefix('\u{FEFF}') {
        Some(text) => files.add(shown, text),
        None => files.add(shown, text),
    })
}

/// A file that is no text, to the end of the line that is wrong, for its message.
fn shown_part(before: &[u8], rest: &[u8]) -> String {
    const LONGEST: usize = 1000;
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len()).min(LONGEST);
    let mut text = String::from_utf8_lossy(before).into_owned();
    text.push_str(&String::from_utf8_lossy(rest.get(..end).unwrap_or_default()));
    text
}

/// Line and column of the end of a text.
fn end_of(text: &str) -> (u32, u32) {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().map_or(0, |line| line.chars().count()) + 1;
    (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}
