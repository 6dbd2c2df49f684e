//! The loader's answer to the same file in the same state.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use abi::{Policy, Symvers};
use anyhow::Context;
use loader::verdict::{Judge, Verdict};
use referee::{Order, Ours, Said};

/// A loader for one kernel.
pub struct Loader {
    judge: Judge,
    /// The kernel after what must be there first: neighbours need the same.
    prepared: HashMap<Vec<PathBuf>, Judge>,
}

/// So many kernels are kept.
const KEPT: usize = 200;

impl Loader {
    pub fn new(symvers: &Path, vermagic: &str) -> anyhow::Result<Loader> {
        let text = std::fs::read_to_string(symvers).with_context(|| symvers.display().to_string())?;
        let judge = Judge::of_sequence(Symvers::parse(&text)?, vermagic, Policy::default());
        Ok(Loader { judge, prepared: HashMap::new() })
    }

    /// What it says to the file of `order`, after those files that are there in the kernel that has `said` its part: one
    /// whose init fails there for want of hardware is not.
    pub fn answer(&mut self, order: &Order, said: &Said) -> anyhow::Result<Ours> {
        let live = said.before.iter().filter(|before| before.errno == 0);
        let live: Vec<PathBuf> = live.filter_map(|before| order.before.get(before.index).cloned()).collect();
        let judge = self.after(live)?;
        let bytes = loader::files::read(&order.file)?;
        let verdict = match elf::decompress(&bytes) {
            Ok(file) => judge.judge_with(&file, &order.arguments),
            Err(refusal) => Verdict::of(Err(refusal)),
        };
        let refusal = verdict.answer.as_ref().err();
        Ok(Ours {
            errno: refusal.map(|refusal| refusal.errno as i32),
            lines: verdict.lines().map(str::to_owned).collect(),
            taints: verdict.kernel_taints.bits().into(),
            is_stricter: refusal.is_some_and(|refusal| refusal.stricter.is_some()),
        })
    }

    /// Whether it refuses `file` by a rule that 6.1 does not have.
    pub fn is_stricter(&self, file: &[u8]) -> bool {
        self.judge.judge(file).answer.is_err_and(|refusal| refusal.stricter.is_some())
    }

    /// The kernel in which those modules are, and which says everything again.
    fn after(&mut self, live: Vec<PathBuf>) -> anyhow::Result<&Judge> {
        if self.prepared.len() > KEPT {
            self.prepared.clear();
        }
        if !self.prepared.contains_key(&live) {
            let mut judge = self.judge.clone();
            for path in &live {
                judge.insert(&loader::files::read_module(path)?, "");
            }
            judge.forget_taints();
            self.prepared.insert(live.clone(), judge);
        }
        self.prepared.get(&live).context("what was just put there")
    }
}
