//! A Chromium of our own, without a window, that is told what to do through two pipes.

use std::{
    fs::File,
    io::pipe,
    os::fd::OwnedFd,
    process::{Child, Command, Stdio},
    sync::Arc,
};

use anyhow::{Context, Result, bail};
use command_fds::{CommandFdExt, FdMapping};
use tempfile::TempDir;

use crate::{connection::Connection, tab::Tab};

/// What Chromium and its sisters are called.
const PROGRAMS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
/// One without a window, that asks nothing of the network and remembers nothing. The pages are our own: they need no
/// sandbox, and containers often allow none.
const OPTIONS: [&str; 14] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
    // Every tab is at work, whichever is in front.
    "--disable-renderer-backgrounding",
    "--disable-backgrounding-occluded-windows",
    "--disable-background-timer-throttling",
];

/// The running browser. It ends when this is dropped, and its profile goes with it.
pub struct Chromium {
    process: Child,
    connection: Arc<Connection>,
    _profile: TempDir,
}

impl Chromium {
    /// Starts one.
    ///
    /// # Errors
    /// There is none here, or it does not start.
    pub fn start() -> Result<Chromium> {
        let profile = tempfile::tempdir().context("cannot make a temporary folder")?;
        for program in PROGRAMS {
            // The browser reads what it is to do from descriptor 3, and answers on 4.
            let (its_input, our_output) = pipe().context("cannot make a pipe")?;
            let (our_input, its_output) = pipe().context("cannot make a pipe")?;
            let mut command = Command::new(program);
            command
                .args(OPTIONS)
                .arg(format!("--user-data-dir={}", profile.path().display()))
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .fd_mappings(vec![
                    FdMapping { parent_fd: its_input.into(), child_fd: 3 },
                    FdMapping { parent_fd: its_output.into(), child_fd: 4 },
                ])
                .context("cannot give the browser its pipes")?;
            let Ok(process) = command.spawn() else { continue };
            // The command holds the browser's ends: only without them can we see that the browser is gone.
            drop(command);
            let (input, output) = (OwnedFd::from(our_input), OwnedFd::from(our_output));
            let connection = Connection::new(File::from(input), File::from(output));
            return Ok(Chromium { process, connection, _profile: profile });
        }
        bail!(
            "there is no Chromium here ({}): on Debian and Ubuntu, `apt-get install chromium`",
            PROGRAMS.join(", ")
        )
    }

    /// A tab that shares no storage with any other.
    ///
    /// # Errors
    /// The browser is gone.
    pub fn tab(&self) -> Result<Tab> {
        Tab::open(&self.connection)
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // One that closes itself also takes its helpers along. It may be gone already: then both fail, as they may.
        if self.connection.call(None, "Browser.close", serde_json::json!({})).is_err() {
            drop(self.process.kill());
        }
        drop(self.process.wait());
    }
}
