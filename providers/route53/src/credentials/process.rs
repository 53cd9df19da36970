//! Credentials that a program prints (`credential_process`).
//!
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use super::{Credentials, Document};
use dnsctl_provider::error::{Error, ErrorKind, Result};
use std::process::Stdio;
use std::time::Duration;
use tokio::process::Command;

/// A program that asks a person (for a code) may take this long.
const PATIENCE: Duration = Duration::from_secs(60);

/// Runs the command, without a shell, and reads what it prints.
///
/// # Errors
/// [`ErrorKind::Config`] for a command that cannot be run; [`ErrorKind::Unauthorized`] when it fails or prints
/// something else.
pub(super) async fn run(command: &str) -> Result<Credentials> {
    let words = words(command)
        .ok_or_else(|| Error::new(ErrorKind::Config, "credential_process has a quote that is not closed"))?;
    let Some((program, arguments)) = words.split_first() else {
        return Err(Error::new(ErrorKind::Config, "credential_process is empty"));
    };
    let said = |what: &str| format!("credential_process: `{program}` {what}");
    let child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(PATIENCE, child)
        .await
        .map_err(|_| {
            Error::new(ErrorKind::Timeout, said(&format!("ran longer than {} s", PATIENCE.as_secs())))
        })?
        .map_err(|error| Error::new(ErrorKind::Config, said("cannot be run")).with_source(&error))?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        let last = words.lines().rfind(|line| !line.trim().is_empty()).unwrap_or("it said nothing");
        let message = said(&format!("ended with {}: {last}", output.status));
        return Err(Error::new(ErrorKind::Unauthorized, message));
    }
    Document::read(&output.stdout)
        .map_err(|what| Error::new(ErrorKind::Unauthorized, said(&format!("printed {what}"))))
}

/// Splits a command at blanks; quotes keep them, as in a shell. `None` for a quote without end.
fn words(command: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote: Option<char> = None;
    let mut characters = command.chars();
    while let Some(character) = characters.next() {
        match (character, quote) {
            ('\\', None | Some('"')) => word.get_or_insert_default().push(characters.next()?),
            (mark, Some(open)) if mark == open => quote = None,
            ('"' | '\'', None) => {
                quote = Some(character);
                word.get_or_insert_default();
            }
            (blank, None) if blank.is_whitespace() => words.extend(word.take()),
            _ => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_as_in_a_shell() {
        for (command, wanted) in [
            ("a b  c", vec!["a", "b", "c"]),
            (r#""/opt/my tool" --x='1 2' "a\"b" ''"#, vec!["/opt/my tool", "--x=1 2", "a\"b", ""]),
            ("", vec![]),
            (r"a\ b '\n'", vec!["a b", r"\n"]),
        ] {
            assert_eq!(words(command).unwrap(), wanted, "{command}");
        }
        assert!(words("a 'b").is_none() && words("a\\").is_none());
    }

    #[tokio::test]
    async fn a_program_is_asked() {
        let json = r#"{"Version":1,"AccessKeyId":"AKID","SecretAccessKey":"s","SessionToken":"t","Expiration":"2030-01-01T00:00:00Z"}"#;
        let credentials = run(&format!("printf %s '{json}'")).await.unwrap();
        assert_eq!(credentials.access_key_id, "AKID");
        assert_eq!(credentials.session_token.unwrap().expose(), "t");
        assert_eq!(credentials.expires.unwrap().to_string(), "2030-01-01T00:00:00Z");
        for (command, kind, words) in [
            (
                "sh -c 'echo no such user >&2; exit 3'",
                ErrorKind::Unauthorized,
                "exit status: 3: no such user",
            ),
            ("echo hello", ErrorKind::Unauthorized, "no JSON document"),
            (
                "echo '{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"s\",\"Expiration\":\"soon\"}'",
                ErrorKind::Unauthorized,
                "ISO 8601",
            ),
            ("/no/such/program", ErrorKind::Config, "cannot be run"),
            ("", ErrorKind::Config, "empty"),
        ] {
            let error = run(command).await.unwrap_err();
            assert_eq!(error.kind(), kind, "{command}");
            assert!(error.message().contains(words), "{error}");
        }
    }
}
