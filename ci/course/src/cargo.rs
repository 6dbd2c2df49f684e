//! Builds one of the course's programs with cargo, as one line of progress.

use std::{
    collections::HashSet,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use anyhow::{Result, bail};

use crate::{build, progress::Progress, root::Root};

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

/// What opens the book in a browser, to look at it and to print it.
pub const BROWSER: Program =
    Program { called: "what drives the browser", package: "browser", binary: "browser", release: false };

/// What derives the data of the book's widgets.
pub const WIDGETS: Program =
    Program { called: "what the widgets show", package: "widgets", binary: "widgets", release: true };

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
        command.args(self.arguments());
        match build::run(root, command, &progress)? {
            Ok(built) => built.executable(self.binary),
            Err(broken) => {
                drop(progress);
                broken.print();
                let last = broken.cargo.lines().last().unwrap_or("cargo ended without a word");
                bail!("{} does not build: {last}", self.called)
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
