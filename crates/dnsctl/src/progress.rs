//! A progress bar on stderr, shown only to a person and only when it takes long.

use crate::environment;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::time::{Duration, Instant};

/// Nobody needs a bar for less.
const PATIENCE: Duration = Duration::from_millis(500);

/// A bar that appears when its time has come.
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    start: Instant,
    message: String,
}

impl Progress {
    /// A bar of this length; none without a terminal, or when `quiet`.
    pub(crate) fn new(length: usize, message: impl Into<String>, quiet: bool) -> Self {
        let bar = (!quiet && environment::shows_progress()).then(|| {
            let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}");
            let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden());
            if let Ok(style) = style {
                bar.set_style(style);
            }
            bar
        });
        Self { bar, start: Instant::now(), message: message.into() }
    }

    /// So much more is done.
    pub(crate) fn advance(&mut self, steps: usize) {
        let Some(bar) = &self.bar else { return };
        if bar.is_hidden() && self.start.elapsed() >= PATIENCE {
            bar.set_message(self.message.clone());
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.inc(steps as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
