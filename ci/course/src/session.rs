//! A session: a script, and what was printed when it ran. The book and the README show it.
//!
//! `NAME.txt` is typed at the simulated kernel's shell, `NAME.sh` at the reader's own; `NAME.out` is what came of it.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{demo, manifest::Lab, root::Root};

/// Where the sessions are. Those that need Debian's modules are in `debian/`.
const FOLDER: &str = "book/sessions";

/// One script and the file of its transcript.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// The script.
    pub script: PathBuf,
    /// It needs the modules that `cargo course modules` fetches.
    pub real: bool,
}

impl Session {
    /// Every session of the course.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn all(root: &Root) -> Result<Vec<Session>> {
        let mut sessions = Vec::new();
        for (folder, real) in [(root.join(FOLDER), false), (root.join(FOLDER).join("debian"), true)] {
            let entries =
                std::fs::read_dir(&folder).with_context(|| format!("cannot read {}", folder.display()))?;
            let scripts = entries.flatten().map(|entry| entry.path());
            let scripts = scripts
                .filter(|path| path.extension().is_some_and(|ending| ending == "txt" || ending == "sh"));
            sessions.extend(scripts.map(|script| Session { script, real }));
        }
        sessions.sort();
        Ok(sessions)
    }

    /// The session of a lab's checkpoint.
    ///
    /// # Errors
    /// There is none.
    pub fn of_lab(root: &Root, lab: &Lab) -> Result<Session> {
        let script = root.join(FOLDER).join(lab.folder());
        let scripts = ["txt", "sh"].map(|ending| script.with_extension(ending));
        let script = scripts.into_iter().find(|script| script.is_file());
        let script = script.with_context(|| format!("lab {} has no session in {FOLDER}", lab.number))?;
        Ok(Session { script, real: false })
    }

    /// The file of its transcript.
    pub fn transcript(&self) -> PathBuf {
        self.script.with_extension("out")
    }

    /// Runs it in the folder `modules`; returns what was printed.
    ///
    /// # Errors
    /// The loader cannot be run, or a line of the script fails.
    pub fn run(&self, loader: &Path, modules: &Path) -> Result<String> {
        if self.script.extension().is_some_and(|ending| ending == "sh") {
            let script = std::fs::read_to_string(&self.script);
            let script = script.with_context(|| format!("cannot read {}", self.script.display()))?;
            return script.lines().map(|line| self.run_line(line, loader, modules)).collect();
        }
        self.printed(&mut demo::session(loader, modules, &self.script, self.real))
    }

    /// Runs one line as a reader would, `cargo loader` being the loader at hand. Marked with `!`, it may fail.
    fn run_line(&self, line: &str, loader: &Path, modules: &Path) -> Result<String> {
        let (line, may_fail) = line.strip_prefix('!').map_or((line, ""), |rest| (rest, "\ntrue"));
        let command = line.replace("cargo loader", &format!("'{}'", loader.display()));
        let script = format!("exec 2>&1\n{command}{may_fail}");
        let printed = self.printed(Command::new("sh").args(["-c", &script]).current_dir(modules))?;
        Ok(format!("$ {line}\n{printed}"))
    }

    fn printed(&self, command: &mut Command) -> Result<String> {
        let output = command.output().with_context(|| format!("cannot run {}", self.script.display()))?;
        let printed = String::from_utf8_lossy(&output.stdout).into_owned();
        let said = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{} failed:\n{printed}{said}", self.script.display());
        Ok(printed)
    }
}

/// What two runs of a session have in common: times, addresses and the bytes of code taken out.
pub fn canonical(transcript: &str) -> String {
    let mut canonical = String::new();
    for line in transcript.lines() {
        let stamp = line.strip_prefix('[').and_then(|rest| rest.split_once("] "));
        let line = match stamp {
            Some((time, rest)) if is_time(time) => format!("[time] {rest}"),
            _ => line.to_string(),
        };
        // An oops prints the bytes around the instruction, and addresses stand in them too.
        let line = line.split_inclusive("Code: ").next().unwrap_or_default();
        canonical += &without_addresses(line);
        canonical.push('\n');
    }
    canonical
}

/// A time as printk writes it: seconds, a dot, microseconds.
fn is_time(text: &str) -> bool {
    let (seconds, micros) = text.trim_start().split_once('.').unwrap_or_default();
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(seconds) && digits(micros)
}

/// Every hexadecimal number of eight digits or more becomes `address`, but for one that stands alone: a digest.
fn without_addresses(line: &str) -> String {
    if !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return line.to_string();
    }
    let mut out = String::new();
    let mut rest = line;
    while let Some(at) = rest.find(|c: char| c.is_ascii_alphanumeric()) {
        out += &rest[..at];
        let word = &rest[at..];
        let end = word.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(word.len());
        let digits = word[..end].strip_prefix("0x").unwrap_or(&word[..end]);
        let is_address = digits.len() >= 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        out += if is_address { "address" } else { &word[..end] };
        rest = &word[end..];
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_differ_in_times_and_addresses_only() {
        let run = |time, address| {
            format!("[    {time}] parrot: loaded at {address}\nparrot 16384 0 - Live 0x{address}\n")
        };
        assert_eq!(
            canonical(&run("0.001234", "0000000040a81000")),
            canonical(&run("12.345678", "0000000041b92000"))
        );
        assert_ne!(canonical("[    0.1] a\n"), canonical("[    0.1] b\n"));
    }

    #[test]
    fn numbers_that_mean_something_stay() {
        let line = "crc8(\"123456789\") = 0xf4, errno -16 [parrot]\n";
        assert_eq!(canonical(line).replace("address", "123456789"), line);
        for line in ["parrot 16384 1\n", "85944171f73967e8\n"] {
            assert_eq!(canonical(line), line);
        }
    }
}
