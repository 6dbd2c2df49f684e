//! The simulated kernel's shell: commands typed by hand or read from a script.

mod arguments;
mod calls;
mod command;
mod crypto;
mod devices;
mod files;
mod jobs;
mod line;
mod modules;
mod prompt;
mod search;

use std::{collections::BTreeMap, io::Write, sync::Arc};

use clap::Parser;

use crate::Kernel;
use arguments::Buffers;
use command::{Command, CommandLine};
use jobs::Job;

pub use line::Line;
pub use prompt::interact;

/// A shell on a kernel.
pub struct Shell {
    kernel: Arc<Kernel>,
    /// Files that `echo … > NAME` made.
    own_files: BTreeMap<String, Vec<u8>>,
    /// Devices kept open, by descriptor.
    open: BTreeMap<u32, machine::services::File>,
    buffers: Buffers,
    jobs: Vec<Job>,
}

/// What becomes of the shell after a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    /// It goes on.
    Continue,
    /// It ends.
    Exit,
}

impl Shell {
    /// A shell on `kernel`.
    pub fn new(kernel: Arc<Kernel>) -> Shell {
        let (own_files, open, buffers) = (BTreeMap::new(), BTreeMap::new(), Buffers::new());
        Shell { kernel, own_files, open, buffers, jobs: Vec::new() }
    }

    /// Does what `text` says, and prints the outcome on `out`; a command that fails says so in one line there.
    ///
    /// # Errors
    /// The line failed; what went wrong has been printed. The second value says whether it was marked with `!`.
    pub fn run_line(&mut self, text: &str, out: &mut dyn Write) -> anyhow::Result<Result<Flow, MayFail>> {
        if let Some(text) = text.trim_end().strip_suffix(" &") {
            return self.start_job(text);
        }
        let (words, redirect, may_fail) = match Line::parse(text) {
            Ok(Line::Nothing) => return Ok(Ok(Flow::Continue)),
            Ok(Line::Command { words, redirect, may_fail }) => (words, redirect, may_fail),
            Err(wrong) => {
                writeln!(out, "shell: {wrong}")?;
                return Ok(Err(MayFail(Line::is_marked(text))));
            }
        };
        let name = words.first().cloned().unwrap_or_default();
        let command = match CommandLine::try_parse_from(&words) {
            Ok(line) => line.command,
            Err(error) => {
                if !error.use_stderr() {
                    write!(out, "{error}")?; // help, which was asked for
                    return Ok(Ok(Flow::Continue));
                }
                writeln!(out, "{name}: {}; `help` lists the commands", complaint(&error))?;
                return Ok(Err(MayFail(may_fail)));
            }
        };
        if matches!(command, Command::Exit) {
            return Ok(Ok(Flow::Exit));
        }
        let mut printed = Vec::new();
        let outcome = self.execute(command, &mut printed);
        let outcome = match (outcome, redirect) {
            (Ok(()), Some(path)) => self.write_file(&path, std::mem::take(&mut printed)),
            (outcome, _) => outcome,
        };
        out.write_all(&printed)?;
        if let Err(error) = outcome {
            writeln!(out, "{name}: {}", format!("{error:#}").replace('\n', " | "))?;
            return Ok(Err(MayFail(may_fail)));
        }
        Ok(Ok(Flow::Continue))
    }

    /// Types the lines of `script`, each shown after a prompt before its output.
    ///
    /// # Errors
    /// `Ok(Err(line))`: the number of the first line that failed and is not marked with `!`; else `out` cannot
    /// be written to.
    pub fn run_script(&mut self, script: &str, out: &mut dyn Write) -> anyhow::Result<Result<(), usize>> {
        for (number, text) in (1..).zip(script.lines()) {
            match text.trim().is_empty() || text.trim_start().starts_with('#') {
                true => writeln!(out, "{text}")?,
                false => writeln!(out, "$ {}", text.trim())?,
            }
            match self.run_line(text, out)? {
                Ok(Flow::Exit) => break,
                Ok(Flow::Continue) | Err(MayFail(true)) => {}
                Err(MayFail(false)) => return Ok(Err(number)),
            }
            out.flush()?;
        }
        Ok(Ok(()))
    }

    fn execute(&mut self, command: Command, out: &mut Vec<u8>) -> anyhow::Result<()> {
        match command {
            Command::Insmod { file, parameters } => self.kernel.insmod(&file, &parameters),
            Command::Rmmod { force, wait, names } => self.rmmod(&names, force, wait),
            Command::Modprobe { remove: true, name, .. } => self.kernel.modprobe_remove(&name),
            Command::Modprobe { name, parameters, .. } => self.kernel.modprobe(&name, &parameters.join(" ")),
            Command::Lsmod => Ok(out.write_all(self.kernel.lsmod().as_bytes())?),
            Command::Modinfo { field, modules } => self.modinfo(&modules, field.as_deref(), out),
            Command::Dmesg { clear, notime } => self.dmesg(clear, notime, out),
            Command::Call { symbol, arguments, int } => self.call(&symbol, &arguments, int, out),
            Command::Buffer { name, content } => self.make_buffer(&name, &content),
            Command::Xxd { name, length } => self.xxd(&name, length, out),
            Command::Digest { algorithm, text, key } => self.digest(&algorithm, &text, key.as_deref(), out),
            Command::Cipher { algorithm, key, block, decrypt } => {
                self.cipher(&algorithm, &key, &block, decrypt, out)
            }
            Command::Search { algorithm, pattern, text } => self.search(&algorithm, &pattern, &text, out),
            Command::Nls { charset, character } => self.nls(&charset, &character, out),
            Command::Cat { path } => self.cat(&path, out),
            Command::Echo { no_newline, words } => echo(&words, no_newline, out),
            Command::Ls { path } => self.ls(&path, out),
            Command::Open { path } => self.open(&path, out),
            Command::Read { descriptor, length } => self.read(descriptor, length, out),
            Command::Write { descriptor, words } => self.write(descriptor, &words),
            Command::Ioctl { descriptor, request, argument } => {
                self.ioctl(descriptor, &request, &argument, out)
            }
            Command::Close { descriptor } => self.close(descriptor),
            Command::Sleep { seconds } => sleep(seconds),
            Command::Wait => self.wait(out),
            Command::Exit => Ok(()),
        }
    }
}

/// A line failed; whether it was marked with `!`, so that a script goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MayFail(pub bool);

/// What clap has to say against a command, in one line: its first paragraph.
fn complaint(error: &clap::Error) -> String {
    let text = error.to_string();
    let paragraph = text.split("\n\n").next().unwrap_or_default();
    let words: Vec<&str> = paragraph.trim_start_matches("error: ").split_whitespace().collect();
    words.join(" ")
}

fn echo(words: &[String], no_newline: bool, out: &mut Vec<u8>) -> anyhow::Result<()> {
    out.extend_from_slice(words.join(" ").as_bytes());
    if !no_newline {
        out.push(b'\n');
    }
    Ok(())
}

/// Sleeps for at most an hour, so that a slip of the hand does not lock the shell up.
fn sleep(seconds: f64) -> anyhow::Result<()> {
    anyhow::ensure!((0.0..=3600.0).contains(&seconds), "{seconds} seconds: 0 to 3600 can be slept");
    std::thread::sleep(std::time::Duration::from_secs_f64(seconds));
    Ok(())
}
