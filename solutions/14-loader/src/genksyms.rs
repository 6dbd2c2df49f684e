//! `loader genksyms`: preprocessed C in, a version for each exported symbol out, as scripts/genksyms does.

use std::{
    fs,
    io::{self, IsTerminal, Read, Write},
    os::fd::AsFd,
    path::PathBuf,
};

use anyhow::{Context, anyhow, ensure};
use clap::Args;
use modversions::genksyms::{Explanation, genksyms};

/// The options of `loader genksyms`.
#[derive(Debug, Args)]
pub struct Options {
    /// Write every exported symbol's expanded declaration to standard error
    #[arg(short = 'D', long)]
    dump: bool,
    /// Say all that is wrong with the text, also where every exported symbol got its version
    #[arg(short, long)]
    warnings: bool,
    /// Say nothing of what is wrong with the text
    #[arg(short, long, conflicts_with = "warnings")]
    quiet: bool,
    /// As the kernel's build gives it: versions to compare with. Only an empty FILE, such as /dev/null, is taken
    #[arg(short, long, value_name = "FILE")]
    reference: Option<PathBuf>,
    /// Show instead why SYMBOL has another version in the preprocessed file NEW than in OLD
    #[arg(long, num_args = 3, value_names = ["OLD", "NEW", "SYMBOL"])]
    explain: Option<Vec<PathBuf>>,
}

/// Reads standard input and writes `#SYMVER name crc` lines, or explains a difference.
///
/// # Errors
/// A file cannot be read or the output not written; with `--warnings`, also where something is wrong with the
/// text.
pub fn run(options: &Options, out: &mut dyn Write) -> anyhow::Result<()> {
    if let Some([old, new, symbol]) = options.explain.as_deref() {
        let read = |path: &PathBuf| fs::read(path).with_context(|| path.display().to_string());
        let symbol = symbol.to_string_lossy();
        let explanation =
            Explanation::new(&read(old)?, &read(new)?, &symbol).map_err(|error| anyhow!(error))?;
        out.write_all(explanation.text(io::stdout().is_terminal()).as_bytes())?;
        return Ok(());
    }
    if let Some(path) = &options.reference {
        let reference = fs::read(path).with_context(|| path.display().to_string())?;
        ensure!(reference.is_empty(), "{}: versions to compare with are not supported", path.display());
    }
    // As a file, whose length is known: read in one piece.
    let mut input = fs::File::from(io::stdin().as_fd().try_clone_to_owned().context("standard input")?);
    let mut text = Vec::new();
    input.read_to_end(&mut text).context("standard input")?;
    versions(options, &text, out)
}

fn versions(options: &Options, text: &[u8], out: &mut dyn Write) -> anyhow::Result<()> {
    let mut dump = io::BufWriter::new(io::stderr().lock());
    let mut written = Ok(());
    let complaints = genksyms(text, |export| {
        let mut write = || {
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
    // The kernel's tool is silent by default. So are we, where nothing is missing in the output.
    let is_missing = complaints.iter().any(|complaint| complaint.costs_a_version());
    if options.warnings || is_missing && !options.quiet && !options.dump {
        for complaint in &complaints {
            writeln!(dump, "{complaint}")?;
        }
    }
    dump.flush()?;
    match complaints.len() {
        count if options.warnings && count > 0 => Err(anyhow!("genksyms: complaints: {count}")),
        _ => Ok(()),
    }
}
