//! `oracles depmod`: the files that kmod's depmod writes and ours, byte for byte.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Instant;

use anyhow::{Context, ensure};

use crate::files::kmod;

/// The files in text form.
const FILES: [&str; 5] =
    ["modules.dep", "modules.alias", "modules.softdep", "modules.symbols", "modules.devname"];

/// Runs both over the modules in `basedir`/lib/modules/`version`; true where all files are equal.
pub fn compare(basedir: &Path, version: &str) -> anyhow::Result<bool> {
    let theirs_in = tempfile::tempdir()?;
    let ours_in = tempfile::tempdir()?;

    link_modules(basedir, version, theirs_in.path())?;
    let start = Instant::now();
    let status = kmod("depmod").arg("-b").arg(theirs_in.path()).arg(version).status();
    let theirs_took = start.elapsed();
    ensure!(status.context("kmod's depmod")?.success(), "kmod's depmod has failed");

    let start = Instant::now();
    let report = loader::depmod::run(basedir, version, ours_in.path())?;
    let ours_took = start.elapsed();
    report.warnings.iter().for_each(|warning| println!("{warning}"));

    let read = |root: &Path, name: &str| {
        let path = root.join("lib/modules").join(version).join(name);
        fs::read(&path).with_context(|| path.display().to_string())
    };
    let mut equal = 0;
    for name in FILES {
        let (theirs, ours) = (read(theirs_in.path(), name)?, read(ours_in.path(), name)?);
        let lines = theirs.split(|&byte| byte == b'\n').count() - 1;
        equal += usize::from(theirs == ours);
        println!("{name}: {} ({lines} lines)", if theirs == ours { "equal" } else { "DIFFERENT" });
        if theirs != ours {
            print_difference(&theirs, &ours);
        }
    }
    println!(
        "depmod: {equal} of {} files equal, {} modules, {} symbols; kmod {theirs_took:.2?}, ours {ours_took:.2?}",
        FILES.len(),
        report.modules,
        report.symbols
    );
    Ok(equal == FILES.len())
}

/// Makes a directory that looks like `basedir` to kmod, because kmod 30 writes where it reads.
fn link_modules(basedir: &Path, version: &str, looks_alike: &Path) -> anyhow::Result<()> {
    let below = Path::new("lib/modules").join(version);
    let (real, linked) = (std::path::absolute(basedir)?.join(&below), looks_alike.join(&below));
    fs::create_dir_all(&linked)?;
    for entry in fs::read_dir(&real).with_context(|| real.display().to_string())? {
        let entry = entry?;
        let name = entry.file_name();
        if !FILES.iter().any(|written| name.to_string_lossy().starts_with(written)) {
            symlink(entry.path(), linked.join(name))?;
        }
    }
    Ok(())
}

/// The first line that differs.
fn print_difference(theirs: &[u8], ours: &[u8]) {
    let (theirs, ours) = (String::from_utf8_lossy(theirs), String::from_utf8_lossy(ours));
    let mut lines = theirs.lines().zip(ours.lines()).enumerate();
    match lines.find(|(_, (theirs, ours))| theirs != ours) {
        Some((number, (theirs, ours))) => println!("  line {}\n  kmod: {theirs}\n  ours: {ours}", number + 1),
        None => println!("  one of them goes on where the other ends"),
    }
}
