//! Commands in the background: `COMMAND &`, and `wait`, which shows what came of them.

use std::{
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};

use super::{Flow, MayFail, Shell};

/// How long `wait` waits: whoever types has to get the prompt back.
const PATIENCE: Duration = Duration::from_secs(10);

/// A command that goes on by itself, in a shell of its own: it has the kernel, and none of our open files.
#[derive(Debug)]
pub(super) struct Job {
    text: String,
    thread: JoinHandle<Vec<u8>>,
}

impl Shell {
    /// Starts `text` in the background.
    pub(super) fn start_job(&mut self, text: &str) -> anyhow::Result<Result<Flow, MayFail>> {
        let text = text.trim().to_owned();
        let (mut shell, line) = (Shell::new(self.kernel.clone()), text.clone());
        let work = move || {
            let mut out = Vec::new();
            // A Vec can be written to; what a failing command has to say is in it.
            let _ = shell.run_line(&line, &mut out);
            out
        };
        let thread = thread::Builder::new().name("job".to_owned()).spawn(work).context("no thread for it")?;
        self.jobs.push(Job { text, thread });
        Ok(Ok(Flow::Continue))
    }

    /// Waits for all that is in the background, and prints what it printed, in the order in which it was started.
    pub(super) fn wait(&mut self, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let patience = Instant::now() + PATIENCE;
        for Job { text, thread } in std::mem::take(&mut self.jobs) {
            while !thread.is_finished() {
                if Instant::now() > patience {
                    bail!("'{text}' is still at it, and nobody waits for it any more");
                }
                thread::sleep(Duration::from_millis(1));
            }
            match thread.join() {
                Ok(printed) => out.extend_from_slice(&printed),
                Err(_) => bail!("'{text}' came to a bad end, which has been told on standard error"),
            }
        }
        Ok(())
    }
}
