//! `cargo course status`: what there is, and what is next.

use anyhow::Result;
use clap::Args;
use course_modules::found::Found;
use serde_json::json;

use crate::{manifest::Manifest, root::Root};

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
/// The manifest is wrong, or the record of modules cannot be read.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    let manifest = Manifest::read(root)?;
    let found = Found::read_above(root.path())?;
    if options.json {
        println!("{}", as_json(&manifest, found.as_ref()));
    } else {
        print!("{}", as_text(&manifest, found.as_ref()));
    }
    Ok(())
}

/// The status for a person.
pub fn as_text(manifest: &Manifest, found: Option<&Found>) -> String {
    let mut text = String::from("The parts of the loader, in the order of the labs:\n");
    for lab in &manifest.labs {
        let state = if lab.planned { "planned" } else { "present" };
        text += &format!("  {:02}  {:<13} {:<27} {state}\n", lab.number, lab.library, lab.title);
    }
    text += "The parts that are present are in solutions/, to read and to run. The labs that let you write them\n\
             yourself are not here yet.\n";
    text += &match found {
        Some(found) => format!("Real modules: Linux {}, in {}\n", found.release, found.modules.display()),
        None => "Real modules: none yet; `cargo course modules` finds or fetches them.\n".into(),
    };
    text
}

fn as_json(manifest: &Manifest, found: Option<&Found>) -> serde_json::Value {
    let labs = manifest.labs.iter().map(|lab| {
        json!({ "number": lab.number, "crate": lab.library, "title": lab.title, "minutes": lab.minutes,
                "solution": !lab.planned, "starter": false })
    });
    json!({ "labs": labs.collect::<Vec<_>>(), "modules": found.map(|found| found.release.clone()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let lab = |number, library, more| {
            format!(
                "[[lab]]\nnumber = {number}\ncrate = \"{library}\"\ntitle = \"{library}\"\nbuilds = \"b\"\nminutes = 9\n{more}"
            )
        };
        Manifest::parse(&(lab(1, "elf", "") + &lab(2, "unload", "planned = true\n"))).unwrap()
    }

    #[test]
    fn what_is_only_planned_is_not_called_present() {
        let text = as_text(&manifest(), None);
        let of = |name| text.lines().find(|line| line.contains(name)).unwrap();
        assert!(of("elf").ends_with("present") && of("unload").ends_with("planned"), "{text}");
        assert!(text.contains("`cargo course modules`"), "{text}");
        assert!(text.lines().all(|line| line.len() <= 100), "{text}");
    }

    #[test]
    fn a_program_reads_the_same() {
        let status = as_json(&manifest(), None);
        assert_eq!(status["labs"][1]["solution"], false);
        assert_eq!(status["labs"][0]["crate"], "elf");
        assert!(status["modules"].is_null());
    }
}
