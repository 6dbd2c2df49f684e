//! A cargo workspace below `target/course/` that puts a loader together from parts of two kinds: the learner's crates in
//! `labs/` and the reference's in `solutions/`. It holds manifests only; the sources stay where they are.
//!
//! Because cargo sees nothing but the lab at hand and those below it, only they are compiled, what is wrong elsewhere
//! is in nobody's way, and an editor that builds in `target/` does not have to be waited for.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result};
use toml_edit::{Array, Item, value};

use crate::{
    cargo::cargo,
    files::{read, write},
    lab_manifest::{self, Parts},
    manifest::{Lab, Manifest},
    originals,
    root::Root,
};

/// Whose crate stands for a lab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The one in `labs/`.
    Learners,
    /// The one in `solutions/`.
    Reference,
}

/// A workspace put together.
#[derive(Debug)]
pub struct Assembly {
    folder: PathBuf,
    target: PathBuf,
    /// The packages of the subject.
    packages: Vec<String>,
}

/// The lab that an assembly is about.
pub struct Subject<'a> {
    /// The lab.
    pub lab: &'a Lab,
    /// Whether its program is wanted, and not its tests.
    pub with_program: bool,
    /// The folders of its sources, where it is crates of its own, a copy each, and not one of those that the others use.
    pub copies: Vec<PathBuf>,
}

impl Assembly {
    /// Puts together `subject` and every lab that it depends on, each from where `whose` says, in the folder
    /// `target/course/NAME`.
    ///
    /// # Errors
    /// A Cargo.toml cannot be read or does not parse, or the folder cannot be written.
    pub fn new(
        root: &Root,
        manifest: &Manifest,
        name: &str,
        subject: &Subject,
        whose: impl Fn(&Lab) -> Whose,
    ) -> Result<Assembly> {
        let target = root.target().join("course");
        let folder = target.join(name);
        let mut crates = BTreeMap::new();
        let mut wanted = vec![subject.lab];
        while let Some(lab) = wanted.pop() {
            if crates.contains_key(&lab.folder()) {
                continue;
            }
            let (path, text) = cargo_toml(root, manifest, lab, whose(lab))?;
            wanted.extend(lab_manifest::depends_on(&text, &path, manifest)?);
            crates.insert(lab.folder(), (lab, path, text));
        }
        let (mut members, mut packages) = (Vec::new(), Vec::new());
        for (name, (lab, path, text)) in crates {
            let is_subject = lab.number == subject.lab.number;
            let own = || (name, lab.library.clone(), root.join(place(lab, whose(lab))).join("src"));
            // Nothing depends on the subject's copies: they stand instead of its own crate, beside the rest.
            let copies = subject.copies.iter().enumerate().map(|(at, src)| {
                let package = format!("{}-at-hand-{}", lab.library, at + 1);
                (package.clone(), package, src.clone())
            });
            let parts = match is_subject && !subject.copies.is_empty() {
                true => copies.collect(),
                false => vec![own()],
            };
            let examples = lab_manifest::examples(root, lab)?;
            for (name, package, src) in parts {
                let tests = root.join(lab.starter()).join("tests/lab.rs");
                let with_program = is_subject && subject.with_program;
                let parts =
                    Parts { package: &package, src: &src, tests: &tests, examples: &examples, with_program };
                let there = lab_manifest::elsewhere(&text, &path, lab, &parts)?;
                write(&folder.join(&name).join("Cargo.toml"), &there)?;
                members.push(name);
                packages.extend(is_subject.then_some(package));
            }
        }
        write(&folder.join("Cargo.toml"), &workspace(root, manifest, &members)?)?;
        let lock = root.join("Cargo.lock");
        if !folder.join("Cargo.lock").exists() || newer(&lock, &folder.join("Cargo.lock")) {
            write(&folder.join("Cargo.lock"), &read(&lock)?)?;
        }
        Ok(Assembly { folder, target: target.join("build"), packages })
    }

    /// The subject's packages: its copies in their order, or its one.
    pub fn packages(&self) -> &[String] {
        &self.packages
    }

    /// A cargo that builds from the subject's packages what is asked for besides.
    pub fn cargo(&self, root: &Root) -> Command {
        let mut command = cargo(root);
        command.arg("build");
        for package in &self.packages {
            command.args(["--package", package]);
        }
        command.current_dir(&self.folder).env("CARGO_TARGET_DIR", &self.target);
        // Also where the machine says otherwise: the same few files are compiled again and again.
        command.env("CARGO_INCREMENTAL", "1");
        command
    }
}

fn place(lab: &Lab, whose: Whose) -> String {
    match whose {
        Whose::Learners => lab.starter(),
        Whose::Reference => lab.solution(),
    }
}

/// The Cargo.toml that a lab's crate goes by, and its text: the learner's own, or as the starter's is derived.
fn cargo_toml(root: &Root, manifest: &Manifest, lab: &Lab, whose: Whose) -> Result<(PathBuf, String)> {
    let path = root.join(lab.starter()).join("Cargo.toml");
    let text = match whose {
        Whose::Learners => read(&path)?,
        Whose::Reference => {
            originals::need_solutions(root)?;
            lab_manifest::starter(root, manifest, lab)?
        }
    };
    Ok((root.short(&path).to_string().into(), text))
}

/// The workspace's own Cargo.toml: the course's, with these members, and with the ground floor where it is.
fn workspace(root: &Root, manifest: &Manifest, members: &[String]) -> Result<String> {
    let path = root.join("Cargo.toml");
    let mut document = lab_manifest::parse(&read(&path)?, Path::new("Cargo.toml"))?;
    let workspace = document.get_mut("workspace").and_then(Item::as_table_mut);
    let workspace = workspace.context("the course's Cargo.toml has no [workspace]")?;
    workspace.insert("members", value(members.iter().collect::<Array>()));
    workspace.remove("default-members");
    if let Some(dependencies) = workspace.get_mut("dependencies").and_then(Item::as_table_like_mut) {
        for lab in manifest.starters() {
            dependencies.remove(&lab.library);
        }
        for (_, dependency) in dependencies.iter_mut() {
            let path = dependency.get_mut("path").filter(|path| path.is_str());
            if let Some(path) = path {
                let below = path.as_str().unwrap_or_default().to_string();
                *path = value(root.join(below).display().to_string());
            }
        }
    }
    // Nobody steps through this build: with lines only it links faster.
    document["profile"]["dev"]["debug"] = value("line-tables-only");
    Ok(document.to_string())
}

fn newer(one: &Path, other: &Path) -> bool {
    let time = |path: &Path| path.metadata().and_then(|file| file.modified()).ok();
    time(one) > time(other)
}
