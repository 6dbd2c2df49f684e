//! One run of cargo that builds something, followed through its messages: progress, executables, and what is wrong.

use std::{
    collections::HashSet,
    io::{BufRead, BufReader, IsTerminal},
    path::PathBuf,
    process::{ChildStderr, Command, Stdio},
    thread,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{progress::Progress, root::Root};

/// What was built.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Built {
    /// The executables by the name of their target.
    pub executables: Vec<(String, PathBuf)>,
    /// The warnings about the course's own crates, in rustc's words.
    pub warnings: Vec<String>,
}

impl Built {
    /// The executable of the target `name`.
    ///
    /// # Errors
    /// cargo built none of this name.
    pub fn executable(&self, name: &str) -> Result<PathBuf> {
        let executable = self.executables.iter().find(|(target, _)| target == name);
        executable.map(|(_, path)| path.clone()).with_context(|| format!("cargo built no {name}"))
    }
}

/// What does not build.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Broken {
    /// rustc's own words, an error each; paths are from the root.
    pub errors: Vec<String>,
    /// Where the first error is.
    pub first: Option<Place>,
    /// cargo's words, where it was not rustc that failed.
    pub cargo: String,
}

impl Broken {
    /// Prints rustc's own words, or where it was not rustc that failed, cargo's.
    pub fn print(&self) {
        self.errors.iter().for_each(|error| eprintln!("{}", error.trim_end()));
        if self.errors.is_empty() {
            eprint!("{}", self.cargo);
        }
    }
}

/// A place in a source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file, from the root.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The column, counted from 1.
    pub column: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// Runs `command`, a cargo that builds, with `progress`.
///
/// # Errors
/// cargo cannot be run. That something does not build is the inner error.
pub fn run(root: &Root, command: Command, progress: &Progress) -> Result<Result<Built, Broken>> {
    let (succeeded, messages) = listen(root, command, progress)?;
    let part = messages.about(|_| true);
    Ok(if succeeded { Ok(part.built) } else { Err(Broken { cargo: messages.cargo, ..part.broken }) })
}

/// The same for a cargo that builds an executable of each of `packages`, and goes on where one does not build. What is
/// said of other packages belongs to each of them.
///
/// # Errors
/// cargo cannot be run. That a package does not build is the inner error.
pub fn run_each(
    root: &Root,
    command: Command,
    packages: &[String],
    progress: &Progress,
) -> Result<Vec<Result<Built, Broken>>> {
    let (_, messages) = listen(root, command, progress)?;
    let of_package = |package: &String| {
        let part = messages.about(|other| other == package || !packages.iter().any(|one| one == other));
        match part.built.executables.is_empty() {
            true => Err(Broken { cargo: messages.cargo.clone(), ..part.broken }),
            false => Ok(part.built),
        }
    };
    Ok(packages.iter().map(of_package).collect())
}

/// Runs cargo and reads what it says to its end; whether it succeeded.
fn listen(root: &Root, mut command: Command, progress: &Progress) -> Result<(bool, Messages)> {
    let format = if std::io::stderr().is_terminal() { "json-diagnostic-rendered-ansi" } else { "json" };
    command.args(["--message-format", format]);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().context("cannot run cargo")?;
    let stderr = child.stderr.take().context("cargo has no stderr")?;
    let waiting = progress.clone();
    let said = thread::spawn(move || trouble(stderr, &waiting));
    let stdout = child.stdout.take().context("cargo has no stdout")?;
    let mut messages = Messages { here: format!("{}/", root.path().display()), ..Messages::default() };
    messages.follow(BufReader::new(stdout), progress);
    let status = child.wait().context("cannot wait for cargo")?;
    messages.cargo = said.join().unwrap_or_default();
    Ok((status.success(), messages))
}

/// What was said of a package, or of several.
#[derive(Debug, Default)]
struct Part {
    built: Built,
    broken: Broken,
}

#[derive(Default)]
struct Messages {
    /// The root, as it begins a path.
    here: String,
    done: HashSet<String>,
    /// By the package's name, in the order in which they were first spoken of.
    parts: Vec<(String, Part)>,
    cargo: String,
}

impl Messages {
    /// Reads cargo's messages to their end.
    fn follow(&mut self, messages: impl BufRead, progress: &Progress) {
        for line in messages.lines().map_while(Result::ok) {
            let Ok(message) = serde_json::from_str::<Value>(&line) else { continue };
            match message["reason"].as_str() {
                Some("compiler-artifact") => self.artifact(&message, progress),
                Some("compiler-message") => self.diagnostic(&message),
                _ => {}
            }
        }
    }

    /// All that was said of the packages that `is_wanted` picks.
    fn about(&self, is_wanted: impl Fn(&str) -> bool) -> Part {
        let mut all = Part::default();
        for (_, Part { built, broken }) in self.parts.iter().filter(|(package, _)| is_wanted(package)) {
            all.built.executables.extend(built.executables.iter().cloned());
            add_new(&mut all.built.warnings, &built.warnings);
            add_new(&mut all.broken.errors, &broken.errors);
            all.broken.first = all.broken.first.take().or(broken.first.clone());
        }
        all
    }

    fn part(&mut self, message: &Value) -> &mut Part {
        let package = package(message["package_id"].as_str().unwrap_or_default());
        let at = self.parts.iter().position(|(name, _)| name == package).unwrap_or_else(|| {
            self.parts.push((package.to_string(), Part::default()));
            self.parts.len() - 1
        });
        &mut self.parts[at].1
    }

    fn artifact(&mut self, message: &Value, progress: &Progress) {
        let kinds = message["target"]["kind"].as_array();
        if kinds.is_some_and(|kinds| kinds.contains(&"custom-build".into())) {
            return;
        }
        self.done.insert(message["package_id"].to_string());
        progress.at(self.done.len() as u64);
        let name = message["target"]["name"].as_str().unwrap_or_default();
        if let Some(executable) = message["executable"].as_str() {
            self.part(message).built.executables.push((name.to_string(), executable.into()));
        }
    }

    fn diagnostic(&mut self, all: &Value) {
        let message = &all["message"];
        let rendered = message["rendered"].as_str().unwrap_or_default().replace(&self.here, "");
        match message["level"].as_str() {
            Some("warning") if !message["spans"].as_array().is_none_or(Vec::is_empty) => {
                add_new(&mut self.part(all).built.warnings, &[rendered]);
            }
            // "aborting due to 2 previous errors" says nothing that the errors have not said.
            Some("error") if !rendered.contains("aborting due to ") => {
                let place = primary_place(message, &self.here);
                let broken = &mut self.part(all).broken;
                broken.first = broken.first.take().or(place);
                add_new(&mut broken.errors, &[rendered]);
            }
            _ => {}
        }
    }
}

/// The name of the package that has this id: behind `#`, before `@`; where its folder is called as it is, the folder's.
fn package(id: &str) -> &str {
    let (place, rest) = id.split_once('#').unwrap_or((id, ""));
    match rest.split_once('@') {
        Some((name, _)) => name,
        None => place.rsplit('/').next().unwrap_or(place),
    }
}

/// Adds what was not said before.
fn add_new(said: &mut Vec<String>, more: &[String]) {
    for rendered in more {
        if !is_said(said, rendered) {
            said.push(rendered.clone());
        }
    }
}

/// Whether the same was said before: a lab's file that is compiled twice, once plain and once in `model`, is wrong twice,
/// and there is one place to mend. The two speak of the same types by other paths.
fn is_said(said: &[String], rendered: &str) -> bool {
    let rendered = without_paths(rendered);
    said.iter().any(|said| without_paths(said) == rendered)
}

/// rustc's words with `Type` for each `path::to::Type`, and without colours and what depends on their length.
fn without_paths(rendered: &str) -> String {
    let rendered = console::strip_ansi_codes(rendered);
    let mut out = String::new();
    for part in rendered.split_inclusive("::") {
        match part.strip_suffix("::") {
            Some(path) => out += path.trim_end_matches(|c: char| c.is_alphanumeric() || c == '_'),
            None => out += part,
        }
    }
    out.retain(|c| !c.is_whitespace());
    out
}

fn primary_place(message: &Value, here: &str) -> Option<Place> {
    let span = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
    let file = span["file_name"].as_str()?;
    let number = |name: &str| span[name].as_u64().and_then(|number| u32::try_from(number).ok());
    Some(Place {
        file: file.strip_prefix(here).unwrap_or(file).to_string(),
        line: number("line_start")?,
        column: number("column_start")?,
    })
}

/// Collects what cargo says about trouble; while another cargo has the folder, says so.
fn trouble(stderr: ChildStderr, progress: &Progress) -> String {
    let mut said = String::new();
    for line in BufReader::new(stderr).lines().map_while(Result::ok) {
        if line.contains("waiting for file lock on package cache") {
            progress.say("waiting: another cargo is looking for packages");
        } else if line.contains("Blocking waiting for file lock") {
            progress.say("waiting: another cargo (your editor's?) is building here");
        } else if !line.trim_start().starts_with("Compiling ") {
            said += &line;
            said.push('\n');
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(messages: &str) -> Messages {
        let mut followed = Messages { here: "/course/".into(), ..Messages::default() };
        followed.follow(messages.as_bytes(), &Progress::steps("test", 1));
        followed
    }

    #[test]
    fn the_executable_is_the_targets_own_and_build_scripts_do_not_count() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","package_id":"a","target":{"kind":["custom-build"],"name":"build-script-build"},"executable":"/no"}"#,
            "\nnot JSON\n",
            r#"{"reason":"compiler-artifact","package_id":"l","target":{"kind":["lib"],"name":"loader"},"executable":null}"#,
            "\n",
            r#"{"reason":"compiler-artifact","package_id":"l","target":{"kind":["bin"],"name":"loader"},"executable":"/t/loader"}"#,
            "\n",
        );
        let followed = follow(messages);
        assert_eq!(
            followed.about(|_| true).built.executables,
            [("loader".to_string(), PathBuf::from("/t/loader"))]
        );
        assert_eq!(followed.done.len(), 1);
    }

    #[test]
    fn a_file_that_is_compiled_twice_is_wrong_once() {
        let message = |level: &str, words: &str, file: &str| {
            serde_json::json!({ "reason": "compiler-message", "message": {
                "level": level, "rendered": format!("{words}\n --> /course/{file}:3:5\n"),
                "spans": [{ "is_primary": true, "file_name": format!("/course/{file}"), "line_start": 3, "column_start": 5 }],
            } })
            .to_string()
        };
        let messages = [
            message("error", "no method `x` for `&refcount::R`", "a.rs"),
            message("error", "no method `x` for `&model::refcount::R`", "a.rs"),
            message("error", "no method `y` for `&refcount::R`", "a.rs"),
            message("error", "no method `x` for `&refcount::R`", "b.rs"),
            message("warning", "unused", "a.rs"),
            message("warning", "unused", "a.rs"),
        ];
        let followed = follow(&messages.join("\n")).about(|_| true);
        assert_eq!(followed.broken.errors.len(), 3, "{:?}", followed.broken.errors);
        assert_eq!(followed.built.warnings.len(), 1, "{:?}", followed.built.warnings);
    }

    #[test]
    fn of_packages_that_are_built_at_once_each_has_its_own_errors_and_those_of_what_it_needs() {
        let error = |id: &str, words: &str| {
            serde_json::json!({ "reason": "compiler-message", "package_id": id, "message": {
                "level": "error", "rendered": words, "spans": [] } })
            .to_string()
        };
        let messages = [
            error("path+file:///course/target/elf-at-hand-1#0.1.0", "one"),
            error("path+file:///course/target/x#elf-at-hand-2@0.1.0", "two"),
            error("registry+https://example.org/index#goblin@0.10.0", "both"),
        ];
        let followed = follow(&messages.join("\n"));
        for (package, own) in [("elf-at-hand-1", "one"), ("elf-at-hand-2", "two")] {
            let part = followed.about(|other| other == package || !other.starts_with("elf"));
            assert_eq!(part.broken.errors, [own, "both"]);
        }
    }

    #[test]
    fn the_first_error_is_placed_from_the_root_and_the_last_summary_left_out() {
        let messages = concat!(
            r#"{"reason":"compiler-message","message":{"level":"error","rendered":"error: no\n --> /course/labs/a.rs:3:5\n","spans":[{"is_primary":true,"file_name":"/course/labs/a.rs","line_start":3,"column_start":5}]}}"#,
            "\n",
            r#"{"reason":"compiler-message","message":{"level":"error","rendered":"error: aborting due to 1 previous error","spans":[]}}"#,
            "\n",
        );
        let broken = follow(messages).about(|_| true).broken;
        assert_eq!(broken.first.unwrap().to_string(), "labs/a.rs:3:5");
        assert_eq!(broken.errors, ["error: no\n --> labs/a.rs:3:5\n"]);
    }
}
