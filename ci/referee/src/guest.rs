//! The guest's program, built as one file that needs no other: its C library is in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, bail};

/// Builds the kernel's `/init` in `target/referee` of the course at `root`; a second time it takes a moment.
///
/// # Errors
/// It does not build; on some systems the static C library is a package of its own.
pub fn build(root: &Path) -> anyhow::Result<PathBuf> {
    let target = root.join("target/referee");
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["rustc", "--quiet", "--release", "--package", "referee-guest", "--bin", "referee-init"]);
    cargo.arg("--target-dir").arg(&target).args(["--", "-Ctarget-feature=+crt-static", "-Cstrip=symbols"]);
    let output = cargo.current_dir(root).stdin(Stdio::null()).output().context("cannot run cargo")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let static_c = "the program that runs in the real kernel does not link: it needs the static C library \
                        (Debian: libc6-dev, Fedora: glibc-static)";
        match said.contains("-lc") {
            true => bail!("{static_c}"),
            false => bail!("the program that runs in the real kernel does not build:\n{said}"),
        }
    }
    Ok(target.join("release/referee-init"))
}
