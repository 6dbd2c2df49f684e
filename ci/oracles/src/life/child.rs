//! The process that the kernels live in: orders come in, one a line, and lives go out.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context;

use super::outcome::{Life, Outcome};
use super::plan::Order;
use super::round::Setup;

/// Reads orders from standard input until there are no more.
pub fn serve(symvers: &Path, tree: PathBuf, with_log: bool) -> anyhow::Result<()> {
    let symvers = Arc::new(loader::setup::read_symvers(symvers)?);
    let setup = Setup { symvers, tree, with_log };
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let order: Order = serde_json::from_str(&line?).context("the order")?;
        let life = setup.live(&order).unwrap_or_else(|error| {
            let mut life = Life::lost(&order.name, Outcome::Unlinked { message: format!("{error:#}") });
            life.linked = false;
            life
        });
        writeln!(out, "{}", serde_json::to_string(&life)?)?;
    }
    Ok(())
}
