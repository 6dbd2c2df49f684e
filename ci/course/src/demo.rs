//! `cargo course demo`: a simulated kernel boots, and a module built from the course's own C lives its whole life.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use abi::Symvers;
use anyhow::{Context, Result, ensure};
use course_modules::BuildConfig;

use crate::{cargo::LOADER, finished, lock::Lock, originals, progress::Progress, root::Root};

/// The script that the demo runs.
pub const SCRIPT: &str = "book/sessions/first.txt";

/// Builds the loader and the course's modules, and runs the demo's script.
///
/// # Errors
/// One of them does not build, or a line of the script fails.
pub fn run(root: &Root) -> Result<()> {
    let loader =
        if originals::has_solutions(root) { LOADER.build(root)? } else { finished::own_loader(root)? };
    let modules = own_modules(root)?;
    let mut command = session(&loader, &modules, &root.join(SCRIPT), false);
    let status = command.status().with_context(|| format!("cannot run {}", loader.display()))?;
    ensure!(status.success(), "the demo did not go as it should: the loader's words are above");
    Ok(())
}

/// The loader about to run `script` in the folder of the course's modules: on the built-in kernel, the same on every
/// machine, or where the script needs `real` modules, on the one that `cargo course modules` found.
pub fn session(loader: &Path, modules: &Path, script: &Path, real: bool) -> Command {
    let mut command = Command::new(loader);
    command.args((!real).then_some("--built-in")).arg("run").arg(script).current_dir(modules);
    command
}

/// The course's own modules for the built-in kernel, built where they are not yet.
///
/// # Errors
/// There is no C compiler, or one of them does not build.
pub fn own_modules(root: &Root) -> Result<PathBuf> {
    let out = root.target().join("course-modules");
    build_modules(root, &BuildConfig::new(&out))?;
    Ok(out)
}

/// Builds the course's own modules against the Module.symvers and version magic of another kernel, into `out`.
///
/// # Errors
/// Module.symvers cannot be read, there is no C compiler, or a module does not build.
pub fn modules_for(root: &Root, symvers: &Path, vermagic: &str, out: &Path) -> Result<()> {
    let text =
        std::fs::read_to_string(symvers).with_context(|| format!("cannot read {}", symvers.display()))?;
    let symvers = Symvers::parse(&text).with_context(|| symvers.display().to_string())?;
    build_modules(root, &BuildConfig { symvers, vermagic: vermagic.into(), ..BuildConfig::new(out) })
}

fn build_modules(root: &Root, config: &BuildConfig) -> Result<()> {
    let _lock = Lock::take(&root.target(), "build the course's modules")?;
    let progress = Progress::spinner("building the course's own modules with the C compiler");
    std::fs::create_dir_all(&config.out_dir)
        .with_context(|| format!("cannot make {}", config.out_dir.display()))?;
    course_modules::build(config).context("the course's own modules")?;
    drop(progress);
    Ok(())
}
