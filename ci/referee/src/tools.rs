//! The emulator: found, or installed where that is allowed.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, bail, ensure};

/// The emulator's program.
const QEMU: &str = "qemu-system-x86_64";

/// Debian's package that it is in.
const PACKAGE: &str = "qemu-system-x86";

/// Where the emulator is; `None` where it is not.
pub fn qemu() -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).map(|folder| folder.join(QEMU)).find(|file| file.is_file())
}

/// Installs the emulator with apt, as root, and returns where it is.
///
/// # Errors
/// Nobody but root may, or there is no apt: the message says what to do by hand.
pub fn install() -> anyhow::Result<PathBuf> {
    // SAFETY: no memory is passed, and it cannot fail.
    let is_root = unsafe { libc::geteuid() } == 0;
    if !is_root || !PathBuf::from("/usr/bin/apt-get").is_file() {
        bail!(
            "there is no {QEMU}, which runs the real kernel. Debian and Ubuntu: sudo apt-get install {PACKAGE}; \
             Fedora: sudo dnf install qemu-system-x86-core; Arch: sudo pacman -S qemu-system-x86"
        );
    }
    let apt = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        command.args(arguments).env("DEBIAN_FRONTEND", "noninteractive").stdin(Stdio::null());
        let output = command.output().context("cannot run apt-get")?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        let last = said.lines().last().unwrap_or_default();
        ensure!(output.status.success(), "apt-get {} could not: {last}", arguments.join(" "));
        Ok(())
    };
    let install = ["install", "-yq", "--no-install-recommends", PACKAGE];
    if apt(&install).is_err() {
        apt(&["update", "-q"])?;
        apt(&install)?;
    }
    qemu().with_context(|| format!("{PACKAGE} is installed, and there is no {QEMU}"))
}
