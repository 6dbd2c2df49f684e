//! The subcommands of `loader`: those that need no kernel, and those that boot one.

use std::{
    env,
    ffi::OsString,
    io::Write,
    os::unix::ffi::OsStrExt,
    path::{Path, PathBuf},
};

use abi::Policy;
use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use elf::{ModinfoStyle, modinfo_text};

use crate::{
    decode, depmod, files,
    link::link_file,
    setup::{Setup, read_symvers},
    shell::Shell,
    verdict::{Judge, Verdict},
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

/// What `loader verdict` is asked besides its files.
#[derive(Debug, Args)]
pub struct Verdicts {
    /// The Module.symvers of the kernel that judges
    #[arg(long)]
    symvers: PathBuf,
    /// That kernel's version magic; its final space counts
    #[arg(long)]
    vermagic: String,
    /// Which kernel's rules: v6.1 (Debian's), v6.1-mainline, strict, 2003
    #[arg(long, default_value = "v6.1")]
    policy: Policy,
    /// Insert the files one after the other into one kernel, which has vmlinux's exports only at the start
    #[arg(long)]
    sequence: bool,
    /// Print an array with one object a file instead: path, errno (null for OK), stricter (the rule, where 6.1 has
    /// none), messages, taints
    #[arg(long)]
    json: bool,
    /// Module files. NAME=VALUE behind a file is a parameter for it, as with insmod; with --sequence, remove:NAME removes
    /// a module again. Files that are called so are written ./NAME=VALUE
    #[arg(required = true, value_name = "FILE")]
    words: Vec<OsString>,
}

/// What is asked in turn.
#[derive(Debug)]
enum Question {
    Insert { file: PathBuf, arguments: Vec<String> },
    Remove(String),
}

/// The words of the command line, put together.
fn questions(words: &[OsString], is_sequence: bool) -> anyhow::Result<Vec<Question>> {
    let mut questions = Vec::new();
    for word in words {
        let text = word.to_str().unwrap_or_default();
        let name = text.split_once('=').map(|(name, _)| name).unwrap_or_default();
        let is_parameter = !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
        if let Some(name) = text.strip_prefix("remove:") {
            ensure!(is_sequence, "verdict: {text}: only what was inserted can be removed: say --sequence");
            questions.push(Question::Remove(name.to_owned()));
        } else if is_parameter {
            let Some(Question::Insert { arguments, .. }) = questions.last_mut() else {
                bail!("verdict: {text}: a parameter stands behind the file that it is for");
            };
            arguments.push(text.to_owned());
        } else {
            questions.push(Question::Insert { file: word.into(), arguments: Vec::new() });
        }
    }
    Ok(questions)
}

/// `loader verdict`: one line a file. A refusal is an answer, not a failure.
///
/// # Errors
/// Module.symvers or a file cannot be read (the others are judged all the same), or `out` cannot be written to.
pub fn verdict(asked: &Verdicts, out: &mut dyn Write) -> anyhow::Result<()> {
    let kind = if asked.sequence { Judge::of_sequence } else { Judge::new };
    let mut judge = kind(read_symvers(&asked.symvers)?, &asked.vermagic, asked.policy);
    let questions = questions(&asked.words, asked.sequence)?;
    let (mut unread, mut objects) = (0, Vec::new());
    for question in &questions {
        let (path, verdict) = match question {
            Question::Remove(name) => {
                let answer = judge.remove(name.as_bytes().into());
                (PathBuf::from(format!("remove:{name}")), Verdict::of(answer))
            }
            Question::Insert { file, arguments } => {
                let bytes = match files::read(file) {
                    Ok(bytes) => bytes,
                    // Of a single file there is no more to say than what is wrong with it.
                    Err(error) if questions.len() == 1 => return Err(error),
                    Err(error) => {
                        eprintln!("loader: {error:#}");
                        unread += 1;
                        continue;
                    }
                };
                let arguments = joined(arguments);
                let verdict = match elf::decompress(&bytes) {
                    Ok(bytes) if asked.sequence => judge.insert(&bytes, &arguments),
                    Ok(bytes) => judge.judge_with(&bytes, &arguments),
                    Err(refusal) => Verdict::of(Err(refusal)),
                };
                (file.clone(), verdict)
            }
        };
        match asked.json {
            true => objects.push(as_json(&path, &verdict)),
            false => writeln!(out, "{}", as_line(&path, &verdict))?,
        }
    }
    if asked.json {
        writeln!(out, "{:#}", serde_json::Value::Array(objects))?;
    }
    if unread > 0 {
        bail!("verdict: {unread} of {} files could not be read", questions.len());
    }
    Ok(())
}

/// One string for the kernel, which parts it at its blanks: a word that has one itself is put in quotes as a whole.
fn joined(arguments: &[String]) -> String {
    let quoted = |word: &String| if word.contains(' ') { format!("\"{word}\"") } else { word.clone() };
    arguments.iter().map(quoted).collect::<Vec<_>>().join(" ")
}

/// Path, answer and messages, with a tab between them.
fn as_line(path: &Path, verdict: &Verdict) -> String {
    let answer = verdict.answer.as_ref().err().map_or("OK", |refusal| refusal.errno.name());
    // A name may hold what parts the columns and the lines.
    let name = path.display().to_string().replace(['\t', '\n'], "?");
    format!("{name}\t{answer}\t{}", verdict.lines().collect::<Vec<_>>().join(" | "))
}

/// `stricter` is the id of the rule that refuses, where 6.1 has no such rule. The taints are the kernel's as the number in
/// `/proc/sys/kernel/tainted`, and the module's as the letters in `/proc/modules`.
fn as_json(path: &Path, verdict: &Verdict) -> serde_json::Value {
    let refusal = verdict.answer.as_ref().err();
    serde_json::json!({
        "path": path.display().to_string(),
        "errno": refusal.map(|refusal| refusal.errno.name()),
        "stricter": refusal.and_then(|refusal| refusal.stricter).map(abi::Stricter::id),
        "messages": verdict.lines().collect::<Vec<_>>(),
        "taints": {
            "kernel": verdict.kernel_taints.bits(),
            "module": verdict.taints.module_letters(),
        },
    })
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
