//! What a lab must have, and how it hangs together by its tasks' names.

use super::Proof;
use crate::{
    files::{read, rust_files},
    hints,
    manifest::Lab,
    root::Root,
    session::Session,
};

/// The widest words of a `todo!`, so that it stays one line; characters.
const WORDS: usize = 95;
/// The longest reason that is still one sentence to read while waiting; characters.
const REASON: usize = 200;

/// Checks what can be seen without building anything.
pub fn check(root: &Root, lab: &Lab, proof: &mut Proof) {
    let tasks = lab.tasks.len();
    proof.holds((3..=8).contains(&tasks), || format!("it has {tasks} tasks, not three to eight"));
    for task in &lab.tasks {
        let name = &task.name;
        proof.holds(task.write.chars().count() <= WORDS, || {
            format!("{name}: `write` is longer than {WORDS} characters")
        });
        proof.holds(task.why.chars().count() <= REASON, || {
            format!("{name}: `why` is longer than {REASON} characters")
        });
        let tests = format!("{}/tests/{name}.rs", lab.starter());
        proof.holds(root.join(&tests).is_file(), || format!("{name} has no tests: {tests} is missing"));
        let mistaken = lab.mistakes.iter().any(|mistake| mistake.task == *name);
        proof.holds(mistaken, || format!("no mistake is named for {name}"));
    }
    if let Err(error) = hints::of_lab(root, lab) {
        proof.breach(format!("{error:#}"));
    }
    chapter(root, lab, proof);
    if let Err(error) = Session::of_lab(root, lab).and_then(|session| read(&session.transcript())) {
        proof.breach(format!("its checkpoint: {error:#}"));
    }
    patches(root, lab, proof);
    no_snapshots(root, lab, proof);
}

/// The chapter is in the summary and has a section for each task.
fn chapter(root: &Root, lab: &Lab, proof: &mut Proof) {
    let path = lab.chapter();
    let text = read(&root.join(&path)).unwrap_or_default();
    proof.holds(!text.is_empty(), || format!("it has no chapter {path}"));
    let listed = read(&root.join("book/SUMMARY.md"))
        .is_ok_and(|summary| summary.contains(&format!("({}.md)", lab.folder())));
    proof.holds(listed, || format!("book/SUMMARY.md does not list {path}"));
    for task in &lab.tasks {
        let id = format!("{{#{}}}", task.name);
        let there = text.lines().any(|line| line.starts_with("### ") && line.trim_end().ends_with(&id));
        proof.holds(there, || format!("{path} has no heading that ends in {id}"));
    }
    for part in ["## What you will be able to do", "## Predict before coding", "## The lab", "## Checkpoint"]
    {
        proof.holds(text.lines().any(|line| line == part), || format!("{path} has no part '{part}'"));
    }
}

/// Every patch is named in the manifest, and every name has its patch.
fn patches(root: &Root, lab: &Lab, proof: &mut Proof) {
    let folder = root.join(lab.solution()).join("mistakes");
    let entries =
        std::fs::read_dir(&folder).map(|entries| entries.flatten().collect::<Vec<_>>()).unwrap_or_default();
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let named = lab.mistakes.iter().any(|mistake| name == format!("{}.patch", mistake.name));
        proof.holds(named, || format!("{}/mistakes/{name} is not named in labs.toml", lab.solution()));
    }
}

/// A learner's wrong answer must fail a test, and never rewrite what is expected.
fn no_snapshots(root: &Root, lab: &Lab, proof: &mut Proof) {
    for path in rust_files(&root.join(lab.starter()).join("tests")).unwrap_or_default() {
        let uses = read(&path).is_ok_and(|text| text.contains("insta::"));
        proof.holds(!uses, || format!("{} uses snapshots: they are for the solutions", root.short(&path)));
    }
}
