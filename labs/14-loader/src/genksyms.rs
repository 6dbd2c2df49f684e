//! `loader genksyms`: preprocessed C in, a version for each exported symbol out, as scripts/genksyms does.

use std::{
    fs,
    io::{self, IsTerminal, Read, Write},
    os::fd::AsFd,
    path::PathBuf,
};

use anyhow::{Context, anyhow};
use clap::{ArgAction, Args};
use modversions::genksyms::{Complaint, Explanation, genksyms_against};

/// The options of `loader genksyms`: those of the kernel's tool, which may come several times, and `--explain`.
#[derive(Debug, Args)]
#[command(args_override_self = true, disable_version_flag = true)]
pub struct Options {
    /// Write every exported symbol's expanded declaration to standard error
    #[arg(short = 'D', long)]
    dump: bool,
    /// Write every declaration to standard error, and how many there were
    #[arg(short, long, action = ArgAction::Count)]
    debug: u8,
    /// Say all that is wrong with the text, also where every exported symbol got its version
    #[arg(short, long, overrides_with = "quiet")]
    warnings: bool,
    /// Say nothing of what is wrong with the text
    #[arg(short, long, overrides_with = "warnings")]
    quiet: bool,
    /// Compare with FILE, which --dump-types wrote for an earlier text, and warn where a version has changed
    #[arg(short, long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Fail where a version is not that of the reference; what it marks `override` stays as it has it
    #[arg(short, long)]
    preserve: bool,
    /// Write the definition of all that exported symbols lead to into FILE
    #[arg(short = 'T', long, value_name = "FILE")]
    dump_types: Option<PathBuf>,
    /// Print to standard error which release of the kernel's tool this one follows
    #[arg(short = 'V', long)]
    version: bool,
    /// Show instead why SYMBOL has another version in the preprocessed file NEW than in OLD
    #[arg(long, num_args = 3, value_names = ["OLD", "NEW", "SYMBOL"])]
    explain: Option<Vec<PathBuf>>,
}

/// Reads standard input and writes `#SYMVER name crc` lines, or explains a difference.
///
/// # Errors
/// A file cannot be read or the output not written; with `--warnings`, also where something is wrong with the
/// text, and with `--preserve`, where a version has changed.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some([old, new, symbol]) = options.explain.as_deref() {
        let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
        let symbol = symbol.to_string_lossy();
        let explanation =
            Explanation::new(&read(old)?, &read(new)?, &symbol).map_err(|error| anyhow!(error))?;
        out.write_all(explanation.text(io::stdout().is_terminal()).as_bytes())?;
        return Ok(());
    }
    if options.version {
        eprintln!("genksyms version 2.5.60");
    }
    let reference = match &options.reference {
        Some(path) => fs::read(path).with_context(|| path.display().to_string())?,
        None => Vec::new(),
    };
    // Before anything is read, as the kernel's tool does: a build sees at once that it cannot be written.
    let types = options
        .dump_types
        .as_ref()
        .map(|path| fs::File::create(path).with_context(|| path.display().to_string()));
    let types = types.transpose()?;
    // As a file, whose length is known: read in one piece.
    let mut input = fs::File::from(io::stdin().as_fd().try_clone_to_owned().context("standard input")?);
    let mut text = Vec::new();
    input.read_to_end(&mut text).context("standard input")?;
    versions(options, &text, &reference, types, out)
}

fn versions(
    options: &Options,
    text: &[u8],
    reference: &[u8],
    types: Option<fs::File>,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut dump = io::BufWriter::new(io::stderr().lock());
    let mut written = Ok(());
    let mut described = 0;
    let (complaints, symbols) = genksyms_against(text, reference, options.preserve, |export| {
        let mut write = || {
            if options.debug > 0 {
                dump.write_all(&export.symbols.definitions_from(described))?;
                described = export.symbols.count();
            }
            if options.dump {
                dump.write_all(&[b"Export ", &**export.name, b" == <", export.signature, b">\n"].concat())?;
            }
            out.write_all(b"#SYMVER ")?;
            out.write_all(export.name)?;
            writeln!(out, " 0x{:08x}", export.crc)
        };
        if written.is_ok() {
            written = write();
        }
    });
    written?;
    if options.debug > 0 {
        dump.write_all(&symbols.definitions_from(described))?;
        writeln!(dump, "{}", occupancy(symbols.count()))?;
    }
    if let Some(mut file) = types {
        file.write_all(&symbols.types()).context("the types cannot be written")?;
    }
    // The kernel's tool is silent by default. So are we, where nothing is missing in the output.
    let is_missing = complaints.iter().any(|complaint| complaint.costs_a_version());
    let is_said = options.warnings || is_missing && !options.quiet && !options.dump;
    for complaint in complaints.iter().filter(|complaint| is_said || complaint.is_of_the_reference()) {
        writeln!(dump, "{complaint}")?;
    }
    dump.flush()?;
    let counts = |complaint: &&Complaint| options.warnings || complaint.is_of_the_reference();
    match complaints.iter().filter(counts).map(Complaint::errors).sum() {
        0usize => Ok(()),
        errors => Err(anyhow!("genksyms: complaints: {errors}")),
    }
}

/// The last line of the kernel's tool with `-d`: how full its table is, in six digits.
fn occupancy(symbols: u32) -> String {
    const BUCKETS: u32 = 4096;
    let share = f64::from(symbols) / f64::from(BUCKETS);
    let digits = format!("{share:.5e}");
    let share = digits.parse::<f64>().unwrap_or(share);
    format!("Hash table occupancy {symbols}/{BUCKETS} = {share}")
}
