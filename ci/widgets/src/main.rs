//! Derives what the book's widgets show from the finished labs and the course's own modules, and the cases that their
//! JavaScript is held against. `cargo course sync` runs this program and writes what it prints:
//! `{ "compiled": { PATH: TEXT … }, "fixed": { PATH: TEXT … } }`, paths from the root of the course. What is
//! `compiled` depends on the C compiler that built the modules, what is `fixed` is the same on every computer.

mod cases;
mod html;
mod inspector;
mod layout;
mod memory;
mod modules;
mod relocation;
mod version;

use std::{collections::BTreeMap, path::PathBuf};

use anyhow::Result;
use clap::Parser;
use serde_json::json;

use modules::Modules;

/// Derives what the book's widgets show.
#[derive(Parser)]
struct Options {
    /// The folder with the course's own modules
    modules: PathBuf,
    /// The versions of the kernel's symbols that the machine has
    symvers: PathBuf,
}

/// Files to be written: from the root of the course, and their text.
type Files = BTreeMap<String, String>;

fn main() -> Result<()> {
    let options = Options::parse();
    let modules = Modules::read(&options.modules)?;
    let (mut compiled, mut fixed) = (Files::new(), Files::new());
    inspector::files(&modules, &mut compiled)?;
    relocation::files(&modules, &mut compiled)?;
    memory::files(&modules, &mut compiled)?;
    layout::files(&modules, &mut compiled)?;
    version::files(&options.symvers, &mut fixed)?;
    cases::files(&mut fixed)?;
    println!("{}", json!({ "compiled": compiled, "fixed": fixed }));
    Ok(())
}
