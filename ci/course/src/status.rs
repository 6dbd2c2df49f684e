//! `cargo course status`: where you are, and what is next.

use anyhow::Result;
use clap::Args;
use course_modules::found::Found;
use serde_json::{Value, json};

use crate::{
    layout::{Look, beside},
    manifest::{Lab, Manifest},
    place,
    record::{LabRecord, Record, fingerprint},
    root::Root,
};

/// The options of `cargo course status`.
#[derive(Debug, Args)]
pub struct Options {
    /// Print it as JSON
    #[arg(long)]
    json: bool,
}

/// Prints the status.
///
/// # Errors
/// The manifest is wrong, or what is remembered cannot be read.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    let status = Status::read(root)?;
    match options.json {
        true => println!("{:#}", status.json()),
        false => print!("{}", status.text(&Look::of_stdout())),
    }
    Ok(())
}

/// Where a learner is.
pub struct Status {
    manifest: Manifest,
    record: Record,
    /// The labs whose files are no longer what was last checked.
    changed: Vec<u8>,
    found: Option<Found>,
}

impl Status {
    /// Reads it: nothing is built, and no test run.
    ///
    /// # Errors
    /// As [`run`].
    pub fn read(root: &Root) -> Result<Status> {
        let (manifest, record) = (Manifest::read(root)?, Record::read(root)?);
        let is_changed = |lab: &&Lab| {
            let checked = record.lab(lab).checked;
            checked.is_some_and(|checked| fingerprint(root, lab).ok().as_ref() != Some(&checked.files))
        };
        let changed = manifest.starters().filter(is_changed).map(|lab| lab.number).collect();
        Ok(Status { changed, manifest, record, found: Found::read_above(root.path())? })
    }

    /// The status for a person.
    pub fn text(&self, look: &Look) -> String {
        let mut text = String::new();
        let next = place::next(&self.manifest, &self.record).map(|lab| lab.number);
        for lab in &self.manifest.labs {
            let line = format!(
                "  {:>2}  {:<12} {:<26} {}",
                lab.number,
                lab.library,
                lab.title,
                self.state(lab, look)
            );
            let arrow = if next == Some(lab.number) {
                look.strong.apply_to("  < next").to_string()
            } else {
                String::new()
            };
            text += &format!("{}{arrow}\n", line.trim_end());
        }
        text.push('\n');
        text += &match next {
            Some(number) => beside(
                "",
                &format!("Go on with `cargo course watch {number}`, and the chapter in `cargo course book`."),
            ),
            None => beside("", "Every lab is solved: the loader is yours."),
        };
        text += &beside(
            "",
            &match &self.found {
                Some(found) => format!("Real modules: Linux {} (`cargo loader` takes them).", found.release),
                None => "Real modules: none yet; `cargo course modules` finds or fetches them.".to_string(),
            },
        );
        text
    }

    /// How far a lab is, in a few words.
    fn state(&self, lab: &Lab, look: &Look) -> String {
        if !lab.has_starter() {
            return look.faint.apply_to("to come").to_string();
        }
        let LabRecord { checked, taken, .. } = self.record.lab(lab);
        let (solved, tasks) = (checked.map_or(0, |checked| checked.solved(lab)), lab.tasks.len());
        let mut state = match solved {
            _ if taken => look.faint.apply_to("the reference").to_string(),
            solved if solved == tasks => look.good.apply_to("solved").to_string(),
            solved => format!("{solved} of {tasks} tasks"),
        };
        if self.changed.contains(&lab.number) && !taken {
            state += ", changed since";
        }
        state
    }

    /// The same for programs.
    pub fn json(&self) -> Value {
        let next = place::next(&self.manifest, &self.record).map(|lab| lab.number);
        let lab = |lab: &Lab| {
            let LabRecord { checked, taken, .. } = self.record.lab(lab);
            let solved = checked.map(|checked| checked.solved).unwrap_or_default();
            let task = |task: &crate::manifest::Task| json!({ "name": task.name, "points": task.points, "solved": solved.contains(&task.name) });
            json!({ "number": lab.number, "crate": lab.library, "title": lab.title, "minutes": lab.minutes,
                    "tasks": lab.tasks.iter().map(task).collect::<Vec<_>>(),
                    "reference_taken": taken, "changed_since_check": self.changed.contains(&lab.number) })
        };
        let labs: Vec<Value> = self.manifest.labs.iter().map(lab).collect();
        json!({ "labs": labs, "next": next, "modules": self.found.as_ref().map(|found| &found.release) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> Status {
        let lab = |number, library, more| {
            format!(
                "[[lab]]\nnumber = {number}\ncrate = \"{library}\"\ntitle = \"{library}\"\nbuilds = \"b\"\nminutes = 9\n{more}"
            )
        };
        let task = "[[lab.task]]\nname = \"f\"\npoints = 1\nwrite = \"w\"\nwhy = \"y\"\n";
        let manifest =
            Manifest::parse(&(lab(1, "elf", task) + &lab(2, "unload", "planned = true\n"))).unwrap();
        Status { manifest, record: Record::default(), changed: vec![], found: None }
    }

    #[test]
    fn the_next_lab_is_marked_and_what_is_planned_is_still_to_come() {
        let text = status().text(&Look::plain());
        let of = |name| text.lines().find(|line| line.contains(name)).unwrap();
        assert!(of("elf").ends_with("0 of 1 tasks  < next"), "{text}");
        assert!(of("unload").ends_with("to come"), "{text}");
        assert!(text.contains("`cargo course modules`"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 80), "{text}");
    }

    #[test]
    fn a_program_reads_the_same() {
        let status = status().json();
        assert_eq!(status["labs"][0]["tasks"][0]["solved"], false);
        assert_eq!(status["next"], 1);
        assert!(status["modules"].is_null());
    }
}
