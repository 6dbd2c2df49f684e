//! `oracles genksyms`: the kernel's own genksyms and ours over every C file of the kernel that exports symbols:
//! the `#SYMVER` lines, the expanded declarations of `-D`, the versions in Module.symvers, and the time it takes.

use std::collections::HashMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use abi::Symvers;
use anyhow::{Context, ensure};
use clap::Args;
use modversions::genksyms::{genksyms, genksyms_against};

use crate::files::files_ending_in;

/// So many differences are shown.
const SHOWN: usize = 5;

/// The options of `oracles genksyms`.
#[derive(Debug, Args)]
pub struct Options {
    /// The kernel's sources
    #[arg(long)]
    source: PathBuf,
    /// The headers package of the same version, with Module.symvers, include/generated and arch/x86
    #[arg(long)]
    headers: PathBuf,
    /// The kernel's tool: scripts/genksyms/genksyms
    #[arg(long)]
    tool: PathBuf,
    /// Take every nth file only
    #[arg(long, default_value_t = 1)]
    every: usize,
    /// Write a line here for each file that could not be compared, and for each version that Module.symvers
    /// lists otherwise
    #[arg(long)]
    notes: Option<PathBuf>,
}

/// What came of preprocessing a file.
enum Preprocessed {
    Exports,
    /// The configuration leaves no export in it.
    ExportsNothing,
    /// gcc says this.
    Refused(String),
}

/// What was found, all files together.
#[derive(Default)]
struct Counts {
    files: usize,
    refused: usize,
    export_nothing: usize,
    notes: String,
    bytes: u64,
    theirs: usize,
    equal: usize,
    same_dump: usize,
    same_types: usize,
    in_symvers: usize,
    as_in_symvers: usize,
    their_time: Duration,
    our_time: Duration,
    differing: Vec<PathBuf>,
}

/// Compares; true where ours is equal wherever theirs is there.
pub fn compare(options: &Options) -> anyhow::Result<bool> {
    let path = options.headers.join("Module.symvers");
    let symvers = Symvers::parse(&fs::read_to_string(&path).with_context(|| path.display().to_string())?)?;
    let directory = tempfile::tempdir()?;
    let mut counts = Counts::default();
    for source in exporting(&options.source)?.iter().step_by(options.every.max(1)) {
        let text = directory.path().join("text.i");
        let note = match preprocess(options, &symvers, source, &text)? {
            Preprocessed::Exports => {
                compare_one(options, &symvers, source, &text, &mut counts)?;
                continue;
            }
            Preprocessed::ExportsNothing => {
                counts.export_nothing += 1;
                "exports nothing".to_owned()
            }
            Preprocessed::Refused(why) => {
                counts.refused += 1;
                why
            }
        };
        counts.notes += &format!("{}: {note}\n", source.display());
    }
    if let Some(path) = &options.notes {
        fs::write(path, &counts.notes).with_context(|| path.display().to_string())?;
    }
    counts.print();
    Ok(counts.differing.is_empty())
}

impl Counts {
    fn print(&self) {
        for path in self.differing.iter().take(SHOWN) {
            println!("{} differs", path.display());
        }
        let speed = |time: Duration| self.bytes as f64 / 1e6 / time.as_secs_f64().max(1e-9);
        println!(
            "genksyms: {} files (besides, {} export nothing in this configuration, and {} are for another one), \
             {} versions: {} equal to the C tool's; -D equal in {} files, -T in {}; {} of {} listed in Module.symvers equal to it",
            self.files,
            self.export_nothing,
            self.refused,
            self.theirs,
            self.equal,
            self.same_dump,
            self.same_types,
            self.as_in_symvers,
            self.in_symvers
        );
        println!(
            "{} MB: C {:.0} MB/s, ours {:.0} MB/s, {:.1} times as fast",
            self.bytes / 1_000_000,
            speed(self.their_time),
            speed(self.our_time),
            self.their_time.as_secs_f64() / self.our_time.as_secs_f64().max(1e-9)
        );
    }
}

fn compare_one(
    options: &Options,
    symvers: &Symvers,
    source: &Path,
    path: &Path,
    counts: &mut Counts,
) -> anyhow::Result<()> {
    let start = Instant::now();
    let text = fs::read(path)?;
    genksyms(&text, |export| {
        std::hint::black_box(export.crc);
    });
    counts.our_time += start.elapsed();

    let start = Instant::now();
    let status = Command::new(&options.tool).stdin(File::open(path)?).stdout(Stdio::null()).status()?;
    counts.their_time += start.elapsed();
    ensure!(status.success(), "{} failed", options.tool.display());

    let (mut ours, mut dump) = (String::new(), Vec::new());
    let (_, symbols) = genksyms_against(&text, b"", false, |export| {
        dump.extend([b"Export ", &**export.name, b" == <", export.signature, b">\n"].concat());
        ours += &format!("#SYMVER {} 0x{:08x}\n", export.name, export.crc);
    });
    let types = path.with_extension("types");
    let theirs =
        Command::new(&options.tool).args(["-D", "-T"]).arg(&types).stdin(File::open(path)?).output()?;
    let same_types = fs::read(&types)? == symbols.types();
    let lines = String::from_utf8(theirs.stdout)?;
    let found: HashMap<_, _> = ours.lines().filter_map(version).collect();
    for (name, crc) in lines.lines().filter_map(version) {
        counts.theirs += 1;
        counts.equal += usize::from(found.get(name) == Some(&crc));
        if let Some(entry) = symvers.get(name) {
            counts.in_symvers += 1;
            counts.as_in_symvers += usize::from(found.get(name) == Some(&entry.crc));
            if crc != entry.crc {
                counts.notes +=
                    &format!("{}: {name} has another version in {}\n", source.display(), entry.exporter);
            }
        }
    }
    counts.files += 1;
    counts.bytes += text.len() as u64;
    counts.same_dump += usize::from(theirs.stderr == dump);
    counts.same_types += usize::from(same_types);
    if lines != ours || theirs.stderr != dump || !same_types {
        counts.differing.push(source.to_owned());
    }
    Ok(())
}

/// Name and version of a `#SYMVER` line.
fn version(line: &str) -> Option<(&str, u32)> {
    let (name, crc) = line.strip_prefix("#SYMVER ")?.split_once(' ')?;
    Some((name, u32::from_str_radix(crc.strip_prefix("0x")?, 16).ok()?))
}

/// The C files below `source` that export symbols, for x86 or for every machine, by their paths in it.
fn exporting(source: &Path) -> anyhow::Result<Vec<PathBuf>> {
    const OTHERS: [&str; 4] = ["tools", "Documentation", "samples", "scripts"];
    let mut found = Vec::new();
    for path in files_ending_in("c", source)? {
        let inside = path.strip_prefix(source)?;
        let elsewhere = OTHERS.iter().any(|other| inside.starts_with(other))
            || inside.starts_with("arch") && !inside.starts_with("arch/x86");
        if !elsewhere && fs::read(&path)?.windows(7).any(|text| text == b"EXPORT_") {
            found.push(inside.to_owned());
        }
    }
    Ok(found)
}

/// Lets gcc preprocess `file` as the kernel's build does.
fn preprocess(
    options: &Options,
    symvers: &Symvers,
    file: &Path,
    text: &Path,
) -> anyhow::Result<Preprocessed> {
    let (source, headers) = (std::path::absolute(&options.source)?, std::path::absolute(&options.headers)?);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_");
    let mut command = Command::new("gcc");
    command.current_dir(&source).args([
        "-E",
        "-D__GENKSYMS__",
        "-D__KERNEL__",
        "-nostdinc",
        "-std=gnu11",
        "-O2",
    ]);
    command.args(["-fshort-wchar", "-mno-sse", "-mno-mmx", "-mno-sse2", "-mno-avx", "-mno-80387", "-m64"]);
    command.args(["-mcmodel=kernel", "-fno-pie", "-DCC_USING_FENTRY", "-mindirect-branch=thunk-extern"]);
    for (root, directory) in [
        (&source, "arch/x86/include"),
        (&headers, "arch/x86/include/generated"),
        (&source, "include"),
        (&headers, "include"),
        (&source, "arch/x86/include/uapi"),
        (&headers, "arch/x86/include/generated/uapi"),
        (&source, "include/uapi"),
        (&headers, "include/generated/uapi"),
    ] {
        command.arg("-I").arg(root.join(directory));
    }
    for header in ["compiler-version.h", "kconfig.h", "compiler_types.h"] {
        command.arg("-include").arg(source.join("include/linux").join(header));
    }
    command.arg(format!("-DKBUILD_BASENAME=\"{stem}\"")).arg(format!("-DKBUILD_MODNAME=\"{stem}\""));
    command.arg(format!("-DKBUILD_MODFILE=\"{}\"", file.with_extension("").display()));
    command.arg(format!("-D__KBUILD_MODNAME=kmod_{stem}"));
    if is_module(&source.join(file), symvers)? {
        command.arg("-DMODULE");
    }
    for directory in included(&source, file)? {
        command.arg("-I").arg(directory);
    }
    let output = command.arg(file).arg("-o").arg(text).output().context("gcc")?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        let error = said.lines().find(|line| line.contains("error:")).unwrap_or("gcc fails");
        return Ok(Preprocessed::Refused(error.to_owned()));
    }
    let exports = b"__GENKSYMS_EXPORT_SYMBOL";
    let has_any = fs::read(text)?.windows(exports.len()).any(|window| window == exports);
    Ok(if has_any { Preprocessed::Exports } else { Preprocessed::ExportsNothing })
}

/// Whether the file is a module's in this kernel: the first export of it that Module.symvers lists says so.
fn is_module(file: &Path, symvers: &Symvers) -> anyhow::Result<bool> {
    let text = String::from_utf8_lossy(&fs::read(file)?).into_owned();
    let exported = text.split("EXPORT_").skip(1).filter_map(|after| {
        let (_, after) = after.lines().next()?.split_once('(')?;
        symvers.get(after.split(|c: char| !(c.is_alphanumeric() || c == '_')).next()?)
    });
    Ok(exported.map(|entry| entry.exporter != "vmlinux").next().unwrap_or(false))
}

/// The file's own directory, and those that the Makefiles from there upwards name with `-I`.
fn included(source: &Path, file: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for directory in file.ancestors().skip(1) {
        let here = source.join(directory);
        found.extend((found.is_empty()).then(|| here.clone()));
        for makefile in ["Makefile", "Kbuild"] {
            let text = fs::read(here.join(makefile)).unwrap_or_default();
            for option in String::from_utf8_lossy(&text).split("-I").skip(1) {
                let path = option.split_whitespace().next().unwrap_or_default();
                let path =
                    path.replace("$(srctree)/", "").replace("$(src)", &directory.display().to_string());
                let path = path.replace("$(obj)", &directory.display().to_string());
                if !path.is_empty() && !path.contains('$') {
                    found.push(source.join(path));
                }
            }
        }
    }
    Ok(found)
}
