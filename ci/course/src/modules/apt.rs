//! Debian's own tools, used without root: package lists and downloads kept in a folder of ours.

use std::{
    ffi::{OsStr, OsString},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use crate::progress::Progress;

/// apt-get, apt-cache and dpkg-deb, with their state in `folder`.
pub struct Apt {
    get: PathBuf,
    cache: PathBuf,
    dpkg_deb: PathBuf,
    options: Vec<OsString>,
}

impl Apt {
    /// The tools on `path` (as in the variable PATH); `None` where one of them is missing.
    pub fn on(path: &OsStr, folder: &Path) -> Result<Option<Apt>> {
        let find =
            |name: &str| std::env::split_paths(path).map(|dir| dir.join(name)).find(|file| file.is_file());
        let (Some(get), Some(cache), Some(dpkg_deb)) = (find("apt-get"), find("apt-cache"), find("dpkg-deb"))
        else {
            return Ok(None);
        };
        let mut options = vec!["-oAPT::Update::Error-Mode=any".into()];
        for (option, below) in
            [("Dir::State::lists", "lists"), ("Dir::Cache", "cache"), ("Dir::Cache::archives", "archives")]
        {
            let dir = folder.join(below);
            fs::create_dir_all(dir.join("partial"))
                .with_context(|| format!("cannot make {}", dir.display()))?;
            let mut said = OsString::from(format!("-o{option}="));
            said.push(dir);
            options.push(said);
        }
        Ok(Some(Apt { get, cache, dpkg_deb, options }))
    }

    /// Reads the lists of packages anew.
    ///
    /// # Errors
    /// What apt-get says when it cannot.
    pub fn update(&self) -> Result<()> {
        let progress = Progress::spinner("reading Debian's lists of packages");
        output(self.command(&self.get).arg("update"))?;
        progress.done("Debian's lists of packages are read.");
        Ok(())
    }

    /// The first package that `package` depends on; `None` where the lists do not have it.
    ///
    /// # Errors
    /// apt-cache cannot be run.
    pub fn first_dependency(&self, package: &str) -> Result<Option<String>> {
        let said =
            self.command(&self.cache).args(["depends", package]).output().context("cannot run apt-cache")?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        Ok(said.lines().find_map(|line| line.trim().strip_prefix("Depends: ").map(str::to_string)))
    }

    /// Downloads `packages` into `folder`, and returns their files in the same order; apt checks signatures and sums.
    ///
    /// # Errors
    /// What apt-get says: not there, offline, disk full.
    pub fn download(&self, packages: &[String], folder: &Path) -> Result<Vec<PathBuf>> {
        let uris = output(self.command(&self.get).args(["--print-uris", "download"]).args(packages))?;
        let files = parse_uris(&String::from_utf8_lossy(&uris.stdout));
        ensure!(
            files.len() == packages.len(),
            "apt-get knows only {} of {}",
            files.len(),
            packages.join(", ")
        );
        // apt-get prints them in an order of its own.
        let file_of = |package: &String| {
            let (name, _) = files.iter().find(|(name, _)| name.starts_with(&format!("{package}_")))?;
            Some(folder.join(name))
        };
        let paths: Option<Vec<PathBuf>> = packages.iter().map(file_of).collect();
        let paths = paths.with_context(|| format!("apt-get has other files for {}", packages.join(", ")))?;
        let progress =
            Progress::bytes("downloading the kernel's packages", files.iter().map(|(_, bytes)| bytes).sum());
        let mut download = self.command(&self.get);
        download.arg("download").args(packages).current_dir(folder);
        let work = thread::spawn(move || output(&mut download));
        while !work.is_finished() {
            thread::sleep(Duration::from_millis(100));
            progress.at(paths.iter().filter_map(|path| Some(path.metadata().ok()?.len())).sum());
        }
        work.join().map_err(|_| anyhow::anyhow!("the download was lost"))??;
        progress.done(&format!("{} and its headers are here.", packages[0]));
        Ok(paths)
    }

    /// Unpacks the package file `deb` into `folder`.
    ///
    /// # Errors
    /// What dpkg-deb says when it cannot.
    pub fn unpack(&self, deb: &Path, folder: &Path) -> Result<()> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        output(Command::new(&self.dpkg_deb).arg("-x").arg(deb).arg(folder)).map(drop)
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.args(&self.options).env("LC_ALL", "C.UTF-8");
        command
    }
}

/// Runs `command` to its end; a failure becomes what it said last, in one line.
fn output(command: &mut Command) -> Result<Output> {
    let program =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().with_context(|| format!("cannot run {program}"))?;
    if !output.status.success() {
        bail!("{program} could not: {}", complaint(&String::from_utf8_lossy(&output.stderr)));
    }
    Ok(output)
}

/// What matters of what a tool said: that the disk is full, else apt's errors, else the last line.
fn complaint(said: &str) -> String {
    if let Some(line) = said.lines().find(|line| line.contains("No space left on device")) {
        return line.to_string();
    }
    let mut lines: Vec<&str> = said.lines().filter(|line| line.starts_with("E: ")).collect();
    if lines.is_empty() {
        lines.extend(said.lines().last());
    }
    lines.join(" ")
}

/// The lines of `apt-get --print-uris`: `'URI' FILE SIZE HASH`, as file names and sizes.
fn parse_uris(text: &str) -> Vec<(String, u64)> {
    let line = |line: &str| {
        let mut words = line.strip_prefix('\'')?.split(' ').skip(1);
        let name = words.next().filter(|name| !name.contains('/'))?;
        Some((name.to_string(), words.next()?.parse().ok()?))
    };
    text.lines().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_is_what_matters_of_what_dpkg_deb_says() {
        let said = "tar: ./boot/x: Cannot write: No space left on device\ndpkg-deb: error: tar subprocess returned 2\n";
        assert_eq!(complaint(said), "tar: ./boot/x: Cannot write: No space left on device");
        assert_eq!(complaint("W: noise\nE: one\nE: two\n"), "E: one E: two");
        assert_eq!(complaint("noise\nlast\n"), "last");
    }

    #[test]
    fn the_sizes_of_the_downloads_are_known_beforehand() {
        let text = "'http://example.org/x/linux-image-6.1.0-56-amd64_6.1.192-2_amd64.deb' linux-image.deb 70550672 SHA256:a86e\nnoise\n'u' ../evil 1 x\n";
        assert_eq!(parse_uris(text), [("linux-image.deb".to_string(), 70_550_672)]);
    }
}
