//! `labs/labs.toml`, the one list of labs: its schema, and the rules that the schema cannot say.

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::{claims::Claim, originals, root::Root};

/// The whole manifest.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The labs in the order in which they are taken.
    #[serde(rename = "lab")]
    pub labs: Vec<Lab>,
    /// What the course's sources claim.
    #[serde(default, rename = "claim")]
    pub claims: Vec<Claim>,
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
    /// Its reference solution is not there yet.
    #[serde(default)]
    pub planned: bool,
    /// What the learner writes, in the order in which it is done.
    #[serde(default, rename = "task")]
    pub tasks: Vec<Task>,
    /// Plausible wrong solutions, each of which a test must catch.
    #[serde(default, rename = "mistake")]
    pub mistakes: Vec<Mistake>,
}

/// One region of a lab's solution that a learner writes. Its name is that of the anchor (`task_NAME`) in the solution,
/// of the file of its tests (`labs/NN-crate/tests/NAME.rs`), of its heading in the chapter (`{#NAME}`) and of its
/// hints (`## NAME` in `hints.md`).
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Task {
    /// A Rust identifier, unique in the lab: usually the kernel's function.
    pub name: String,
    /// What it counts for when a class is graded.
    pub points: u32,
    /// What to write, in half a sentence: the words that `todo!` says in the starter.
    pub write: String,
    /// Why the kernel cares, in one sentence.
    pub why: String,
}

/// A plausible wrong solution: `solutions/NN-crate/mistakes/NAME.patch`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mistake {
    /// Words joined by `-`, unique in the lab.
    pub name: String,
    /// The task that it gets wrong.
    pub task: String,
    /// What it does wrong, in half a sentence.
    pub does: String,
    /// Tests that must fail on it, as `TASK::test`.
    pub caught_by: Vec<String>,
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

    /// The learner's crate, from the root.
    pub fn starter(&self) -> String {
        format!("labs/{}", self.folder())
    }

    /// Its chapter, from the root.
    pub fn chapter(&self) -> String {
        format!("book/{}.md", self.folder())
    }

    /// Whether there is something for a learner to write.
    pub fn has_starter(&self) -> bool {
        !self.tasks.is_empty()
    }

    /// The task of this name.
    pub fn task(&self, name: &str) -> Option<&Task> {
        self.tasks.iter().find(|task| task.name == name)
    }

    /// The task of this name, which somebody asked for.
    ///
    /// # Errors
    /// There is none; says which there are.
    pub fn named(&self, name: &str) -> Result<&Task> {
        let names = || self.tasks.iter().map(|task| task.name.as_str()).collect::<Vec<_>>().join(", ");
        self.task(name)
            .with_context(|| format!("lab {} has no task '{name}': there are {}", self.number, names()))
    }

    /// What all its tasks count for.
    pub fn points(&self) -> u32 {
        self.tasks.iter().map(|task| task.points).sum()
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
        // A class's copy of the course has no solutions at all.
        for lab in manifest.labs.iter().filter(|_| originals::has_solutions(root)) {
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
            check_tasks(lab).with_context(|| format!("labs/labs.toml, lab {number}"))?;
        }
        for (at, Claim { says, .. }) in manifest.claims.iter().enumerate() {
            ensure!(!says.trim().is_empty(), "labs/labs.toml: a claim says nothing");
            ensure!(
                !says.contains(['|', '\n']),
                "labs/labs.toml: the claim '{says}' must do without | and new lines"
            );
            let is_twin = manifest.claims[..at].iter().any(|twin| twin.says == *says);
            ensure!(!is_twin, "labs/labs.toml: two claims say that {says}");
        }
        Ok(manifest)
    }

    /// The lab of this number.
    ///
    /// # Errors
    /// There is none, or nothing for a learner to write in it yet.
    pub fn lab(&self, number: u8) -> Result<&Lab> {
        let lab = self.labs.iter().find(|lab| lab.number == number);
        let lab =
            lab.with_context(|| format!("there is no lab {number}: they are 1 to {}", self.labs.len()))?;
        ensure!(lab.has_starter(), "lab {number} ({}) is still to come", lab.title);
        Ok(lab)
    }

    /// The lab of this number, or where there is none, every lab that a learner can do.
    ///
    /// # Errors
    /// As [`Manifest::lab`]; or there is no such lab at all.
    pub fn chosen(&self, number: Option<u8>) -> Result<Vec<&Lab>> {
        let labs: Vec<&Lab> = match number {
            Some(number) => vec![self.lab(number)?],
            None => self.starters().collect(),
        };
        ensure!(!labs.is_empty(), "no lab can be done yet");
        Ok(labs)
    }

    /// The labs that a learner can do.
    pub fn starters(&self) -> impl Iterator<Item = &Lab> {
        self.labs.iter().filter(|lab| lab.has_starter())
    }

    /// The labs whose reference solution is there.
    pub fn present(&self) -> impl Iterator<Item = &Lab> {
        self.labs.iter().filter(|lab| !lab.planned)
    }
}

/// A lab is there exactly when the manifest says so: a list of exceptions must not go stale. A crate without tests is
/// only the room for a lab to come.
fn check_folders(root: &Root, lab: &Lab) -> Result<()> {
    let solution = root.join(lab.solution()).join("Cargo.toml").is_file();
    let tests = root.join(lab.starter()).join("tests/lab.rs").is_file();
    ensure!(solution || lab.planned, "{} does not exist: add it, or say planned = true", lab.solution());
    ensure!(!(solution && tests && lab.planned), "{} has tests: take planned = true away", lab.starter());
    Ok(())
}

/// Tasks and mistakes have names of their own, say something in every field, and belong together.
fn check_tasks(lab: &Lab) -> Result<()> {
    ensure!(lab.tasks.is_empty() || !lab.planned, "a lab that is planned has no tasks yet");
    for (at, task) in lab.tasks.iter().enumerate() {
        let name = &task.name;
        let identifier =
            name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_');
        ensure!(identifier && !name.is_empty(), "the task '{name}' is not named as a Rust function is");
        ensure!(!lab.tasks[..at].iter().any(|twin| twin.name == *name), "two tasks are called {name}");
        ensure!(task.points > 0, "the task {name} counts for nothing");
        for (field, said) in [("write", &task.write), ("why", &task.why)] {
            ensure!(!said.trim().is_empty(), "the task {name} has an empty {field}");
            ensure!(
                !said.contains(['"', '\\', '{', '}', '\n']),
                "the {field} of {name} must do without \" \\ {{ }} and new lines"
            );
        }
    }
    for (at, mistake) in lab.mistakes.iter().enumerate() {
        let name = &mistake.name;
        ensure!(!lab.mistakes[..at].iter().any(|twin| twin.name == *name), "two mistakes are called {name}");
        ensure!(lab.task(&mistake.task).is_some(), "the mistake {name} is about no task: '{}'", mistake.task);
        ensure!(!mistake.caught_by.is_empty(), "no test is named that catches {name}");
        for test in &mistake.caught_by {
            let task = test.split("::").next().unwrap_or_default();
            ensure!(lab.task(task).is_some(), "{test}, which catches {name}, is no test of a task");
        }
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
        std::fs::create_dir_all(clone.path().join("solutions")).unwrap();
        std::fs::write(clone.path().join("labs/labs.toml"), lab(1, "elf", "File")).unwrap();
        let root = Root::above(clone.path()).unwrap();
        let message = format!("{:#}", Manifest::read(&root).unwrap_err());
        assert!(message.contains("solutions/01-elf does not exist"), "{message}");

        std::fs::create_dir_all(clone.path().join("solutions/01-elf")).unwrap();
        std::fs::write(clone.path().join("solutions/01-elf/Cargo.toml"), "").unwrap();
        assert_eq!(Manifest::read(&root).unwrap().present().count(), 1);

        std::fs::create_dir_all(clone.path().join("labs/01-elf/tests")).unwrap();
        std::fs::write(clone.path().join("labs/01-elf/tests/lab.rs"), "").unwrap();
        std::fs::write(clone.path().join("labs/labs.toml"), lab(1, "elf", "File") + "planned = true\n")
            .unwrap();
        let message = format!("{:#}", Manifest::read(&root).unwrap_err());
        assert!(message.contains("take planned = true away"), "{message}");
    }

    #[test]
    fn a_mistake_is_about_a_task_and_is_caught_by_a_test_of_one() {
        let task = "[[lab.task]]\nname = \"apply\"\npoints = 1\nwrite = \"w\"\nwhy = \"y\"\n";
        let mistake = |task: &str, caught: &str| {
            format!(
                "[[lab.mistake]]\nname = \"m\"\ntask = \"{task}\"\ndoes = \"d\"\ncaught_by = [{caught}]\n"
            )
        };
        for (more, expected) in [
            (mistake("other", "\"apply::t\""), "is about no task: 'other'"),
            (mistake("apply", ""), "no test is named that catches m"),
            (mistake("apply", "\"other::t\""), "other::t, which catches m, is no test of a task"),
            (task.to_string(), "two tasks are called apply"),
            (task.replace("apply", "Apply"), "not named as a Rust function is"),
            (task.replace("apply", "b").replace("\"w\"", "'say \"x\"'"), "must do without"),
        ] {
            let message =
                format!("{:#}", Manifest::parse(&(lab(1, "elf", "File") + task + &more)).unwrap_err());
            assert!(message.contains(expected), "{message}");
        }
        let lab =
            Manifest::parse(&(lab(1, "elf", "File") + task + &mistake("apply", "\"apply::t\""))).unwrap();
        assert!(lab.lab(1).unwrap().task("apply").is_some());
    }
}
