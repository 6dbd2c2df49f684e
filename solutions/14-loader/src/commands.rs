//! The subcommands of `loader`: those that need no kernel, and those that boot one.

use std::{
    env,
    io::Write,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use abi::{LoadError, Policy};
use anyhow::{Context, anyhow, bail};
use elf::{ModinfoStyle, Module, modinfo_text};

use crate::{
    decode, depmod, files,
    link::link_file,
    setup::{Setup, read_symvers},
    shell::Shell,
    verdict::Judge,
};

/// Reads an address as the command line has it: hexadecimal with `0x`, else decimal.
///
/// # Errors
/// A sentence that says what is wrong with it.
pub fn address(text: &str) -> Result<u64, String> {
    let number = match text.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16),
        None => text.parse(),
    };
    number.map_err(|_| format!("'{text}' is no address: 0x… or a decimal number of 64 bits"))
}

/// `loader`: a kernel, and its shell on the terminal.
///
/// # Errors
/// The kernel does not boot, or the terminal cannot be read.
pub fn shell(setup: &Setup, out: &mut dyn Write) -> anyhow::Result<()> {
    let kernel = setup.boot()?;
    crate::shell::interact(Shell::new(kernel), out)
}

/// `loader run`: a kernel, and a script typed at its shell.
///
/// # Errors
/// The kernel does not boot, the script cannot be read, or one of its commands fails.
pub fn run(setup: &Setup, script: &Path, out: &mut dyn Write) -> anyhow::Result<()> {
    let text = files::read_text(script)?;
    let kernel = setup.boot()?;
    let mut shell = Shell::new(kernel);
    let outcome = shell.run_script(&text, out)?;
    outcome.map_err(|line| anyhow!("{}: line {line} failed", script.display()))
}

/// `loader modinfo`: one file after the other; what cannot be read does not stop the rest.
///
/// # Errors
/// A file that cannot be read or is no module.
pub fn modinfo(
    files: &[PathBuf],
    field: Option<&str>,
    null: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let mut failed = 0;
    for path in files {
        match files::read_module(path).and_then(|file| print_modinfo(path, &file, field, null, out)) {
            Ok(()) => {}
            // Of a single file there is no more to say than what is wrong with it.
            Err(error) if error.is::<std::io::Error>() || files.len() == 1 => return Err(error),
            Err(error) => {
                eprintln!("loader: {error:#}");
                failed += 1;
            }
        }
    }
    if failed > 0 {
        bail!("modinfo: {failed} of {} files could not be read", files.len());
    }
    Ok(())
}

/// Prints what the module in `file` says of itself.
///
/// # Errors
/// The file is no module; or `out` cannot be written to, which is an `io::Error`.
pub fn print_modinfo(
    path: &Path,
    file: &[u8],
    field: Option<&str>,
    null: bool,
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let style = ModinfoStyle { field, end: if null { 0 } else { b'\n' } };
    // As kmod does it: joined, and not made any prettier.
    let absolute = env::current_dir().context("the current directory")?.join(path);
    let text = modinfo_text(absolute.as_os_str().as_bytes(), file, style);
    let text = text.map_err(|refusal| anyhow!("{}: {refusal}", path.display()))?;
    Ok(out.write_all(&text)?)
}

/// `loader depmod`.
///
/// # Errors
/// A directory cannot be read or written, or modules need each other in a circle.
pub fn depmod(basedir: &Path, version: &str, outdir: &Path) -> anyhow::Result<()> {
    let report = depmod::run(basedir, version, outdir)?;
    report.warnings.iter().for_each(|warning| eprintln!("loader: depmod: {warning}"));
    Ok(())
}

/// `loader verdict`: one line a file. A refusal is an answer, not a failure.
///
/// # Errors
/// Module.symvers cannot be read, or `out` cannot be written to.
pub fn verdict(
    symvers: &Path,
    vermagic: &str,
    policy: Policy,
    files: &[PathBuf],
    out: &mut dyn Write,
) -> anyhow::Result<()> {
    let judge = Judge::new(read_symvers(symvers)?, vermagic, policy);
    for path in files {
        let (errno, lines) = match files::read(path) {
            Ok(bytes) => {
                let mut lines = Vec::new();
                let judged = elf::decompress(&bytes).and_then(|file| {
                    Module::parse(&file).and_then(|module| judge.judge(&module, &mut lines))
                });
                let errno = judged.as_ref().err().map(|refusal| refusal.errno);
                lines.extend(judged.err().iter().flat_map(LoadError::lines).map(str::to_owned));
                (errno, lines)
            }
            Err(error) => bail!("{error:#}"),
        };
        let answer = errno.map_or("OK", |errno| errno.name());
        // A name may hold what parts the columns and the lines.
        let name = path.display().to_string().replace(['\t', '\n'], "?");
        writeln!(out, "{name}\t{answer}\t{}", lines.join(" | "))?;
    }
    Ok(())
}

/// `loader kallsyms`.
///
/// # Errors
/// The table cannot be read, or a place is not in it.
pub fn kallsyms(table: &Path, places: &[String], out: &mut dyn Write) -> anyhow::Result<()> {
    decode::kallsyms(table, places, out)
}

/// `loader link`.
///
/// # Errors
/// The file cannot be read or linked, or the directory cannot be written to.
pub fn link(file: &Path, base: u64, undefined: u64, outdir: &Path) -> anyhow::Result<()> {
    link_file(file, base, undefined, outdir)
}
