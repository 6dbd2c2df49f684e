//! `oracles modinfo`: kmod's modinfo and ours over the same files, byte for byte.

use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::Context;
use elf::{ModinfoStyle, modinfo_text};

use crate::files::{kmod, modules};

/// So many files are given to kmod at once.
const BATCH: usize = 500;

/// So many differences are shown.
const SHOWN: usize = 5;

/// Compares every module below the directories; true where all are equal.
pub fn compare(directories: &[PathBuf]) -> anyhow::Result<bool> {
    let files = modules(directories)?;
    let (mut ours_took, mut theirs_took) = (Duration::ZERO, Duration::ZERO);
    let mut differing = Vec::new();
    for batch in files.chunks(BATCH) {
        let start = Instant::now();
        let ours: Vec<_> = batch.iter().map(|path| our_text(path)).collect();
        ours_took += start.elapsed();

        let start = Instant::now();
        let theirs = their_text(batch)?;
        theirs_took += start.elapsed();

        if theirs != ours.concat() {
            for (path, ours) in batch.iter().zip(&ours) {
                let theirs = their_text(std::slice::from_ref(path))?;
                differing.extend((theirs != *ours).then(|| difference(path, ours, &theirs)));
            }
        }
    }
    differing.iter().take(SHOWN).for_each(|difference| println!("{difference}"));
    let equal = files.len() - differing.len();
    println!("modinfo: {equal} of {} equal; kmod {theirs_took:.2?}, ours {ours_took:.2?}", files.len());
    Ok(differing.is_empty())
}

fn our_text(path: &Path) -> Vec<u8> {
    let describe = || {
        let file = loader::files::read_module(path)?;
        anyhow::Ok(modinfo_text(path.as_os_str().as_bytes(), &file, ModinfoStyle::default())?)
    };
    describe().unwrap_or_else(|error| format!("{error:#}\n").into_bytes())
}

fn their_text(paths: &[PathBuf]) -> anyhow::Result<Vec<u8>> {
    Ok(kmod("modinfo").args(paths).output().context("kmod's modinfo")?.stdout)
}

/// The first line that differs.
fn difference(path: &Path, ours: &[u8], theirs: &[u8]) -> String {
    let (ours, theirs) = (String::from_utf8_lossy(ours), String::from_utf8_lossy(theirs));
    let line = ours.lines().zip(theirs.lines()).find(|(ours, theirs)| ours != theirs);
    let (ours, theirs) = line.unwrap_or(("(end of text)", "(end of text)"));
    format!("{}\n  kmod: {theirs}\n  ours: {ours}", path.display())
}
