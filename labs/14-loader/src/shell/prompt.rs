//! The shell on a terminal: a line editor with history and completion, or plain lines where there is no terminal.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::CommandFactory;
use rustyline::{
    CompletionType, Config, Context, Editor, Helper, Highlighter, Hinter, Validator,
    completion::{Completer, FilenameCompleter, Pair},
    error::ReadlineError,
    history::DefaultHistory,
};

use super::{Flow, MayFail, Shell, command::CommandLine};

const PROMPT: &str = "# ";

/// Reads lines until there are no more, and does what they say.
///
/// # Errors
/// The terminal cannot be read or written to. Where the lines do not come from a terminal, the first one that
/// fails and is not marked with `!` is an error, as in a script.
pub fn interact(mut shell: Shell, out: &mut dyn Write) -> anyhow::Result<()> {
    if !io::stdin().is_terminal() {
        return read_all(&mut shell, out);
    }
    writeln!(out, "A simulated Linux kernel. `help` lists the commands; `exit` or Ctrl-D leaves.")?;
    let config = Config::builder().completion_type(CompletionType::List).build();
    let mut editor: Editor<Completion, DefaultHistory> = Editor::with_config(config)?;
    editor.set_helper(Some(Completion::new(&shell)));
    loop {
        out.flush()?;
        match editor.readline(PROMPT) {
            Ok(line) => {
                // A line that cannot be remembered can still be done.
                let _ = editor.add_history_entry(&line);
                if shell.run_line(&line, out)? == Ok(Flow::Exit) {
                    return Ok(());
                }
            }
            Err(ReadlineError::Interrupted) => writeln!(out, "Ctrl-D leaves.")?,
            Err(ReadlineError::Eof) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

fn read_all(shell: &mut Shell, out: &mut dyn Write) -> anyhow::Result<()> {
    for (number, line) in (1..).zip(io::stdin().lock().lines()) {
        match shell.run_line(&line?, out)? {
            Ok(Flow::Exit) => break,
            Ok(Flow::Continue) | Err(MayFail(true)) => {}
            Err(MayFail(false)) => anyhow::bail!("standard input: line {number} failed"),
        }
        out.flush()?;
    }
    Ok(())
}

/// What Tab offers: commands first, then files, the kernel's own files, modules at hand.
#[derive(Helper, Hinter, Highlighter, Validator)]
struct Completion {
    commands: Vec<String>,
    modules: Vec<String>,
    files: FilenameCompleter,
}

impl Completion {
    fn new(shell: &Shell) -> Completion {
        let commands =
            CommandLine::command().get_subcommands().map(|command| command.get_name().to_owned()).collect();
        let modules = shell.kernel.tree().map(|tree| tree.names().map(str::to_owned).collect());
        Completion { commands, modules: modules.unwrap_or_default(), files: FilenameCompleter::new() }
    }
}

impl Completer for Completion {
    type Candidate = Pair;

    fn complete(
        &self,
        line: &str,
        at: usize,
        context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..at).unwrap_or(line);
        let start = before.rfind([' ', '!']).map_or(0, |blank| blank + 1);
        let word = before.get(start..).unwrap_or_default();
        let command = before.trim_start_matches(['!', ' ']).split(' ').next().unwrap_or_default();
        let is_command =
            before.get(..start).is_none_or(|earlier| earlier.trim_matches(['!', ' ']).is_empty());
        let names = match command {
            _ if is_command => &self.commands,
            "modprobe" | "rmmod" | "modinfo" if !word.contains('/') => &self.modules,
            _ => return self.files.complete(line, at, context),
        };
        let matching = names.iter().filter(|name| name.starts_with(word));
        let pairs = matching.map(|name| Pair { display: name.clone(), replacement: name.clone() });
        Ok((start, pairs.collect()))
    }
}
