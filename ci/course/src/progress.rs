//! What the tool says while it works: a bar or a spinner on a terminal, plain lines elsewhere.

use std::{io::IsTerminal, sync::Arc, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

/// One piece of work that may take more than a second. Everything goes to stderr, so that stdout stays the answer.
#[derive(Clone)]
pub struct Progress {
    bar: ProgressBar,
    terminal: bool,
    _last: Arc<Last>,
}

/// Dropped with the last copy of a progress.
struct Last(ProgressBar);

impl Drop for Last {
    /// Work that failed leaves no bar behind; the error follows.
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

impl Progress {
    /// Begins work whose length is not known.
    pub fn spinner(what: &str) -> Progress {
        Progress::begin(what, ProgressBar::new_spinner(), "{spinner} {msg} {elapsed}")
    }

    /// Begins work of `steps` steps.
    pub fn steps(what: &str, steps: u64) -> Progress {
        Progress::begin(what, ProgressBar::new(steps), "{spinner} {msg} [{bar:24}] {pos}/{len}")
    }

    /// Begins work that is counted in bytes.
    pub fn bytes(what: &str, bytes: u64) -> Progress {
        Progress::begin(what, ProgressBar::new(bytes), "{spinner} {msg} [{bar:24}] {bytes}/{total_bytes}")
    }

    /// Work that another progress counts as one of its steps: nothing is shown of it.
    pub fn within() -> Progress {
        let bar = ProgressBar::hidden();
        let last = Arc::new(Last(bar.clone()));
        Progress { bar, terminal: true, _last: last }
    }

    fn begin(what: &str, bar: ProgressBar, template: &str) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        if terminal {
            if let Ok(style) = ProgressStyle::with_template(template) {
                bar.set_style(style);
            }
            bar.set_message(what.to_string());
            bar.enable_steady_tick(Duration::from_millis(120));
        } else {
            eprintln!("{what} …");
        }
        let last = Arc::new(Last(bar.clone()));
        Progress { bar, terminal, _last: last }
    }

    /// How much is done, in the unit that it was begun with.
    pub fn at(&self, position: u64) {
        if self.terminal {
            self.bar.set_position(position);
        }
    }

    /// One step more is done.
    pub fn next(&self) {
        if self.terminal {
            self.bar.inc(1);
        }
    }

    /// Says what it is doing now.
    pub fn say(&self, what: &str) {
        match self.terminal {
            true => self.bar.set_message(what.to_string()),
            false => eprintln!("{what} …"),
        }
    }

    /// Says how far it has come, where somebody watches.
    pub fn note(&self, what: &str) {
        if self.terminal {
            self.bar.set_message(what.to_string());
        }
    }

    /// Ends with a line that stays.
    pub fn done(self, line: &str) {
        self.bar.finish_and_clear();
        eprintln!("{line}");
    }
}

/// A number of bytes as a person says it.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["bytes", "kB", "MB", "GB"];
    let mut value = bytes;
    let mut unit = 0;
    while value >= 10_000 && unit + 1 < UNITS.len() {
        value = value / 1000 + u64::from(value % 1000 >= 500);
        unit += 1;
    }
    format!("{value} {}", UNITS[unit])
}

#[cfg(test)]
mod tests {
    use super::size;

    #[test]
    fn sizes_are_said_in_a_unit_that_fits() {
        assert_eq!(size(721), "721 bytes");
        assert_eq!(size(35_449), "35 kB");
        assert_eq!(size(400_300_000), "400 MB");
        assert_eq!(size(u64::MAX), "18446744074 GB");
    }
}
