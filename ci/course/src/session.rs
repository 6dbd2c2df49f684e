//! A session: a script, and what was printed when it ran. The book and the README show it.
//!
//! `NAME.txt` is typed at the simulated kernel's shell, `NAME.sh` at the reader's own; `NAME.out` is what came of it.
//! Where a reader types `cargo loader`, `cargo course`, or `cargo run` for an example of a lab, the program at hand is run.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};

use crate::{
    demo,
    files::read,
    manifest::{Lab, Manifest},
    root::Root,
};

/// How a reader runs the finished loader.
const LOADER: &str = "cargo loader";
/// How a reader runs this tool.
const COURSE: &str = "cargo course";
/// How a reader runs an example; the package and `--example NAME` follow.
const RUN: &str = "cargo run -q -p ";

/// Where the sessions are. Those that need Debian's modules are in `debian/`; the scripts there that are typed at the reader's
/// own shell run in `lib/modules/RELEASE`.
const FOLDER: &str = "book/sessions";

/// One script and the file of its transcript.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Session {
    /// The script.
    pub script: PathBuf,
    /// It needs the modules that `cargo course modules` fetches.
    pub real: bool,
}

/// An example of a lab, in `labs/NN-crate/examples`, that a session runs with the lab's code in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Example {
    /// The lab's crate.
    pub library: String,
    /// The example.
    pub name: String,
}

/// What sessions run.
#[derive(Debug, Default)]
pub struct Programs {
    /// The finished loader.
    pub loader: Option<PathBuf>,
    /// Examples of labs.
    pub examples: BTreeMap<Example, PathBuf>,
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

    /// The examples of `manifest`'s labs that it runs.
    ///
    /// # Errors
    /// The script cannot be read.
    pub fn examples(&self, manifest: &Manifest) -> Result<BTreeSet<Example>> {
        let script = read(&self.script)?;
        let examples = script.lines().filter_map(Example::of);
        let is_lab = |example: &Example| manifest.labs.iter().any(|lab| lab.library == example.library);
        Ok(examples.filter(is_lab).collect())
    }

    /// Whether it runs the finished loader.
    ///
    /// # Errors
    /// The script cannot be read.
    pub fn needs_loader(&self) -> Result<bool> {
        Ok(!self.is_shell_script() || read(&self.script)?.contains(LOADER))
    }

    /// What it is called: `01-elf`, `debian/zstd`.
    pub fn name(&self) -> String {
        let stem = self.script.file_stem().unwrap_or_default().to_string_lossy();
        if self.real { format!("debian/{stem}") } else { stem.into_owned() }
    }

    /// Whether it is typed at the reader's own shell.
    pub fn is_shell_script(&self) -> bool {
        self.script.extension().is_some_and(|ending| ending == "sh")
    }

    /// Runs it in the folder `modules`; returns what was printed.
    ///
    /// # Errors
    /// A program that it needs is not among `programs` or cannot be run, or a line of the script fails.
    pub fn run(&self, programs: &Programs, modules: &Path) -> Result<String> {
        if self.is_shell_script() {
            return read(&self.script)?.lines().map(|line| self.run_line(line, programs, modules)).collect();
        }
        let loader = programs.loader.as_deref().context("it takes the finished loader to run a session")?;
        self.printed(&mut demo::session(loader, modules, &self.script, self.real))
    }

    /// Runs one line as a reader would, with `programs` for what is typed. Marked with `!`, it may fail.
    fn run_line(&self, line: &str, programs: &Programs, modules: &Path) -> Result<String> {
        let (line, may_fail) = line.strip_prefix('!').map_or((line, ""), |rest| (rest, "\ntrue"));
        let command = programs.stand_in(line);
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

impl Example {
    /// The example that `line` runs, if it runs one.
    fn of(line: &str) -> Option<Example> {
        let (library, rest) = line.strip_prefix(RUN)?.split_once(" --example ")?;
        let name = rest.split_whitespace().next()?;
        Some(Example { library: library.to_string(), name: name.to_string() })
    }

    /// How a reader runs it, up to its arguments.
    fn typed(&self) -> String {
        format!("{RUN}{} --example {}", self.library, self.name)
    }
}

impl Programs {
    /// `line` with the programs themselves in place of the cargo commands that build and run them.
    fn stand_in(&self, line: &str) -> String {
        let quoted = |path: &Path| format!("'{}'", path.display());
        if let Some(example) = Example::of(line)
            && let Some(program) = self.examples.get(&example)
        {
            return line.replacen(&example.typed(), &quoted(program), 1);
        }
        let line =
            std::env::current_exe().map_or(line.to_string(), |this| line.replace(COURSE, &quoted(&this)));
        self.loader.as_ref().map_or(line.clone(), |loader| line.replace(LOADER, &quoted(loader)))
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

/// A transcript with an `N` for every number, and one blank where there are some: who writes the same with other steps has
/// other numbers of interleavings.
pub fn without_numbers(transcript: &str) -> String {
    let mut without = String::new();
    for line in transcript.lines() {
        let words = line.split_whitespace().collect::<Vec<_>>().join(" ");
        let digits = words.chars().map(|c| if c.is_ascii_digit() { 'N' } else { c });
        let mut digits: Vec<char> = digits.collect();
        digits.dedup_by(|c, before| (*c, *before) == ('N', 'N'));
        without.extend(digits);
        without.push('\n');
    }
    without
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
    fn what_is_typed_is_the_program_at_hand_with_its_arguments() {
        let races = Example { library: "refcount".into(), name: "races".into() };
        let programs =
            Programs { loader: Some("/l".into()), examples: BTreeMap::from([(races, "/a b/races".into())]) };
        for (typed, run) in [
            ("cargo loader run x | cargo loader modinfo y", "'/l' run x | '/l' modinfo y"),
            ("cargo run -q -p refcount --example races NoCount Held", "'/a b/races' NoCount Held"),
            ("cargo run -q -p refcount --example race", "cargo run -q -p refcount --example race"),
            ("cargo run -q -p explore --features model --example race", ""),
        ] {
            assert_eq!(programs.stand_in(typed), if run.is_empty() { typed } else { run });
        }
    }

    #[test]
    fn a_session_says_which_programs_it_needs() {
        let root = Root::above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let manifest = Manifest::read(&root).unwrap();
        for (number, example, needs_loader) in [(9, None, true), (10, Some("races"), false), (7, None, true)]
        {
            let session = Session::of_lab(&root, manifest.lab(number).unwrap()).unwrap();
            let examples = session.examples(&manifest).unwrap();
            let names: Vec<&str> = examples.iter().map(|example| example.name.as_str()).collect();
            assert_eq!(
                (names.as_slice(), session.needs_loader().unwrap()),
                (example.as_slice(), needs_loader)
            );
        }
    }

    #[test]
    fn without_numbers_only_what_is_said_of_them_is_compared() {
        let said = |count, steps| format!("Held: none of {count} ends\ntwo stages  {count:>5} [{steps}]\n");
        assert_eq!(without_numbers(&said(49, 5)), without_numbers(&said(1234, 11)));
        let other = said(49, 5).replace("none", "all");
        assert_ne!(without_numbers(&said(49, 5)), without_numbers(&other));
        assert_ne!(without_numbers("a  63 [5]\n"), without_numbers("a [63] 5\n"), "what fails is another");
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
