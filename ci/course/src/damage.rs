//! `cargo course damage`: damaged modules, a file each, and what was done to every one of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use specimens::{
    damage::{Damaged, damages, kinds},
    stricter::{Specimen, specimens},
};

use crate::{
    files::{read_module, write},
    layout::wrapped,
    progress::Progress,
};

/// The file beside the damaged modules that says what was done to each.
pub const LIST: &str = "damage.json";

/// So many files take less than a second, and are nothing to watch.
const SOON: usize = 1000;

/// The options of `cargo course damage`.
#[derive(Debug, Args)]
pub struct Options {
    /// Modules to damage: .ko, .ko.gz, .ko.xz or .ko.zst; their signatures are cut off first
    #[arg(required_unless_present = "kinds")]
    files: Vec<PathBuf>,
    /// Which of all damages: the same seed damages the same file in the same ways, on every computer
    #[arg(short, long, default_value_t = 1)]
    seed: u64,
    /// How many damaged modules to make of each file
    #[arg(short, long, default_value_t = 100)]
    count: usize,
    /// Where they go: a folder that is empty, or is made
    #[arg(short, long, value_name = "DIR", required_unless_present = "kinds")]
    out: Option<PathBuf>,
    /// Name the kinds of damage, and make none
    #[arg(long, conflicts_with_all = ["files", "out"])]
    kinds: bool,
    /// Make no damage at random: break each rule that our loader has and Linux 6.1 has not, in every way that the book lists
    #[arg(long, conflicts_with_all = ["kinds", "seed", "count"])]
    stricter: bool,
    /// Print as JSON what was done to each; DIR/damage.json has the same
    #[arg(long)]
    json: bool,
}

/// Damages the modules, or names the kinds of damage.
///
/// # Errors
/// A file cannot be read or is no module, two have the same name, the folder holds something, or cannot be written to.
pub fn run(options: &Options) -> Result<()> {
    let Some(out) = options.out.as_ref().filter(|_| !options.kinds) else {
        print!("{}", list_of_kinds(options.json));
        return Ok(());
    };
    let modules = read_all(&options.files)?;
    make_empty(out)?;
    if options.stricter {
        return break_rules(&modules, out, options.json);
    }
    let total = options.count.saturating_mul(modules.len());
    let progress = match total < SOON {
        true => Progress::within(),
        false => Progress::steps("damaging modules", total as u64),
    };
    let (mut list, mut by_kind) = (Vec::new(), BTreeMap::<&str, usize>::new());
    for (name, file, bytes) in &modules {
        for (number, damaged) in damages(bytes, options.seed).take(options.count).enumerate() {
            let damaged_name = file_name(name, options.seed, number + 1, &damaged);
            let path = out.join(&damaged_name);
            fs::write(&path, &damaged.bytes).with_context(|| format!("cannot write {}", path.display()))?;
            *by_kind.entry(damaged.kind.name).or_default() += 1;
            list.push(entry(&damaged_name, file, number + 1, &damaged));
            progress.next();
        }
    }
    drop(progress);
    let document = json!({ "seed": options.seed, "count": options.count, "damaged": list });
    let summary = summary(list.len(), modules.len(), &format!("{} kinds of damage", by_kind.len()), out);
    conclude(&document, &summary, out, options.json)
}

/// Writes of each module the files that break a rule which Linux 6.1 does not have.
fn break_rules(modules: &[(String, &Path, Vec<u8>)], out: &Path, as_json: bool) -> Result<()> {
    let (mut list, mut rules) = (Vec::new(), BTreeSet::new());
    for (name, of, bytes) in modules {
        for Specimen { case, what, bytes } in specimens(bytes) {
            let file = format!("{name}-{}.ko", case.name);
            let path = out.join(&file);
            fs::write(&path, bytes).with_context(|| format!("cannot write {}", path.display()))?;
            rules.insert(case.rule.to_string());
            list.push(json!({ "file": file, "of": of, "rule": case.rule.to_string(), "what": what }));
        }
    }
    let summary = summary(list.len(), modules.len(), &format!("{} rules broken", rules.len()), out);
    conclude(&json!({ "damaged": list }), &summary, out, as_json)
}

/// Writes the list of what was done, and prints it or its summary.
fn conclude(document: &Value, summary: &str, out: &Path, as_json: bool) -> Result<()> {
    let text = format!("{document:#}\n");
    write(&out.join(LIST), &text)?;
    match as_json {
        true => print!("{text}"),
        false => println!("{summary}"),
    }
    Ok(())
}

/// Every module's name, its file and its bytes.
fn read_all(files: &[PathBuf]) -> Result<Vec<(String, &Path, Vec<u8>)>> {
    let mut modules: Vec<(String, &Path, Vec<u8>)> = Vec::new();
    for file in files {
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let name = name.split('.').next().unwrap_or_default().to_owned();
        if let Some((_, other, _)) = modules.iter().find(|(other, ..)| *other == name) {
            anyhow::bail!("{} and {} would have the same names", other.display(), file.display());
        }
        let bytes = read_module(file)?;
        let is_elf = bytes.starts_with(b"\x7fELF");
        ensure!(is_elf, "{} is no module: it does not begin as an ELF file does", file.display());
        modules.push((name, file, bytes));
    }
    Ok(modules)
}

/// Makes the folder, or finds it empty: nothing in it is ever written over.
fn make_empty(out: &Path) -> Result<()> {
    fs::create_dir_all(out).with_context(|| format!("cannot make {}", out.display()))?;
    let mut entries = fs::read_dir(out).with_context(|| format!("cannot read {}", out.display()))?;
    ensure!(
        entries.next().is_none(),
        "{} is not empty, and nothing in it is written over: empty it, or name another folder",
        out.display()
    );
    Ok(())
}

/// Module, seed, number and kind, in an order that `ls` keeps.
fn file_name(module: &str, seed: u64, number: usize, damaged: &Damaged) -> String {
    format!("{module}-s{seed}-{number:05}-{}.ko", damaged.kind)
}

fn entry(name: &str, of: &Path, number: usize, damaged: &Damaged) -> Value {
    json!({ "file": name, "of": of, "number": number, "kind": damaged.kind.name, "what": damaged.what })
}

fn summary(files: usize, modules: usize, ways: &str, out: &Path) -> String {
    let modules = if modules == 1 { "one module".into() } else { format!("{modules} modules") };
    wrapped(&format!(
        "{files} damaged files of {modules}, {ways}, in {0}; {0}/{LIST} says what was done to each",
        out.display()
    ))
}

fn list_of_kinds(as_json: bool) -> String {
    if as_json {
        let kinds: Value = kinds().map(|kind| json!({ "kind": kind.name, "about": kind.about })).collect();
        return format!("{kinds:#}\n");
    }
    let width = kinds().map(|kind| kind.name.len()).max().unwrap_or_default();
    kinds().map(|kind| format!("{:width$}  {}\n", kind.name, kind.about)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(files: &[&Path], out: &Path) -> Options {
        let files = files.iter().map(|file| file.to_path_buf()).collect();
        Options {
            files,
            seed: 3,
            count: 20,
            out: Some(out.to_path_buf()),
            kinds: false,
            stricter: false,
            json: false,
        }
    }

    #[test]
    fn every_file_is_named_after_what_was_done_and_listed() {
        let folder = tempfile::tempdir().unwrap();
        let (module, out) = (folder.path().join("hello.ko"), folder.path().join("out"));
        fs::write(&module, specimens::hello().build()).unwrap();
        run(&options(&[&module], &out)).unwrap();
        let list: Value = serde_json::from_slice(&fs::read(out.join(LIST)).unwrap()).unwrap();
        let list = list["damaged"].as_array().unwrap();
        assert_eq!(list.len(), 20);
        for (number, (entry, damaged)) in list.iter().zip(damages(&fs::read(&module).unwrap(), 3)).enumerate()
        {
            let name = format!("hello-s3-{:05}-{}.ko", number + 1, damaged.kind);
            assert_eq!(entry["file"], *name);
            assert_eq!(entry["what"], *damaged.what);
            assert_eq!(fs::read(out.join(name)).unwrap(), damaged.bytes);
        }
        assert_eq!(fs::read_dir(&out).unwrap().count(), 21);
    }

    #[test]
    fn every_rule_that_a_module_can_break_is_broken_in_a_file_of_its_own() {
        let folder = tempfile::tempdir().unwrap();
        let (module, out) = (folder.path().join("hello.ko"), folder.path().join("out"));
        fs::write(&module, specimens::hello().build()).unwrap();
        run(&Options { stricter: true, ..options(&[&module], &out) }).unwrap();
        let list: Value = serde_json::from_slice(&fs::read(out.join(LIST)).unwrap()).unwrap();
        let list = list["damaged"].as_array().unwrap();
        let made: Vec<Specimen> = specimens(&fs::read(&module).unwrap()).collect();
        assert!(made.len() > 10, "{}", made.len());
        assert_eq!(list.len(), made.len());
        for (entry, specimen) in list.iter().zip(&made) {
            assert_eq!(entry["rule"], specimen.case.rule.to_string());
            assert_eq!(fs::read(out.join(entry["file"].as_str().unwrap())).unwrap(), specimen.bytes);
        }
    }

    #[test]
    fn a_folder_that_holds_something_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let module = folder.path().join("hello.ko");
        fs::write(&module, specimens::hello().build()).unwrap();
        let refusal = run(&options(&[&module], folder.path())).unwrap_err().to_string();
        assert!(refusal.contains("is not empty"), "{refusal}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_module_and_what_would_be_written_twice_is_named_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let (module, text) = (folder.path().join("hello.ko"), folder.path().join("text.ko"));
        let other = folder.path().join("hello.ko.gz");
        for (path, bytes) in [(&module, specimens::hello().build()), (&text, b"text".to_vec())] {
            fs::write(path, bytes).unwrap();
        }
        let out = folder.path().join("out");
        let refusal = |files: &[&Path]| run(&options(files, &out)).unwrap_err().to_string();
        assert!(refusal(&[&text]).contains("text.ko is no module"));
        assert!(refusal(&[&module, &other]).contains("would have the same names"));
        assert!(refusal(&[folder.path()]).contains("is no file"));
        assert!(!out.exists());
    }
}
