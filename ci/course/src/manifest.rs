//! `labs/labs.toml`, the one list of labs: its schema, and the rules that the schema cannot say.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::root::Root;

/// The whole manifest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The labs in the order in which they are taken.
    #[serde(rename = "lab")]
    pub labs: Vec<Lab>,
}

/// One lab: one part of the loader.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lab {
    /// Counted from 1, without gaps.
    pub number: u8,
    /// The name of its library, and of its folders after the number.
    #[serde(rename = "crate")]
    pub library: String,
    /// What it is called in the book.
    pub title: String,
    /// What the learner builds, in half a sentence.
    pub builds: String,
    /// How long it takes someone who knows Rust.
    pub minutes: u16,
    /// Its chapter, a file in `book/`, once there is one.
    pub chapter: Option<String>,
    /// Its reference solution is not there yet.
    #[serde(default)]
    pub planned: bool,
}

impl Lab {
    /// The name of its folders, such as `01-elf`.
    pub fn folder(&self) -> String {
        format!("{:02}-{}", self.number, self.library)
    }

    /// Its reference crate, from the root.
    pub fn solution(&self) -> String {
        format!("solutions/{}", self.folder())
    }
}

impl Manifest {
    /// Reads and checks the manifest of the clone at `root`.
    ///
    /// # Errors
    /// It cannot be read, does not follow the schema, or breaks one of the rules.
    pub fn read(root: &Root) -> Result<Manifest> {
        let path = root.join("labs/labs.toml");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let manifest = Manifest::parse(&text)?;
        for lab in &manifest.labs {
            check_folders(root, lab).with_context(|| format!("labs/labs.toml, lab {}", lab.number))?;
        }
        Ok(manifest)
    }

    /// Reads the text of a manifest and checks what needs no other file.
    ///
    /// # Errors
    /// The text does not follow the schema, or the labs are not numbered 1, 2, 3… or share a name.
    pub fn parse(text: &str) -> Result<Manifest> {
        let manifest: Manifest = toml::from_str(text).context("labs/labs.toml does not follow its schema")?;
        for (at, lab) in manifest.labs.iter().enumerate() {
            let number = at + 1;
            ensure!(
                usize::from(lab.number) == number,
                "labs/labs.toml: lab {} stands where lab {number} belongs",
                lab.number
            );
            for (what, said) in [("crate", &lab.library), ("title", &lab.title), ("builds", &lab.builds)] {
                ensure!(!said.trim().is_empty(), "labs/labs.toml: lab {number} has an empty {what}");
            }
            if let Some(twin) =
                manifest.labs[..at].iter().find(|twin| twin.library == lab.library || twin.title == lab.title)
            {
                bail!("labs/labs.toml: labs {} and {number} share a crate or a title", twin.number);
            }
        }
        Ok(manifest)
    }

    /// The labs whose reference solution is there.
    pub fn present(&self) -> impl Iterator<Item = &Lab> {
        self.labs.iter().filter(|lab| !lab.planned)
    }
}

/// A lab's folders are there exactly when the manifest says so: a list of exceptions must not go stale.
fn check_folders(root: &Root, lab: &Lab) -> Result<()> {
    let there = root.join(lab.solution()).join("Cargo.toml").is_file();
    ensure!(there || lab.planned, "{} does not exist: add it, or say planned = true", lab.solution());
    ensure!(!(there && lab.planned), "{} exists: take planned = true away", lab.solution());
    if let Some(chapter) = &lab.chapter {
        ensure!(root.join("book").join(chapter).is_file(), "its chapter book/{chapter} does not exist");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lab(number: u8, library: &str, title: &str) -> String {
        format!(
            "[[lab]]\nnumber = {number}\ncrate = \"{library}\"\ntitle = \"{title}\"\nbuilds = \"b\"\nminutes = 10\n"
        )
    }

    #[test]
    fn the_courses_own_manifest_keeps_every_rule() {
        let root = Root::above(std::path::Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let manifest = Manifest::read(&root).unwrap();
        assert_eq!(manifest.labs.len(), 14);
        assert_eq!(manifest.labs[0].folder(), "01-elf");
    }

    #[test]
    fn an_unknown_field_is_refused_by_name() {
        let message =
            format!("{:#}", Manifest::parse(&(lab(1, "elf", "File") + "pionts = 3\n")).unwrap_err());
        assert!(message.contains("pionts"), "{message}");
    }

    #[test]
    fn labs_are_numbered_from_one_without_gaps_and_share_no_name() {
        for (labs, expected) in [
            (lab(2, "elf", "File"), "lab 2 stands where lab 1 belongs"),
            (lab(1, "elf", "File") + &lab(3, "b", "B"), "lab 3 stands where lab 2 belongs"),
            (lab(1, "elf", "File") + &lab(2, "elf", "B"), "labs 1 and 2 share"),
            (lab(1, "elf", "File") + &lab(2, "b", "File"), "labs 1 and 2 share"),
            (lab(1, "", "File"), "empty crate"),
        ] {
            let message = format!("{:#}", Manifest::parse(&labs).unwrap_err());
            assert!(message.contains(expected), "{message}");
        }
    }

    #[test]
    fn planned_means_that_the_solution_is_not_there_and_nothing_else() {
        let clone = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(clone.path().join("labs")).unwrap();
        std::fs::write(clone.path().join("labs/labs.toml"), lab(1, "elf", "File")).unwrap();
        let root = Root::above(clone.path()).unwrap();
        let message = format!("{:#}", Manifest::read(&root).unwrap_err());
        assert!(message.contains("solutions/01-elf does not exist"), "{message}");

        std::fs::create_dir_all(clone.path().join("solutions/01-elf")).unwrap();
        std::fs::write(clone.path().join("solutions/01-elf/Cargo.toml"), "").unwrap();
        assert_eq!(Manifest::read(&root).unwrap().present().count(), 1);

        std::fs::write(clone.path().join("labs/labs.toml"), lab(1, "elf", "File") + "planned = true\n")
            .unwrap();
        let message = format!("{:#}", Manifest::read(&root).unwrap_err());
        assert!(message.contains("take planned = true away"), "{message}");
    }

    #[test]
    fn a_chapter_that_is_named_must_be_there() {
        let clone = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(clone.path().join("labs")).unwrap();
        let text = lab(1, "elf", "File") + "planned = true\nchapter = \"elf.md\"\n";
        std::fs::write(clone.path().join("labs/labs.toml"), text).unwrap();
        let message = format!("{:#}", Manifest::read(&Root::above(clone.path()).unwrap()).unwrap_err());
        assert!(message.contains("book/elf.md does not exist"), "{message}");
    }
}
