//! The process that runs checks: one after the other, each in a kernel of its own, with a line of JSON before and
//! after each, so that whoever reads along knows in which one the process died.

use std::{
    io::{Write, stdout},
    ops::Range,
    sync::Arc,
};

use loader::setup::read_symvers;
use serde_json::{Value, json};

use super::{
    Options,
    bench::Bench,
    check::{Check, Trouble, silent},
};

/// Runs the checks in `range`.
pub fn run(options: &Options, checks: &[Check], range: Range<usize>) -> anyhow::Result<bool> {
    let symvers = Arc::new(read_symvers(&options.symvers)?);
    for number in range {
        let Some(check) = checks.get(number) else { break };
        say(&json!({ "begins": number }))?;
        let bench = Bench::boot(options, &symvers)?;
        let result = attempt(&bench, check);
        say(&answer(number, bench.compared(), result))?;
    }
    Ok(true)
}

fn attempt(bench: &Bench, check: &Check) -> Result<(), Trouble> {
    bench.insert(check.modules.first().copied().unwrap_or_default())?;
    (check.run)(bench)?;
    for &module in &check.modules {
        let file = module.replace('-', "_");
        if bench.kernel().registry().find(file.as_bytes().into()).is_none() {
            return Err(silent(format!("{module} was not loaded for this")));
        }
    }
    if bench.compared() == 0 { Err(silent("nothing was compared")) } else { Ok(()) }
}

fn answer(number: usize, compared: usize, result: Result<(), Trouble>) -> Value {
    let (outcome, text) = match result {
        Ok(()) => ("right", String::new()),
        Err(Trouble::Wrong(text)) => ("wrong", text),
        Err(Trouble::Silent(text)) => ("silent", text),
    };
    json!({ "ends": number, "compared": compared, "outcome": outcome, "text": text })
}

fn say(line: &Value) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
