//! The loader whose answers are compared, and what it answers.

use std::path::{Path, PathBuf};
use std::process::Command;

use abi::Errno;
use anyhow::{Context, Result, bail};
use referee::{Order, Ours, Said};
use serde::Deserialize;

use super::kernels::Asked;
use crate::{cargo::LOADER, finished, originals, root::Root};

/// A loader that is built.
pub struct Loader {
    /// The program.
    pub path: PathBuf,
    /// The learner's parts in it.
    parts: Vec<String>,
}

impl Loader {
    /// A line that says whose it is.
    pub fn whose(&self) -> String {
        match &*self.parts {
            [] => "The loader is the reference; the parts you have solved will be yours.".into(),
            parts => crate::layout::wrapped(&format!("Yours in this loader: {}.", parts.join(", "))),
        }
    }
}

/// The loader with every part that the learner has solved.
///
/// # Errors
/// It does not build; or this copy has no reference, and a part is not solved yet.
pub fn loader(root: &Root) -> Result<Loader> {
    let (path, parts) = match finished::has_own_parts(root)? || !originals::has_solutions(root) {
        true => finished::loader_with_own_parts(root)?,
        false => (LOADER.build(root)?, Vec::new()),
    };
    Ok(Loader { path, parts })
}

/// An object that `loader verdict --json` prints.
#[derive(Deserialize)]
struct Verdict {
    errno: Option<String>,
    stricter: Option<String>,
    messages: Vec<String>,
    taints: Taints,
}

#[derive(Deserialize)]
struct Taints {
    kernel: u64,
}

/// The number of an errno's `name` (include/uapi/asm-generic/errno.h ends at 133).
fn number(name: &str) -> Result<i32> {
    let mut all = (1..=133).filter_map(Errno::from_number);
    let errno = all.find(|errno| errno.name() == name);
    Ok(errno.with_context(|| format!("the loader answers {name}, which is no errno"))? as i32)
}

/// What `loader` says of the file, after those that came to be there in the kernel that has `said` its part.
///
/// # Errors
/// It cannot be run, or says something that is no verdict.
pub fn answer(loader: &Path, asked: &Asked, order: &Order, said: &Said) -> Result<Ours> {
    let live = said.before.iter().filter(|before| before.errno == 0);
    let live = live.filter_map(|before| order.before.get(before.index));
    let mut command = Command::new(loader);
    command.args(["verdict", "--json", "--sequence", "--symvers"]).arg(&asked.symvers);
    command.arg("--vermagic").arg(&asked.vermagic).args(live).arg(&order.file);
    let output = command.output().with_context(|| format!("cannot run {}", loader.display()))?;
    if !output.status.success() {
        bail!("the loader fails: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let verdicts: Vec<Verdict> =
        serde_json::from_slice(&output.stdout).context("`loader verdict --json` prints no verdicts")?;
    let verdict = verdicts.into_iter().next_back().context("`loader verdict` says nothing")?;
    Ok(Ours {
        errno: verdict.errno.as_deref().map(number).transpose()?,
        lines: verdict.messages,
        taints: verdict.taints.kernel,
        is_stricter: verdict.stricter.is_some(),
    })
}
