//! The fuzzer's program, which cargo-fuzz builds.

use std::{
    env,
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};

use crate::{cargo::cargo, progress::Progress, root::Root};

/// The target that cargo-fuzz builds for, whose libraries AddressSanitizer knows.
const TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// Builds the fuzzer and returns where it is.
///
/// # Errors
/// cargo-fuzz is not there and cannot be installed, or the fuzzer does not compile; rustc's words are printed then.
pub(super) fn build(root: &Root) -> Result<PathBuf> {
    let tools = root.target().join("tools");
    if !is_there(&tools) {
        let what = "installing cargo-fuzz from crates.io into target/tools";
        let mut install = cargo(root);
        install.args(["install", "--locked", "--root"]).arg(&tools).arg("cargo-fuzz");
        finish(install, what).context("cargo-fuzz cannot be installed")?;
    }
    let out = root.target().join("fuzz");
    let mut build = cargo(root);
    build.args(["fuzz", "build", "--fuzz-dir", "ci/fuzz", "--features", "libfuzzer", "--target", TRIPLE]);
    build.arg("--target-dir").arg(&out).arg("course").env("PATH", path_with(&tools)?);
    // AddressSanitizer is an unstable option of rustc, and this is how a stable one is told to have it.
    build.env("RUSTC_BOOTSTRAP", "1");
    // The optimiser's last tenth would take half of the build's time.
    build.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1").env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
    finish(build, "building the fuzzer with AddressSanitizer").context("the fuzzer does not build")?;
    Ok(out.join(TRIPLE).join("release/course"))
}

fn is_there(tools: &Path) -> bool {
    let of_path = env::var_os("PATH").unwrap_or_default();
    let folders = env::split_paths(&of_path).chain([tools.join("bin")]);
    folders.into_iter().any(|folder| folder.join("cargo-fuzz").is_file())
}

fn path_with(tools: &Path) -> Result<OsString> {
    let of_path = env::var_os("PATH").unwrap_or_default();
    Ok(env::join_paths([tools.join("bin")].into_iter().chain(env::split_paths(&of_path)))?)
}

/// Runs `command` to its end; what it said is shown where it fails.
fn finish(mut command: Command, what: &str) -> Result<()> {
    let _progress = Progress::spinner(what);
    let output = command.stdin(Stdio::null()).output().context("cargo cannot be run")?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "cargo says:\n{}", said.trim_end());
    Ok(())
}
