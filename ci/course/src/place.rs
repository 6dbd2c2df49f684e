//! Which lab is meant, where the command does not say it.

use anyhow::{Context, Result};

use crate::{
    manifest::{Lab, Manifest},
    record::Record,
    root::Root,
};

/// The lab of this number; or the one in whose folder the command was given; or the first that is not solved, or the
/// last where all are.
///
/// # Errors
/// There is no such lab, or nothing to do in it yet.
pub fn lab_at_hand<'m>(root: &Root, manifest: &'m Manifest, number: Option<u8>) -> Result<&'m Lab> {
    if let Some(number) = number {
        return manifest.lab(number);
    }
    let here = std::env::current_dir().unwrap_or_default();
    let mut labs = manifest.starters();
    if let Some(lab) = labs.find(|lab| here.starts_with(root.join(lab.starter()))) {
        return Ok(lab);
    }
    let next = next(manifest, &Record::read(root)?).or(manifest.starters().last());
    next.context("there is no lab to do yet")
}

/// The first lab that was not solved when it was last checked.
pub fn next<'m>(manifest: &'m Manifest, record: &Record) -> Option<&'m Lab> {
    manifest.starters().find(|lab| is_open(record, lab))
}

/// The first such lab behind `lab`; where there is none, the first of all.
pub fn after<'m>(manifest: &'m Manifest, record: &Record, lab: &Lab) -> Option<&'m Lab> {
    let mut behind = manifest.starters().filter(|other| other.number > lab.number);
    behind.find(|other| is_open(record, other)).or_else(|| next(manifest, record))
}

fn is_open(record: &Record, lab: &Lab) -> bool {
    let checked = record.lab(lab).checked;
    checked.is_none_or(|checked| checked.solved(lab) < lab.tasks.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{files::write, record::Checked};

    #[test]
    fn the_next_lab_is_behind_this_one_wherever_one_is_open_there() {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("labs/labs.toml"), "").unwrap();
        let root = Root::above(folder.path()).unwrap();
        let lab = |number| {
            format!(
                "[[lab]]\nnumber = {number}\ncrate = \"l{number}\"\ntitle = \"t{number}\"\nbuilds = \"b\"\nminutes = 1\n\
                 [[lab.task]]\nname = \"t\"\npoints = 1\nwrite = \"w\"\nwhy = \"y\"\n"
            )
        };
        let manifest = Manifest::parse(&[1, 2, 3].map(lab).concat()).unwrap();
        let number_after = |number| {
            let record = Record::read(&root).unwrap();
            after(&manifest, &record, manifest.lab(number).unwrap()).map(|lab| lab.number)
        };
        assert_eq!(number_after(2), Some(3), "whether or not lab 1 is solved");
        assert_eq!(number_after(3), Some(1), "behind the last the first one is next");
        let solved = Checked { files: String::new(), solved: vec!["t".into()] };
        Record::change(&root, manifest.lab(3).unwrap(), |record| record.checked = Some(solved)).unwrap();
        assert_eq!(number_after(2), Some(1), "what is solved is passed over");
    }
}
