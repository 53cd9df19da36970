//! One server process: started with its log caught, tied to the life of the test process, ended by its own pid.

use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Mutex, OnceLock, mpsc};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process, kill_process_group};
use tempfile::TempDir;

use crate::wait::{PATIENCE, until};
use crate::{Error, Result, program};

/// How often a server is started again because another program took its port.
const STARTS: usize = 5;
/// How much of a log goes into an error or under a failed test.
const LOG_TAIL: usize = 6_000;

/// A running server in a temporary directory of its own. It is killed when this value is dropped, also by a panic, and
/// by the kernel when the test process dies in any other way. If the test panics, the end of the server's log is printed.
#[derive(Debug)]
pub struct Process {
    name: String,
    recipe: Recipe,
    child: Option<Child>,
    directory: TempDir,
}

/// How to start a server: program, arguments and additions to the environment.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<OsString>,
    pub(crate) environment: Vec<(String, String)>,
}

impl Recipe {
    pub(crate) fn new(program: PathBuf, arguments: impl IntoIterator<Item = impl Into<OsString>>) -> Self {
        let arguments = arguments.into_iter().map(Into::into).collect();
        Self { program, arguments, environment: Vec::new() }
    }

    pub(crate) fn environment(mut self, name: &str, value: impl Into<String>) -> Self {
        self.environment.push((name.to_owned(), value.into()));
        self
    }
}

/// Runs `attempt` until it does not fail for want of a port, at most [`STARTS`] times.
pub(crate) fn with_free_ports<T>(mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
    let mut result = attempt();
    for _ in 1..STARTS {
        match result {
            Err(Error::AddressInUse { .. }) => result = attempt(),
            other => return other,
        }
    }
    result
}

/// A new temporary directory with a short path, since servers put Unix sockets in it.
pub(crate) fn directory() -> Result<TempDir> {
    tempfile::Builder::new().prefix("dnsctl-").tempdir().map_err(Error::io("make a temporary directory"))
}

impl Process {
    /// Starts the server in `directory` and waits until `ready` says yes.
    pub(crate) fn start(
        name: &str,
        recipe: Recipe,
        directory: TempDir,
        ready: impl FnMut() -> bool,
    ) -> Result<Self> {
        let mut process = Self { name: name.to_owned(), recipe, child: None, directory };
        process.launch(ready)?;
        Ok(process)
    }

    /// Starts the stopped server again, in the same directory and on the same ports, and waits until it is ready.
    pub(crate) fn launch(&mut self, mut ready: impl FnMut() -> bool) -> Result<()> {
        let log = fs_err::OpenOptions::new().create(true).append(true).open(self.log_path());
        let log = log.map_err(Error::io("open the log"))?.into_file();
        let errors = log.try_clone().map_err(Error::io("open the log"))?;
        let mut command = tied(&self.recipe.program)?;
        command.args(&self.recipe.arguments);
        command.envs(self.recipe.environment.iter().map(|(name, value)| (name, value)));
        command.current_dir(self.directory.path()).stdin(Stdio::null()).stdout(log).stderr(errors);
        self.child = Some(spawn(command).map_err(Error::io(format!("start {}", self.name)))?);
        let waited = crate::wait::try_until(&format!("{}: the first answer", self.name), PATIENCE, || {
            if ready() { Ok(Some(())) } else { self.still_running().map(|()| None) }
        });
        waited.map_err(|error| match error {
            Error::TimedOut { what, limit, .. } => Error::TimedOut { what, limit, log: self.log_tail() },
            other => other,
        })
    }

    fn still_running(&mut self) -> Result<()> {
        let ended: Option<ExitStatus> = match self.child.as_mut() {
            Some(child) => child.try_wait().map_err(Error::io("ask for the server's state"))?,
            None => None,
        };
        // Read afterwards: the last words of a server that has just ended say why.
        let log = self.log_tail();
        let in_use = log.to_lowercase().contains("ddress already in use") || log.contains("address in use");
        if in_use {
            return Err(Error::AddressInUse { server: self.name.clone() });
        }
        match ended {
            Some(status) => Err(Error::Ended { server: self.name.clone(), status, log }),
            None => Ok(()),
        }
    }

    /// The process id, or `None` while it is stopped.
    pub fn pid(&self) -> Option<u32> {
        self.child.as_ref().map(Child::id)
    }

    /// The server's temporary directory, with its configuration and data.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    fn log_path(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    /// All that the server has written to standard output and standard error.
    pub fn log(&self) -> String {
        fs_err::read(self.log_path())
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    fn log_tail(&self) -> String {
        let log = self.log();
        let from = log.len().saturating_sub(LOG_TAIL);
        (from..log.len()).find_map(|at| log.get(at..)).unwrap_or_default().to_owned()
    }

    /// The processor time that the server has used since its start, in user and system mode.
    ///
    /// # Errors
    /// When it does not run, or `/proc` cannot be read.
    pub fn cpu_time(&self) -> Result<Duration> {
        let pid = self.pid().ok_or_else(|| Error::refused(&self.name, "it is stopped"))?;
        let path = format!("/proc/{pid}/stat");
        let text = fs_err::read_to_string(&path).map_err(Error::io("read the processor time"))?;
        cpu_ticks(&text)
            .and_then(|ticks| {
                ticks.saturating_mul(1_000).checked_div(rustix::param::clock_ticks_per_second())
            })
            .map(Duration::from_millis)
            .ok_or_else(|| Error::refused(path, "is not as proc(5) says"))
    }

    /// Freezes the server: its sockets stay open, but nothing is answered until [`Process::resume`].
    ///
    /// # Errors
    /// When it does not run.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Lets a frozen server go on.
    ///
    /// # Errors
    /// When it does not run.
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        let child = self.child.as_ref().ok_or_else(|| Error::refused(&self.name, "it is stopped"))?;
        kill_process(Pid::from_child(child), signal)
            .map_err(|error| Error::io(format!("send {signal:?} to {}", self.name))(error.into()))
    }

    /// Ends the server as its operator would (SIGTERM), and by force if it takes longer than 10 seconds. Its directory
    /// and its ports stay reserved.
    ///
    /// # Errors
    /// When the signal cannot be sent.
    pub fn stop(&mut self) -> Result<()> {
        if self.child.is_none() {
            return Ok(());
        }
        self.signal(Signal::TERM)?;
        let child = &mut self.child;
        let gone = until("the end", Duration::from_secs(10), || {
            child.as_mut().is_none_or(|child| !matches!(child.try_wait(), Ok(None))).then_some(())
        });
        if gone.is_ok() {
            self.child = None;
        }
        self.kill();
        Ok(())
    }

    /// Ends the process group at once and collects the process.
    pub(crate) fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            // The group first: a server may have children of its own (NSD has).
            let _ = kill_process_group(Pid::from_child(&child), Signal::KILL);
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for Process {
    #[expect(clippy::print_stderr, reason = "the test runner shows it under the test that failed")]
    fn drop(&mut self) {
        self.kill();
        if std::thread::panicking() {
            eprintln!(
                "--- log of {} ---\n{}--- end of the log of {} ---",
                self.name,
                self.log_tail(),
                self.name
            );
        }
    }
}

/// The 14th and 15th field of `/proc/PID/stat` (proc(5)); the second field may hold spaces and parentheses.
fn cpu_ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    user.checked_add(system)
}

/// A command for `program` in a process group of its own, which the kernel kills when this process dies; to be started
/// with [`spawn`].
pub(crate) fn tied(program: &Path) -> Result<Command> {
    let mut command = Command::new(program::find("setpriv", "util-linux")?);
    command.args(["--pdeathsig", "KILL", "--"]).arg(program).process_group(0);
    Ok(command)
}

struct Order {
    command: Command,
    reply: mpsc::Sender<std::io::Result<Child>>,
}

/// Starts a process from a thread that lives as long as the test process. The kernel sends the parent-death signal when
/// the *thread* that started the child ends, and a test is a thread: a server shared by several tests would die with the
/// first of them.
pub(crate) fn spawn(command: Command) -> std::io::Result<Child> {
    static STARTER: OnceLock<Mutex<mpsc::Sender<Order>>> = OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (sender, receiver) = mpsc::channel::<Order>();
        std::thread::spawn(move || {
            for mut order in receiver {
                let _ = order.reply.send(order.command.spawn());
            }
        });
        Mutex::new(sender)
    });
    let (reply, answer) = mpsc::channel();
    let gone = || std::io::Error::other("the thread that starts servers has ended");
    let sender = starter.lock().map_err(|_| gone())?.clone();
    sender.send(Order { command, reply }).map_err(|_| gone())?;
    answer.recv().map_err(|_| gone())?
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sleeper() -> Process {
        let sleep = program::find("sleep", "coreutils").unwrap();
        Process::start("sleep", Recipe::new(sleep, ["1000"]), directory().unwrap(), || true).unwrap()
    }

    fn runs(pid: u32) -> bool {
        Path::new(&format!("/proc/{pid}")).exists()
    }

    #[test]
    fn a_dropped_process_and_its_directory_are_gone() {
        let process = sleeper();
        let (pid, directory) = (process.pid().unwrap(), process.directory().to_owned());
        assert!(runs(pid) && directory.is_dir());
        drop(process);
        assert!(!runs(pid) && !directory.exists());
    }

    #[test]
    fn a_panic_ends_the_process_too() {
        let (sender, receiver) = mpsc::channel();
        let test = std::thread::spawn(move || {
            let process = sleeper();
            sender.send(process.pid().unwrap()).unwrap();
            panic!("as a failed assertion does");
        });
        assert!(test.join().is_err());
        assert!(!runs(receiver.recv().unwrap()));
    }

    #[test]
    fn a_process_outlives_the_thread_that_asked_for_it() {
        let thread = std::thread::spawn(|| (sleeper(), fs_err::read_link("/proc/thread-self").unwrap()));
        let (process, task) = thread.join().unwrap();
        // The kernel sends the signal before the thread leaves the list, so the process would be dead (a zombie) then.
        until("end of thread", PATIENCE, || (!Path::new("/proc").join(&task).exists()).then_some(()))
            .unwrap();
        let state = fs_err::read_to_string(format!("/proc/{}/stat", process.pid().unwrap())).unwrap();
        assert!(!state.contains(") Z "), "{state}");
    }

    #[test]
    fn a_program_that_ends_early_is_an_error_with_its_log() {
        let shell = program::find("sh", "dash").unwrap();
        let recipe = Recipe::new(shell, ["-c", "echo no such zone; exit 3"]);
        let error = Process::start("sh", recipe, directory().unwrap(), || false).unwrap_err();
        assert!(
            error.to_string().contains("exit status: 3") && error.to_string().contains("no such zone"),
            "{error}"
        );
    }

    #[test]
    fn a_taken_port_is_tried_again_with_another() {
        let mut tries = 0;
        let result = with_free_ports(|| {
            tries += 1;
            let shell = program::find("sh", "dash").unwrap();
            let words = if tries < 3 { "bind: Address already in use" } else { "ready" };
            let recipe = Recipe::new(shell, ["-c".to_owned(), format!("echo '{words}'; exec sleep 1000")]);
            let place = directory()?;
            let log = place.path().join("log");
            Process::start("sh", recipe, place, || {
                fs_err::read_to_string(&log).is_ok_and(|log| log == "ready\n")
            })
        });
        assert!(result.is_ok());
        assert_eq!(tries, 3);
    }

    #[test]
    fn processor_time_is_read_past_a_strange_name() {
        assert_eq!(cpu_ticks("7 (a) b) S 1 2 3 4 5 6 7 8 9 10 30 12 0"), Some(42));
        assert_eq!(cpu_ticks("nothing"), None);
    }

    #[test]
    fn a_busy_process_uses_processor_time_and_a_frozen_one_does_not() {
        let shell = program::find("sh", "dash").unwrap();
        let recipe = Recipe::new(shell, ["-c", "while :; do :; done"]);
        let process = Process::start("sh", recipe, directory().unwrap(), || true).unwrap();
        let used =
            |least| until("use", PATIENCE, || process.cpu_time().ok().filter(|time| *time > least)).unwrap();
        let first = used(Duration::ZERO);
        process.pause().unwrap();
        let stat = format!("/proc/{}/stat", process.pid().unwrap());
        until("stopped", PATIENCE, || fs_err::read_to_string(&stat).ok()?.contains(") T ").then_some(()))
            .unwrap();
        process.resume().unwrap();
        used(first);
    }
}
