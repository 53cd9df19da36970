//! Finds secrets where the configuration says they are.

use crate::environment::variable;
use dnsctl_config::SecretSource;
use dnsctl_provider::secret::Secret;
use std::io::Read as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, RuntimeFlavor};

/// How long a command may take. A person may have to type a password for it.
const LIMIT: Duration = Duration::from_secs(120);
/// The most octets that are read of what it prints.
const LONGEST: u64 = 1 << 20;
const PAUSE: Duration = Duration::from_millis(10);

/// The secret itself.
///
/// # Errors
/// In words: what is missing, and how to give it.
pub(crate) fn find(source: &SecretSource, root: &Path) -> Result<Secret, String> {
    Ok(Secret::new(text(source, root)?))
}

fn text(source: &SecretSource, root: &Path) -> Result<String, String> {
    Ok(match source {
        SecretSource::Literal(text) => text.clone(),
        SecretSource::Env(name) => variable(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| format!("the environment variable {name} is not set"))?,
        SecretSource::File(path) => {
            let path = root.join(path);
            let text = fs_err::read_to_string(&path).map_err(|error| error.to_string())?;
            without_line_end(&text).ok_or_else(|| format!("{} is empty", path.display()))?
        }
        SecretSource::Command(words) => run(words, root, LIMIT)?,
        SecretSource::EnvOr(name, default) => variable(name).unwrap_or_else(|| default.clone()),
        SecretSource::Joined(parts) => parts.iter().map(|part| text(part, root)).collect::<Result<_, _>>()?,
    })
}

/// Files and programs end their text with a line feed that is no part of the secret.
fn without_line_end(text: &str) -> Option<String> {
    Some(text.trim_end_matches(['\n', '\r']).to_owned()).filter(|text| !text.is_empty())
}

/// What a command prints. Others of the runtime go on meanwhile.
fn run(words: &[String], root: &Path, limit: Duration) -> Result<String, String> {
    let elsewhere =
        Handle::try_current().is_ok_and(|handle| handle.runtime_flavor() == RuntimeFlavor::MultiThread);
    let output = || output(words, root, limit);
    let octets = if elsewhere { tokio::task::block_in_place(output) } else { output() }?;
    let program = words.first().map_or("", String::as_str);
    let text = String::from_utf8(octets).map_err(|_| format!("the command {program} gave no text"))?;
    without_line_end(&text).ok_or_else(|| format!("the command {program} gave nothing"))
}

fn output(words: &[String], root: &Path, limit: Duration) -> Result<Vec<u8>, String> {
    let (program, arguments) = words.split_first().ok_or("the command is empty")?;
    let broken = |error: std::io::Error| format!("the command {program} cannot be run: {error}");
    let begun = Instant::now();
    let mut child = Command::new(program)
        .args(arguments)
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .map_err(broken)?;
    let (sender, read) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        // Not waited for: a program below this one can keep the pipe open for ever.
        std::thread::spawn(move || {
            let mut octets = Vec::new();
            let read = stdout.take(LONGEST).read_to_end(&mut octets).map(|_| octets);
            let _ = sender.send(read);
        });
    }
    let late = |child: &mut Child| {
        let _ = child.kill();
        let _ = child.wait();
        format!("the command {program} did not end within {} s", limit.as_secs_f64())
    };
    let octets = match read.recv_timeout(limit) {
        Ok(octets) => octets.map_err(broken)?,
        Err(_) => return Err(late(&mut child)),
    };
    loop {
        match child.try_wait().map_err(broken)? {
            Some(status) if status.success() => return Ok(octets),
            Some(status) => return Err(format!("the command {program} failed: {status}")),
            None if begun.elapsed() > limit => return Err(late(&mut child)),
            None => std::thread::sleep(PAUSE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<String, String> {
        let words = ["sh", "-c", script].map(str::to_owned);
        run(&words, Path::new("."), limit)
    }

    const MINUTE: Duration = Duration::from_secs(60);

    #[test]
    fn what_a_command_prints_is_the_secret() {
        assert_eq!(shell("printf 'a b\\n'", MINUTE), Ok("a b".to_owned()));
        assert_eq!(shell("exit 3", MINUTE), Err("the command sh failed: exit status: 3".to_owned()));
        assert_eq!(shell("true", MINUTE), Err("the command sh gave nothing".to_owned()));
        assert!(shell("printf '\\377'", MINUTE).unwrap_err().contains("gave no text"));
        assert!(run(&["/no/such".to_owned()], Path::new("."), MINUTE).unwrap_err().contains("cannot be run"));
    }

    #[test]
    fn a_command_that_does_not_end_is_ended() {
        let limit = Duration::from_millis(300);
        // One that says nothing, one that closes its output and stays, and one whose child keeps the output open.
        for script in ["exec sleep 30", "exec >&-; exec sleep 30", "sleep 30 & printf secret"] {
            let begun = Instant::now();
            let error = shell(script, limit).unwrap_err();
            assert_eq!(error, "the command sh did not end within 0.3 s", "{script}");
            assert!(begun.elapsed() < Duration::from_secs(10), "{script}");
        }
    }

    /// On a runtime with one thread for tasks, others go on while a command runs.
    #[test]
    fn a_command_holds_up_no_other_work() {
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let command = tokio::spawn(async { shell("sleep 2; printf x", MINUTE) });
            tokio::time::sleep(Duration::from_millis(200)).await;
            let begun = Instant::now();
            tokio::spawn(async {}).await.unwrap();
            assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
            assert_eq!(command.await.unwrap(), Ok("x".to_owned()));
        });
    }
}
