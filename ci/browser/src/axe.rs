//! axe-core: rules of accessibility that a program can check. It comes by npm, and runs within the page.

use std::{
    fmt, fs,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::tab::Tab;

/// What npm is told, from this crate's folder.
const FOR_NPM: [&str; 3] = ["package.json", "package-lock.json", ".npmrc"];

/// The library, to be put into pages.
pub struct Axe(String);

/// A rule that a page breaks.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    /// axe's name of the rule
    pub rule: String,
    /// minor, moderate, serious or critical
    pub impact: String,
    /// What the rule asks for
    pub help: String,
    /// The elements, as CSS selectors
    pub places: Vec<String>,
}

impl Axe {
    /// The version that this crate's lock file names, fetched into `target/axe` unless it is there.
    ///
    /// # Errors
    /// npm is missing, or cannot fetch it.
    pub fn fetch(root: &Path) -> Result<Axe> {
        let (from, to) = (root.join("ci/browser"), root.join("target/axe"));
        let library = to.join("node_modules/axe-core/axe.min.js");
        let is_there =
            library.is_file() && FOR_NPM.iter().all(|name| is_same(&from.join(name), &to.join(name)));
        if !is_there {
            fs::create_dir_all(&to).with_context(|| format!("cannot make {}", to.display()))?;
            for name in FOR_NPM {
                fs::copy(from.join(name), to.join(name)).with_context(|| format!("cannot copy {name}"))?;
            }
            let npm = Command::new("npm")
                .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
                .current_dir(&to)
                .stdin(Stdio::null())
                .output()
                .context(
                    "cannot run npm, which fetches axe-core: on Debian and Ubuntu, `apt-get install npm`",
                )?;
            ensure!(npm.status.success(), "npm ci: {}", String::from_utf8_lossy(&npm.stderr).trim());
        }
        fs::read_to_string(&library).map(Axe).with_context(|| format!("cannot read {}", library.display()))
    }

    /// Which rules the page breaks that `tab` shows.
    ///
    /// # Errors
    /// axe fails.
    pub fn run(&self, tab: &Tab) -> Result<Vec<Violation>> {
        self.run_with(tab, true)
    }

    /// The same without the rule about colours.
    ///
    /// # Errors
    /// axe fails.
    pub fn run_without_colours(&self, tab: &Tab) -> Result<Vec<Violation>> {
        self.run_with(tab, false)
    }

    fn run_with(&self, tab: &Tab, colours: bool) -> Result<Vec<Violation>> {
        tab.evaluate(&self.0)?;
        Ok(serde_json::from_value(tab.evaluate(&format!("inPage.accessibility({colours})"))?)?)
    }
}

fn is_same(one: &Path, other: &Path) -> bool {
    fs::read(one).ok().is_some_and(|bytes| fs::read(other).is_ok_and(|others| others == bytes))
}

impl Violation {
    /// Whether it keeps somebody from reading.
    pub fn is_grave(&self) -> bool {
        ["serious", "critical"].contains(&self.impact.as_str())
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Violation { rule, impact, help, places } = self;
        write!(f, "{impact}: {help} ({rule}): ")?;
        match places.as_slice() {
            [first, rest @ ..] if rest.len() > 1 => write!(f, "{first} and {} more", rest.len()),
            places => f.write_str(&places.join(", ")),
        }
    }
}
