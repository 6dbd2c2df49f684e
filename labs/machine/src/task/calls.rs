//! The calls into module code that a task has not come back from.

use std::{
    array,
    sync::atomic::{AtomicU64, AtomicUsize, Ordering},
};

/// How many are kept. Nobody calls deeper: each level takes at least a kernel function and a module's.
const DEEPEST: usize = 32;

/// A stack of calls, written by the task's own thread, and read by it between two tasks. Where there are more than are
/// kept, the outermost ones are known.
///
/// Relaxed throughout: one thread does all of it, and atomics are here so that it need not be unsafe.
#[derive(Debug)]
pub(crate) struct Calls {
    depth: AtomicUsize,
    kept: [(AtomicU64, AtomicU64); DEEPEST],
}

impl Default for Calls {
    fn default() -> Calls {
        Calls { depth: AtomicUsize::new(0), kept: array::from_fn(|_| Default::default()) }
    }
}

impl Calls {
    /// The function at `function` is about to be called; the stack is in use down to `above`.
    pub(crate) fn enter(&self, function: u64, above: u64) {
        let depth = self.depth.fetch_add(1, Ordering::Relaxed);
        if let Some((kept, at)) = self.kept.get(depth) {
            kept.store(function, Ordering::Relaxed);
            at.store(above, Ordering::Relaxed);
        }
    }

    /// It has returned.
    pub(crate) fn leave(&self) {
        self.depth.fetch_sub(1, Ordering::Relaxed);
    }

    /// Those that have not returned, the outermost first.
    pub(crate) fn active(&self) -> Vec<(u64, u64)> {
        let kept = self.kept.iter().take(self.depth.load(Ordering::Relaxed));
        kept.map(|(function, above)| (function.load(Ordering::Relaxed), above.load(Ordering::Relaxed)))
            .collect()
    }
}
