//! What the book's widgets show, and what their JavaScript is held against: the program in `ci/widgets` makes it of the
//! finished labs.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use super::{Derived, derived};
use crate::{cargo::WIDGETS, demo, root::Root};

/// What the compiler says of itself whose modules the book shows: another one makes other bytes of the same C.
const COMPILER: &str = "(Debian 12.2.0-14";

/// What the program prints: files from the root of the course, with their text.
#[derive(Deserialize)]
struct Printed {
    /// Made of modules that the C compiler made.
    compiled: BTreeMap<String, String>,
    /// The same on every computer.
    fixed: BTreeMap<String, String>,
}

/// All files, but those that another compiler would have other bytes in.
pub(super) fn all(root: &Root) -> Result<Vec<Derived>> {
    let program = WIDGETS.build(root)?;
    let modules = demo::own_modules(root)?;
    let mut command = Command::new(&program);
    command.arg(&modules).arg(root.join("labs/machine/Module.symvers")).stdin(Stdio::null());
    let output = command.output().with_context(|| format!("cannot run {}", program.display()))?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "what the widgets show cannot be derived: {}", said.trim());
    let printed: Printed = serde_json::from_slice(&output.stdout).context("ci/widgets prints no files")?;
    let compiler = course_modules::compiler_version()?;
    let mut files = printed.fixed;
    match compiler.contains(COMPILER) {
        true => files.extend(printed.compiled),
        false => eprintln!(
            "some of book/widgets/data is not compared: it is of Debian 12's compiler, and here is {compiler}"
        ),
    }
    files.into_iter().map(|(path, text)| derived(root.join(&path), Some(text), str::to_string)).collect()
}
