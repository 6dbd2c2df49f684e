//! labs/machine/Module.symvers: the lines of a kernel's Module.symvers for the exports that the machine implements.

use std::{fs, path::Path, sync::Arc};

use abi::symvers::Symvers;
use anyhow::{Context, Result};
use machine::{Config, Machine};

/// Prints them, sorted by name; true unless the kernel lacks one.
pub fn extract(path: &Path) -> Result<bool> {
    let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
    let kernel = Arc::new(Symvers::parse(&text).with_context(|| path.display().to_string())?);
    let machine = Machine::boot(Config { symvers: Some(kernel.clone()), ..Config::default() })?;
    let (mut ours, mut complete) = (Symvers::default(), true);
    for export in machine.exports().all().iter().filter(|export| export.implemented) {
        match kernel.get(&export.name) {
            Some(entry) => ours.insert(entry.clone()),
            None => {
                eprintln!("{} is implemented, but no export of this kernel", export.name);
                complete = false;
            }
        }
    }
    print!("{ours}");
    Ok(complete)
}
