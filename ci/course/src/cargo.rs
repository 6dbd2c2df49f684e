//! Builds one of the course's programs with cargo, as one line of progress.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader},
    path::PathBuf,
    process::{Child, ChildStderr, Command, Stdio},
    thread,
};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::{progress::Progress, root::Root};

/// A program to build.
pub struct Program {
    /// What a reader calls it.
    pub called: &'static str,
    /// Its package.
    pub package: &'static str,
    /// Its binary.
    pub binary: &'static str,
    /// Whether it is a release build.
    pub release: bool,
}

/// The finished loader.
pub const LOADER: Program =
    Program { called: "the finished loader", package: "loader-solution", binary: "loader", release: true };

/// What builds the book.
pub const BOOK_BUILDER: Program =
    Program { called: "the book's builder", package: "book-builder", binary: "book-builder", release: false };

/// The cargo that runs this tool.
pub fn cargo(root: &Root) -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root.path()).stdin(Stdio::null());
    cargo
}

impl Program {
    /// Builds it and returns where it is. Takes a fraction of a second when nothing has changed.
    ///
    /// # Errors
    /// It does not compile: rustc's own words come first, on stderr.
    pub fn build(&self, root: &Root) -> Result<PathBuf> {
        let progress = Progress::steps(&format!("building {}", self.called), self.packages(root));
        let mut command = cargo(root);
        command.args(["build", "--package", self.package, "--bin", self.binary]);
        command
            .args(self.release.then_some("--release"))
            .args(["--message-format", "json-render-diagnostics"]);
        let mut child =
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().context("cannot run cargo")?;
        let stderr = child.stderr.take().context("cargo has no stderr")?;
        let waiting = progress.clone();
        let said = thread::spawn(move || listen(stderr, &waiting));

        let stdout = child.stdout.take().context("cargo has no stdout")?;
        let executable = self.follow(BufReader::new(stdout), &progress);
        let status = child.wait().context("cannot wait for cargo")?;
        let said = said.join().unwrap_or_default();
        match executable.filter(|_| status.success()) {
            Some(executable) => Ok(executable),
            None => {
                drop(progress);
                eprint!("{said}");
                bail!(
                    "{} does not build: {}",
                    self.called,
                    said.lines().last().unwrap_or("cargo ended without a word")
                )
            }
        }
    }

    /// Begins to build it with the time that the processors have left over, and says nothing about it.
    pub fn build_ahead(&self, root: &Root) -> Ahead {
        let mut gently = Command::new("nice");
        gently.arg(cargo(root).get_program()).args(self.arguments()).arg("--quiet").current_dir(root.path());
        // Whatever goes wrong here goes wrong again, with words, in `build`.
        Ahead(gently.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok())
    }

    fn arguments(&self) -> impl Iterator<Item = &'static str> {
        let named = ["build", "--package", self.package, "--bin", self.binary];
        named.into_iter().chain(self.release.then_some("--release"))
    }

    /// How many packages take part, itself included: what the bar counts to.
    fn packages(&self, root: &Root) -> u64 {
        let mut tree = cargo(root);
        tree.args([
            "tree",
            "--package",
            self.package,
            "--edges",
            "normal,build",
            "--prefix",
            "none",
            "--format",
            "{p}",
        ]);
        let output = tree.output().map(|output| output.stdout).unwrap_or_default();
        let text = String::from_utf8_lossy(&output).replace(" (*)", "");
        text.lines().filter(|line| !line.is_empty()).collect::<HashSet<_>>().len() as u64
    }

    /// Reads cargo's messages to their end: counts packages, and returns the executable.
    fn follow(&self, messages: impl BufRead, progress: &Progress) -> Option<PathBuf> {
        let (mut done, mut executable) = (HashSet::new(), None);
        for line in messages.lines().map_while(Result::ok) {
            let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
            let is_build_script = message["target"]["kind"]
                .as_array()
                .is_some_and(|kinds| kinds.contains(&"custom-build".into()));
            if message["reason"] != "compiler-artifact" || is_build_script {
                continue;
            }
            done.insert(message["package_id"].to_string());
            progress.at(done.len() as u64);
            if message["target"]["name"] == self.binary {
                executable = message["executable"].as_str().map(PathBuf::from).or(executable);
            }
        }
        executable
    }
}

/// A build that was begun ahead of time; stopped where nobody waits for it.
pub struct Ahead(Option<Child>);

impl Ahead {
    /// Waits for its end. [`Program::build`] tells how it went.
    pub fn wait(mut self) {
        self.0.take().map(|mut child| child.wait());
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // It may have ended by itself: then there is nothing to stop.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Collects what cargo says about trouble; while another cargo has the folder, says so.
fn listen(stderr: ChildStderr, progress: &Progress) -> String {
    let mut said = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        if line.contains("Blocking waiting for file lock") {
            progress.say("waiting: another cargo (your editor's?) is building here");
        } else if !line.trim_start().starts_with("Compiling ") {
            said += &line;
            said.push('\n');
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_the_binarys_own_and_build_scripts_do_not_count() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","package_id":"a","target":{"kind":["custom-build"],"name":"build-script-build"},"executable":"/no"}"#,
            "\nnot JSON\n",
            r#"{"reason":"compiler-artifact","package_id":"l","target":{"kind":["lib"],"name":"loader"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","package_id":"l","target":{"kind":["bin"],"name":"loader"},"executable":"/t/loader"}"#,
            "\n",
        );
        let progress = Progress::steps("test", 1);
        assert_eq!(LOADER.follow(messages.as_bytes(), &progress), Some(PathBuf::from("/t/loader")));
    }
}
