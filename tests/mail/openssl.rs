//! The `openssl` command in a folder of its own.

use dnsctl_harness::{find, require};
use std::path::PathBuf;
use std::process::{Command, Output};
use tempfile::TempDir;

/// OpenSSL, and a folder for its files.
pub(crate) struct OpenSsl {
    program: PathBuf,
    folder: TempDir,
}

impl OpenSsl {
    /// `None` when it is missing and may be.
    pub(crate) fn start() -> Option<Self> {
        let program = require(find("openssl", "openssl"))?;
        Some(Self { program, folder: tempfile::tempdir().unwrap() })
    }

    /// The command itself, in its folder. Arguments are separated by blanks.
    pub(crate) fn program(&self, arguments: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.current_dir(self.folder.path()).args(arguments.split_whitespace());
        command
    }

    fn command(&self, mut command: Command, arguments: &str) -> Output {
        command.current_dir(self.folder.path()).args(arguments.split_whitespace());
        command.stdin(std::process::Stdio::null()).output().unwrap()
    }

    /// Whether it succeeds. Arguments are separated by blanks.
    pub(crate) fn accepts(&self, arguments: &str) -> bool {
        self.command(Command::new(&self.program), arguments).status.success()
    }

    /// Runs it; gives what it printed.
    pub(crate) fn run(&self, arguments: &str) -> Vec<u8> {
        finished(self.command(Command::new(&self.program), arguments), arguments)
    }

    /// Runs it at another time; `false` when `faketime` is missing and may be.
    pub(crate) fn run_at(&self, time: &str, arguments: &str) -> bool {
        let Some(faketime) = require(find("faketime", "faketime")) else { return false };
        let mut command = Command::new(faketime);
        command.arg(time).arg(&self.program);
        finished(self.command(command, arguments), arguments);
        true
    }

    /// The same, as text.
    pub(crate) fn text(&self, arguments: &str) -> String {
        String::from_utf8(self.run(arguments)).unwrap()
    }

    /// A file of the folder.
    pub(crate) fn read(&self, name: &str) -> String {
        fs_err::read_to_string(self.folder.path().join(name)).unwrap()
    }

    /// The same, whatever is in it.
    pub(crate) fn octets(&self, name: &str) -> Vec<u8> {
        fs_err::read(self.folder.path().join(name)).unwrap()
    }

    /// Writes a file into the folder.
    pub(crate) fn write(&self, name: &str, octets: &[u8]) {
        fs_err::write(self.folder.path().join(name), octets).unwrap();
    }
}

fn finished(output: Output, arguments: &str) -> Vec<u8> {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "openssl {arguments}: {told}");
    output.stdout
}
