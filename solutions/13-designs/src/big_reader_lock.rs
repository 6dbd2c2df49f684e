//! A big reader lock: one lock for each CPU; a reader takes his own, a writer all of them. What `try_module_get` was
//! compared with in the FAQ (2.4: `lib/brlock.c`); crossbeam's `ShardedLock` is one.

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    parts::{CachePadded, ShardedLock, read, write},
    sync::{AtomicBool, AtomicI32, Ordering, cpu},
};

/// A count on each CPU, and one big reader lock.
pub struct BigReaderLock {
    module: Module,
    lock: ShardedLock<()>,
    live: AtomicBool,
    /// How often the module was taken on each CPU, less how often it was given back there.
    counts: [CachePadded<AtomicI32>; 2],
}

impl BigReaderLock {
    /// All that came less all that went.
    fn sum(&self) -> i32 {
        // Relaxed: the fence in `Module::exit`, which follows, pairs with the Release in `leave`.
        self.counts.iter().map(|count| count.load(Ordering::Relaxed)).sum()
    }
}

impl Design for BigReaderLock {
    const FACTS: Facts = Facts {
        name: "big reader lock",
        whose: "the FAQ's comparison, 2002",
        author: "nothing: whoever calls takes the reference",
        unwilling: "stays, and nobody notices",
    };

    fn load() -> BigReaderLock {
        BigReaderLock {
            module: Module::new(),
            lock: ShardedLock::new(()),
            live: AtomicBool::new(true),
            counts: [0, 0].map(|none| CachePadded::new(AtomicI32::new(none))),
        }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        {
            let _reading = read(&self.lock);
            // Relaxed, both: the lock orders them.
            if !self.live.load(Ordering::Relaxed) {
                return false;
            }
            self.counts[cpu() % 2].fetch_add(1, Ordering::Relaxed);
        }
        self.module.text.run(|| ());
        true
    }

    fn leave(&self, _unit: usize) {
        self.module.text.run(|| ());
        // Release: pairs with the fence behind `sum`, in `Module::exit`, so that we have left by then.
        self.counts[cpu() % 2].fetch_sub(1, Ordering::Release);
    }

    /// While nobody can be between his look at `live` and his count: if `BigReaderLock::sum` is zero, the module is no
    /// longer live; else the answer is [`Refusal::Busy`]. Then, with the lock given back, [`Module::exit`].
    fn unload(&self) -> Result<(), Refusal> {
        // ANCHOR: task_big_reader_lock
        {
            let _writing = write(&self.lock);
            if self.sum() != 0 {
                return Err(Refusal::Busy);
            }
            // Relaxed: the lock orders it.
            self.live.store(false, Ordering::Relaxed);
        }
        self.module.exit();
        Ok(())
        // ANCHOR_END: task_big_reader_lock
    }
}
