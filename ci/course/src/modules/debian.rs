//! The kernel package of Debian 12: downloaded and unpacked under `target/debian/`, without root.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, bail};

use super::{SERIES, apt::Apt};
use crate::progress::Progress;

/// The package that always depends on the newest kernel.
const LATEST: &str = "linux-image-amd64";

/// Fetches the newest kernel of the series below `folder`, unless it is there already; returns the root of its image.
///
/// # Errors
/// There is no apt, the lists have another kernel, the machine is offline: each with what to do by hand.
pub fn fetch(folder: &Path) -> Result<PathBuf> {
    fetch_with(&std::env::var_os("PATH").unwrap_or_default(), folder)
}

/// Fetches the kernel `release` below `folder`, unless it is there already; returns the root of its image.
///
/// # Errors
/// There is no apt, it has no such package, or the machine is offline.
pub fn fetch_release(folder: &Path, release: &str) -> Result<PathBuf> {
    let here = folder.join(release);
    if !here.is_dir() {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let Some(apt) = Apt::on(&path, &folder.join("apt"))? else {
            bail!("this system has no apt, and Debian's kernel package comes by apt");
        };
        apt.update()?;
        download(&apt, release, folder).with_context(|| format!("cannot fetch Linux {release}"))?;
    }
    Ok(here.join("image"))
}

fn fetch_with(path: &OsStr, folder: &Path) -> Result<PathBuf> {
    let Some(apt) = Apt::on(path, &folder.join("apt"))? else {
        bail!("this system has no apt, and Debian's kernel package comes by apt.{BY_HAND}");
    };
    let release = match newest_release(&apt) {
        Ok(release) => release,
        Err(error) => match already_here(folder) {
            Some(image) => {
                eprintln!("{error:#}\nWhat was fetched before will do.");
                return Ok(image);
            }
            None => bail!("{error:#}.{BY_HAND}"),
        },
    };
    let here = folder.join(&release);
    if !here.is_dir() {
        download(&apt, &release, folder).with_context(|| format!("cannot fetch Linux {release}"))?;
    }
    Ok(here.join("image"))
}

/// The release of the kernel that the newest package holds.
fn newest_release(apt: &Apt) -> Result<String> {
    apt.update()?;
    let Some(package) = apt.first_dependency(LATEST)? else {
        bail!("the lists of packages of this system have no {LATEST}");
    };
    match package.strip_prefix("linux-image-") {
        Some(release) if release.starts_with(SERIES) => Ok(release.to_string()),
        _ => {
            bail!("{LATEST} is {package} here, and the simulated kernel is a {SERIES}x: that is Debian 12's")
        }
    }
}

/// A kernel that an earlier run fetched.
fn already_here(folder: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(folder).ok()?.flatten();
    let mut images: Vec<PathBuf> = entries
        .filter(|entry| is_plain(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path().join("image"))
        .collect();
    images.sort();
    images.pop()
}

/// Whether `release` is the series' plain kernel and no flavour of it, such as `6.1.0-56-cloud-amd64`.
fn is_plain(release: &str) -> bool {
    let rest = release.strip_prefix(SERIES).and_then(|rest| rest.strip_suffix("-amd64"));
    rest.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || "-.".contains(c)))
}

/// Downloads and unpacks beside the place, then renames: what is there is whole.
fn download(apt: &Apt, release: &str, folder: &Path) -> Result<()> {
    let unfinished = folder.join("unfinished");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).with_context(|| format!("cannot remove {}", unfinished.display()))?;
    }
    fs::create_dir_all(&unfinished).with_context(|| format!("cannot make {}", unfinished.display()))?;
    let packages = [format!("linux-image-{release}"), format!("linux-headers-{release}")];
    let files = apt.download(&packages, &unfinished)?;
    let progress = Progress::spinner("unpacking");
    for (file, below) in files.iter().zip(["image", "headers"]) {
        apt.unpack(file, &unfinished.join(below))?;
        fs::remove_file(file).with_context(|| format!("cannot remove {}", file.display()))?;
    }
    progress.done("Unpacked.");
    fs::rename(&unfinished, folder.join(release)).context("cannot put the unpacked packages in their place")
}

/// What to do where apt does not do it.
const BY_HAND: &str = "

What is needed is two packages of Debian 12 (bookworm) for amd64: the one that linux-image-amd64 depends
on, linux-image-6.1.0-NN-amd64 (the modules), and linux-headers-6.1.0-NN-amd64 (Module.symvers).

In a container, from the root of the course:
  docker run --rm -v \"$PWD\":/course -w /course debian:12 sh -c '
    apt-get update && cd /tmp && mkdir -p /course/target/debian &&
    image=$(apt-cache depends linux-image-amd64 | sed -n \"s/ *Depends: //p\") &&
    apt-get download $image linux-headers-${image#linux-image-} &&
    for deb in *.deb; do dpkg-deb -x $deb /course/target/debian/by-hand; done'

By hand: on Debian's site, the page of linux-image-amd64 for bookworm names the package and leads to it. Unpack each of
the two in a folder of your choice with
  ar x PACKAGE.deb && tar -xf data.tar.xz

Then: cargo course modules target/debian/by-hand (or that folder)";

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    /// A folder with programs of these names, each a shell script.
    fn programs(scripts: &[(&str, &str)]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (name, script) in scripts {
            let path = dir.path().join(name);
            fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
        dir
    }

    fn refusal(scripts: &[(&str, &str)]) -> String {
        let (programs, folder) = (programs(scripts), tempfile::tempdir().unwrap());
        format!("{:#}", fetch_with(programs.path().as_os_str(), folder.path()).unwrap_err())
    }

    #[test]
    fn without_apt_it_says_which_packages_and_how_to_unpack_them() {
        let said = refusal(&[]);
        for part in [
            "no apt",
            "linux-headers-6.1.0-NN-amd64",
            "docker run",
            "ar x",
            "cargo course modules target/debian/by-hand",
        ] {
            assert!(said.contains(part), "{said}");
        }
    }

    #[test]
    fn offline_it_repeats_what_apt_said_and_goes_on_with_what_to_do() {
        let offline =
            "echo 'W: noise' >&2; echo 'E: Failed to fetch http://mirror.example/debian' >&2; exit 100";
        let said = refusal(&[("apt-get", offline), ("apt-cache", ""), ("dpkg-deb", "")]);
        assert!(
            said.starts_with("apt-get could not: E: Failed to fetch http://mirror.example/debian."),
            "{said}"
        );
        assert!(said.contains("By hand:"), "{said}");
    }

    #[test]
    fn another_distribution_is_told_that_it_takes_debian_12() {
        let said = refusal(&[
            ("apt-get", ""),
            ("apt-cache", "echo '  Depends: linux-image-6.12.43+deb13-amd64'"),
            ("dpkg-deb", ""),
        ]);
        assert!(
            said.contains("is linux-image-6.12.43+deb13-amd64 here, and the simulated kernel is a 6.1.x"),
            "{said}"
        );
        let said = refusal(&[("apt-get", ""), ("apt-cache", ""), ("dpkg-deb", "")]);
        assert!(said.contains("have no linux-image-amd64"), "{said}");
    }

    /// An apt-get that makes empty files, and a dpkg-deb that makes one module's place.
    const DOWNLOADS: [(&str, &str); 3] = [
        (
            "apt-get",
            "case \"$*\" in *--print-uris*) echo \"'u' linux-headers-6.1.0-56-amd64_1_amd64.deb 1 h\"; echo \"'u' linux-image-6.1.0-56-amd64_1_amd64.deb 1 h\";; *download*) : > linux-headers-6.1.0-56-amd64_1_amd64.deb; : > linux-image-6.1.0-56-amd64_1_amd64.deb;; esac",
        ),
        ("apt-cache", "echo '  Depends: linux-image-6.1.0-56-amd64'"),
        ("dpkg-deb", "case $2 in *image*) mkdir -p \"$3/lib/modules/6.1.0-56-amd64\";; esac"),
    ];

    #[test]
    fn a_package_is_fetched_once_and_serves_offline_afterwards() {
        let folder = tempfile::tempdir().unwrap();
        let tools = programs(&DOWNLOADS);
        let path = std::env::join_paths([tools.path(), Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
        let image = fetch_with(&path, folder.path()).unwrap();
        assert!(image.join("lib/modules/6.1.0-56-amd64").is_dir());
        assert!(!folder.path().join("unfinished").exists());

        let offline = programs(&[("apt-get", "exit 100"), ("apt-cache", ""), ("dpkg-deb", "exit 1")]);
        assert_eq!(fetch_with(offline.path().as_os_str(), folder.path()).unwrap(), image);
    }

    #[test]
    fn a_download_that_breaks_off_leaves_nothing_that_looks_whole() {
        let folder = tempfile::tempdir().unwrap();
        let full = "echo 'dpkg-deb: error: cannot write: No space left on device' >&2; exit 2";
        let tools = programs(&[DOWNLOADS[0], DOWNLOADS[1], ("dpkg-deb", full)]);
        let error = fetch_with(tools.path().as_os_str(), folder.path()).unwrap_err();
        assert!(crate::trouble::sentence(&error).contains("The disk is full"), "{error:#}");
        assert!(!folder.path().join("6.1.0-56-amd64").exists());
        let tools = programs(&DOWNLOADS);
        let path = std::env::join_paths([tools.path(), Path::new("/usr/bin"), Path::new("/bin")]).unwrap();
        fetch_with(&path, folder.path()).unwrap();
    }
}
