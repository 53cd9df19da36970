//! Runs a program, `dnsctl` above all, from the outside: arguments in, output and exit code out.

use std::ffi::OsString;
use std::fmt;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process_group};

use crate::{Error, Result, process, program, until};

/// How long a run may take if not said otherwise.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// One run of a program in a folder, with an environment that holds only `PATH`, `HOME` (the folder), `LANG=C.UTF-8`
/// and what [`Dnsctl::env`] adds.
#[derive(Debug, Clone)]
pub struct Dnsctl {
    binary: PathBuf,
    folder: PathBuf,
    arguments: Vec<OsString>,
    environment: Vec<(String, String)>,
    input: Vec<u8>,
    time_limit: Duration,
}

/// What a run gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// The exit code, or `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Dnsctl {
    /// A run of `binary`, `env!("CARGO_BIN_EXE_dnsctl")` in the tests of that crate, in a folder.
    pub fn new(binary: impl Into<PathBuf>, folder: impl AsRef<Path>) -> Self {
        Self {
            binary: binary.into(),
            folder: folder.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            input: Vec::new(),
            time_limit: TIME_LIMIT,
        }
    }

    /// Adds arguments.
    #[must_use]
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        self.arguments.extend(arguments.into_iter().map(Into::into));
        self
    }

    /// Adds a variable to the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }

    /// What the program reads from standard input; nothing if not set.
    #[must_use]
    pub fn input(mut self, text: impl Into<Vec<u8>>) -> Self {
        self.input = text.into();
        self
    }

    /// The time after which the program and its children are killed; 120 seconds if not set.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// When it cannot be started, and [`Error::TimedOut`] with its output when it was killed.
    pub fn run(&self) -> Result<Run> {
        let name = self.to_string();
        let mut command = process::tied(&self.binary)?;
        command.args(&self.arguments).current_dir(&self.folder).env_clear();
        command.env("PATH", program::environment("PATH").unwrap_or_default());
        command.env("HOME", &self.folder).env("LANG", "C.UTF-8");
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = process::spawn(command).map_err(Error::io(format!("start {name}")))?;
        let input = self.input.clone();
        let writer = child.stdin.take().map(|mut pipe| {
            // A program may end without reading it all.
            std::thread::spawn(move || drop(pipe.write_all(&input)))
        });
        let reader = |pipe: Option<Box<dyn std::io::Read + Send>>| {
            std::thread::spawn(move || {
                let mut bytes = Vec::new();
                let _ = pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
                String::from_utf8_lossy(&bytes).into_owned()
            })
        };
        let stdout = reader(child.stdout.take().map(|pipe| Box::new(pipe) as _));
        let stderr = reader(child.stderr.take().map(|pipe| Box::new(pipe) as _));
        let ended = until(&format!("the end of {name}"), self.time_limit, || child.try_wait().ok().flatten());
        // Also ends what it may have left behind and what would keep the pipes open.
        let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
        let _ = child.wait();
        let _ = writer.map(std::thread::JoinHandle::join);
        let stdout = stdout.join().unwrap_or_default();
        let stderr = stderr.join().unwrap_or_default();
        match ended {
            Ok(status) => Ok(Run { code: status.code(), stdout, stderr }),
            Err(Error::TimedOut { what, limit, .. }) => {
                Err(Error::TimedOut { what, limit, log: format!("{stdout}\n{stderr}") })
            }
            Err(other) => Err(other),
        }
    }

    /// Runs it and fails the test, with all output, when the exit code is another one.
    ///
    /// # Panics
    /// When it cannot be run, takes too long, or ends with another exit code.
    #[expect(clippy::panic, reason = "a test helper: it fails the test that calls it")]
    pub fn expect_code(&self, code: i32) -> Run {
        match self.run() {
            Ok(run) if run.code == Some(code) => run,
            Ok(run) => panic!("{self}\nexit code {:?}, expected {code}\n{run}", run.code),
            Err(error) => panic!("{error}"),
        }
    }
}

impl fmt::Display for Dnsctl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.binary.file_name().unwrap_or(self.binary.as_os_str());
        write!(formatter, "{}", name.to_string_lossy())?;
        self.arguments.iter().try_for_each(|argument| write!(formatter, " {}", argument.to_string_lossy()))
    }
}

impl Run {
    /// Both outputs, one behind the other.
    pub fn stdout_and_stderr(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

impl fmt::Display for Run {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "--- stdout ---\n{}\n--- stderr ---\n{}", self.stdout, self.stderr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Dnsctl {
        Dnsctl::new("/bin/sh", "/tmp").args(["-c", script])
    }

    #[test]
    fn output_exit_code_input_and_environment() {
        let run = shell("cat; echo \"$KEY|$CARGO_MANIFEST_DIR|$HOME\"; echo no >&2; exit 3")
            .input("in ")
            .env("KEY", "x");
        let run = run.expect_code(3);
        assert_eq!((run.stdout.as_str(), run.stderr.as_str()), ("in x||/tmp\n", "no\n"));
    }

    #[test]
    fn large_output_does_not_block() {
        let run = shell("head -c 1000000 /dev/zero | tr '\\0' x; head -c 1000000 /dev/zero | tr '\\0' y >&2")
            .run()
            .unwrap();
        assert_eq!((run.stdout.len(), run.stderr.len()), (1_000_000, 1_000_000));
    }

    #[test]
    fn a_run_that_takes_too_long_is_killed_with_its_children() {
        let run = shell("echo started; sleep 1000 & wait").time_limit(Duration::from_millis(300)).run();
        let error = run.unwrap_err().to_string();
        assert!(error.contains("did not happen within 300ms") && error.contains("started"), "{error}");
    }

    #[test]
    #[should_panic(expected = "exit code Some(1), expected 0")]
    fn another_exit_code_fails_the_test() {
        shell("exit 1").expect_code(0);
    }
}
