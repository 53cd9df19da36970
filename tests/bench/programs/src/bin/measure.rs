//! The stopwatch: `measure OUTPUT PROGRAM [ARGUMENT…]` runs one program to its end, its output into the file OUTPUT, and
//! prints `{"wall":s,"cpu":s,"peak":MiB,"code":n}`.
//!
//! Not done by the script itself: the peak memory that Linux reports for a child includes what its parent had at the
//! fork, so the parent must be small.

use std::error::Error;
use std::fs::File;
use std::process::{Command, Stdio};
use std::time::Instant;

use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;

#[expect(clippy::print_stdout, reason = "a program")]
fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let output = arguments.next().ok_or("usage: measure OUTPUT PROGRAM [ARGUMENT…]")?;
    let program = arguments.next().ok_or("the program is missing")?;
    let output = File::create(output)?;
    let errors = output.try_clone()?;
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::inherit()).stdout(output).stderr(errors);
    let start = Instant::now();
    let status = command.spawn()?.wait()?;
    let wall = start.elapsed().as_secs_f64();
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let microseconds =
        usage.user_time().num_microseconds().saturating_add(usage.system_time().num_microseconds());
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let (cpu, peak) = (microseconds as f64 / 1e6, usage.max_rss() as f64 / 1024.0);
    let code = status.code().unwrap_or(-1);
    println!("{{\"wall\":{wall:.6},\"cpu\":{cpu:.6},\"peak\":{peak:.3},\"code\":{code}}}");
    Ok(())
}
