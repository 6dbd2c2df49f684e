//! `oracles ld`: GNU ld and our linker over the same modules, every byte of every loaded section. ld gets each
//! section's address from our layout and each undefined symbol's value from a script, so that nothing is left
//! to compare but what relocation makes of the bytes.

use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};
use bstr::BStr;
use elf::Module;
use goblin::elf::Elf;
use indicatif::ProgressBar;
use layout::{Bases, Layout};
use loader::link::{Parts, link};
use symbols::simplify_symbols;
use vermagic::{Judgement, Taints};

use crate::files::modules;

mod input;

/// So many modules are linked at a time.
const WORKERS: usize = 2;

/// So many differences are shown.
const SHOWN: usize = 5;

/// Where the parts and the undefined symbols lie; all below 2 GiB, so that every kind of relocation reaches.
const BASES: Bases = Bases { core: 0x1000_0000, init: 0x2000_0000, percpu: 0x3000_0000 };
const UNDEFINED: u64 = 0x4000_0000;

/// What one module, or all of them, came to.
#[derive(Default)]
struct Tally {
    equal: usize,
    sections: usize,
    bytes: usize,
    ours_took: Duration,
    theirs_took: Duration,
    differing: Vec<String>,
}

/// Compares every module below the directories; true where all are equal.
pub fn compare(directories: &[PathBuf]) -> anyhow::Result<bool> {
    let files = modules(directories)?;
    let (progress, next) = (ProgressBar::new(files.len() as u64), AtomicUsize::new(0));
    let total = Mutex::new(Tally::default());
    std::thread::scope(|scope| {
        let workers: Vec<_> =
            (0..WORKERS).map(|_| scope.spawn(|| work(&files, &next, &total, &progress))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().unwrap_or(Err(anyhow!("a worker panicked"))))
    })?;
    progress.finish_and_clear();

    let total = total.into_inner().unwrap_or_else(|poisoned| poisoned.into_inner());
    total.differing.iter().take(SHOWN).for_each(|difference| println!("{difference}"));
    println!(
        "ld: {} of {} modules equal, {} sections, {} bytes; GNU ld {:.2?}, ours {:.2?}",
        total.equal,
        files.len(),
        total.sections,
        total.bytes,
        total.theirs_took,
        total.ours_took
    );
    Ok(total.equal == files.len())
}

/// Links one module after the other until none is left.
fn work(
    files: &[PathBuf],
    next: &AtomicUsize,
    total: &Mutex<Tally>,
    progress: &ProgressBar,
) -> anyhow::Result<()> {
    let directory = tempfile::tempdir()?;
    // Relaxed: the counter hands out numbers and publishes nothing else.
    while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
        let outcome = compare_one(file, directory.path());
        let mut total = total.lock().map_err(|_| anyhow!("the other worker panicked"))?;
        match outcome {
            Ok(one) => {
                total.equal += one.equal;
                total.sections += one.sections;
                total.bytes += one.bytes;
                total.ours_took += one.ours_took;
                total.theirs_took += one.theirs_took;
            }
            Err(difference) => total.differing.push(format!("{}: {difference:#}", file.display())),
        }
        progress.inc(1);
    }
    Ok(())
}

/// Links `file` twice. A difference is an error that names the section and the offset.
fn compare_one(file: &Path, directory: &Path) -> anyhow::Result<Tally> {
    let bytes = loader::files::read_module(file)?;
    let start = Instant::now();
    let module = Module::parse(&bytes)?;
    let layout = Layout::of(&module)?;
    let addresses = layout.addresses(BASES);
    let mut judgement = Judgement::new(&module, abi::Policy::default(), Taints::NONE);
    let symbols =
        simplify_symbols(&mut judgement, &module, &addresses, |_, symbol| Ok(Some(value_of(symbol.name))))?;
    let memory = |size: u64| vec![0; size as usize];
    let (mut core, mut init) = (memory(layout.core.size), memory(layout.init.size));
    let mut percpu = memory(layout.percpu.size);
    let mut parts = Parts { core: &mut core, init: &mut init, percpu: &mut percpu, taints: None };
    link(&module, &layout, &addresses, &symbols, &mut parts)?;
    let ours_took = start.elapsed();

    let start = Instant::now();
    let linked = run_ld(&module, &layout, &addresses, directory)?;
    let theirs_took = start.elapsed();

    let theirs = Elf::parse(&linked).context("what ld wrote")?;
    let mut tally = Tally { equal: 1, ours_took, theirs_took, ..Tally::default() };
    for (number, placement) in layout.placements() {
        let Some(section) = module.sections.get(number).filter(|section| section.size != 0) else { continue };
        let ours = parts.section(placement, section.size).context("our memory is too short")?;
        equal(ours, their_section(&theirs, &linked, number)?)
            .with_context(|| format!("section {number} {}", section.name))?;
        tally.sections += 1;
        tally.bytes += ours.len();
    }
    Ok(tally)
}

/// The value of an undefined symbol: another one for nearly every name, so that a mix-up shows.
fn value_of(name: &BStr) -> u64 {
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    UNDEFINED + (hasher.finish() & 0x0fff_fff0)
}

/// Runs GNU ld over a copy of the module, and reads what it wrote.
fn run_ld(module: &Module, layout: &Layout, addresses: &[u64], directory: &Path) -> anyhow::Result<Vec<u8>> {
    let (copy, script, out) = (directory.join("in.o"), directory.join("script"), directory.join("out"));
    std::fs::write(&copy, input::for_ld(module, layout)?)?;
    std::fs::write(&script, script_for(module, layout, addresses)?)?;
    let mut ld = Command::new("ld");
    ld.args(["-m", "elf_x86_64", "-static", "-nostdlib", "--no-relax", "--no-gc-sections"])
        .args(["-e", "0", "--build-id=none", "-z", "noexecstack", "--no-warn-rwx-segments"])
        .args(["--no-check-sections", "--strip-all", "-T"]);
    let output = ld.arg(&script).arg("-o").arg(&out).arg(&copy).output().context("GNU ld")?;
    ensure!(output.status.success(), "ld: {}", BStr::new(&output.stderr));
    Ok(std::fs::read(&out)?)
}

/// The linker script: each loaded section at its address, each undefined symbol with its value.
fn script_for(module: &Module, layout: &Layout, addresses: &[u64]) -> anyhow::Result<String> {
    let mut script = String::new();
    for symbol in module.symbols.iter().skip(1).filter(|symbol| symbol.is_undefined()) {
        writeln!(script, "\"{}\" = {:#x};", symbol.name, value_of(symbol.name))?;
    }
    let mut sections: Vec<_> =
        layout.placements().filter_map(|(number, _)| Some((addresses.get(number)?, number))).collect();
    sections.sort();
    script += "SECTIONS {\n";
    for (address, number) in sections {
        writeln!(script, "  s{number} {address:#x} : {{ KEEP(*(s{number})) }}")?;
    }
    script += "}\n";
    Ok(script)
}

/// The bytes of section number `number` in what ld wrote; `None` where it has no bytes in the file.
fn their_section<'l>(theirs: &Elf, linked: &'l [u8], number: usize) -> anyhow::Result<Option<&'l [u8]>> {
    let name = format!("s{number}");
    let is_it =
        |header: &&goblin::elf::SectionHeader| theirs.shdr_strtab.get_at(header.sh_name) == Some(&name);
    let header = theirs.section_headers.iter().find(is_it).context("ld wrote no such section")?;
    Ok(header.file_range().and_then(|range| linked.get(range)))
}

/// Compares byte for byte; a section without bytes in the file is all zeroes.
fn equal(ours: &[u8], theirs: Option<&[u8]>) -> anyhow::Result<()> {
    let Some(theirs) = theirs else {
        ensure!(ours.iter().all(|&byte| byte == 0), "ours is not all zeroes");
        return Ok(());
    };
    ensure!(ours.len() == theirs.len(), "ours has {} bytes, ld's {}", ours.len(), theirs.len());
    let differs = ours.iter().zip(theirs).position(|(ours, theirs)| ours != theirs);
    match differs {
        None => Ok(()),
        Some(at) => Err(anyhow!("differs at offset {at:#x}")),
    }
}
