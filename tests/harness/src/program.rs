//! Finding the programs that the tests need, and saying so when one is missing.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Lists the programs or packages, with commas between, without which tests may be left out. For a machine that cannot
/// have them; nothing is left out unless it is named here, and what is left out is said on standard error.
pub const SKIP_MISSING: &str = "DNSCTL_TESTS_SKIP_MISSING";

/// Where `tests/setup` put the Python environments, when not in `target/test-tools` of the repository.
pub const TEST_TOOLS: &str = "DNSCTL_TEST_TOOLS";

/// Directories that have servers but are not on the search path of every user.
const SERVER_DIRECTORIES: [&str; 3] = ["/usr/local/sbin", "/usr/sbin", "/sbin"];

/// Reads an environment variable: test code may, the libraries may not.
#[expect(clippy::disallowed_methods, reason = "test code: says which tools the machine has")]
pub(crate) fn environment(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

/// Finds a program on the search path or in the directories for servers.
///
/// # Errors
/// [`Error::Missing`] with the package that has it.
pub fn find(program: &str, package: &str) -> Result<PathBuf> {
    let path = environment("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(SERVER_DIRECTORIES.iter().map(PathBuf::from))
        .map(|directory| directory.join(program))
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| Error::Missing { program: program.to_owned(), package: package.to_owned() })
}

/// A program of a Python environment that `tests/setup` made: `octodns` has `octodns-sync` and its like, `moto_server`
/// and `python` (with boto3); `ministack` has `ministack`.
///
/// # Errors
/// [`Error::Missing`] with the environment as the package.
pub fn python_tool(environment_name: &str, program: &str) -> Result<PathBuf> {
    let path = tools_directory().join(environment_name).join("bin").join(program);
    if path.is_file() {
        return Ok(path);
    }
    let package = format!("the Python environment {}", tools_directory().join(environment_name).display());
    Err(Error::Missing { program: program.to_owned(), package })
}

/// A file that `tests/setup` put beside the Python environments: of `pyspf-2.0.14` the sources with the test suite of
/// RFC 7208.
///
/// # Errors
/// [`Error::Missing`] with the folder as the program.
pub fn tool_file(folder: &str, file: &str) -> Result<PathBuf> {
    let path = tools_directory().join(folder).join(file);
    if path.is_file() {
        return Ok(path);
    }
    let package = format!("sources in {}", tools_directory().display());
    Err(Error::Missing { program: folder.to_owned(), package })
}

/// The repository's folder, known since this crate was built in it.
pub fn repository_root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

fn tools_directory() -> PathBuf {
    environment(TEST_TOOLS).map_or_else(
        || repository_root().join("target/test-tools"),
        |directory| repository_root().join(directory),
    )
}

/// The value, or `None` when its program is missing and the environment variable [`SKIP_MISSING`] names that program or
/// its package. Use: `let Some(server) = require(PowerDns::start()) else { return };`
///
/// # Panics
/// With the error in every other case: a test whose server is missing fails, it does not pass in silence.
#[expect(clippy::panic, reason = "a test helper: it fails the test that calls it")]
pub fn require<T>(started: Result<T>) -> Option<T> {
    match started {
        Ok(value) => Some(value),
        Err(Error::Missing { program, package }) if may_skip(&program, &package) => {
            // Not through `eprintln!`: the test runner would hide it, since the test passes.
            let line = format!("SKIPPED: {program} is missing and {SKIP_MISSING} names it\n");
            let _ = std::io::stderr().write_all(line.as_bytes());
            None
        }
        Err(error) => panic!("{error}"),
    }
}

fn may_skip(program: &str, package: &str) -> bool {
    let list = environment(SKIP_MISSING).unwrap_or_default();
    listed(&list.to_string_lossy(), program, package)
}

fn listed(list: &str, program: &str, package: &str) -> bool {
    list.split(',').map(str::trim).any(|name| name == program || name == package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_names_its_package_and_the_command() {
        let error = find("no-such-name-server", "no-such-package").unwrap_err().to_string();
        assert_eq!(
            error,
            "`no-such-name-server` is not installed (package no-such-package); run `tests/setup`"
        );
    }

    #[test]
    fn only_what_is_listed_may_be_left_out() {
        assert!(listed("knotd, pdns-server", "pdns_server", "pdns-server"));
        assert!(listed("knotd,nsd", "knotd", "knot"));
        assert!(!listed("knotd", "named", "bind9"));
        assert!(!listed("", "named", "bind9"));
    }

    #[test]
    #[should_panic(expected = "run `tests/setup`")]
    fn a_test_without_its_server_fails() {
        let _ = require(find("no-such-name-server", "no-such-package"));
    }
}
