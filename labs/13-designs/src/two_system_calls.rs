//! Two system calls, and the linking in user space: Linux up to 2.4 (`kernel/module.c`, sys_create_module and
//! sys_init_module). Between them insmod links, and may die.

use abi::Errno;

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    sync::{AtomicBool, AtomicU32, Mutex, Ordering},
};

/// No module has this name.
pub const ABSENT: u32 = 0;
/// There is memory for a module of this name, and nothing in it yet.
pub const CREATED: u32 = 1;
/// The linked image has come, and `init` runs.
pub const INITIALIZING: u32 = 2;
/// `MOD_RUNNING`.
pub const RUNNING: u32 = 3;
/// Somebody frees it.
pub const CLEANING: u32 = 4;

/// What `unload_lock` guards.
struct Uses {
    count: u32,
    /// `MOD_DELETED`.
    deleted: bool,
}

/// A module that came by two calls.
pub struct TwoSystemCalls {
    module: Module,
    /// How far it has come.
    pub phase: AtomicU32,
    /// The process lives that has created it.
    pub insmod_lives: AtomicBool,
    unload_lock: Mutex<Uses>,
}

impl TwoSystemCalls {
    /// Loaded so far.
    fn loaded(so_far: u32) -> TwoSystemCalls {
        TwoSystemCalls {
            module: Module::new(),
            phase: AtomicU32::new(so_far),
            insmod_lives: AtomicBool::new(true),
            unload_lock: Mutex::new(Uses { count: 0, deleted: false }),
        }
    }

    /// Nothing is loaded; insmod has begun.
    pub fn absent() -> TwoSystemCalls {
        TwoSystemCalls::loaded(ABSENT)
    }

    /// The first call: reserves the name and memory, whose address insmod then links for.
    ///
    /// # Errors
    /// `EEXIST`: the name is taken, be it by half a module.
    pub fn create_module(&self) -> Result<(), Errno> {
        // Relaxed: the phase is all that is handed over.
        let came = self.phase.compare_exchange(ABSENT, CREATED, Ordering::Relaxed, Ordering::Relaxed);
        came.map(drop).map_err(|_| Errno::EEXIST)
    }

    /// The second call, by the same insmod: takes the linked image and runs its `init`.
    ///
    /// # Errors
    /// `ENOENT`: what was created has gone meanwhile.
    pub fn init_module(&self) -> Result<(), Errno> {
        // Relaxed: as above.
        self.phase
            .compare_exchange(CREATED, INITIALIZING, Ordering::Relaxed, Ordering::Relaxed)
            .map_err(|_| Errno::ENOENT)?;
        self.module.text.run(|| ());
        self.phase.store(RUNNING, Ordering::Relaxed);
        Ok(())
    }

    /// insmod ends, well or badly. A signal does not end it within a system call.
    pub fn insmod_ends(&self) {
        // Relaxed: whoever sees it asks for the phase in a way that shows the latest.
        self.insmod_lives.store(false, Ordering::Relaxed);
    }

    /// Frees the memory of half a module ([`Module::text`]) and gives the name back; true where it did.
    ///
    /// Half a module is one that is only created, and whose insmod is dead: a slow one must not lose its memory. Of
    /// several who clean up at once only one may do it, and one who looks at a running module must leave it alone.
    pub fn clean_up(&self) -> bool {
        todo!("free half a module whose insmod is dead, and give its name back: you alone, and only then")
    }
}

impl Design for TwoSystemCalls {
    const FACTS: Facts = Facts {
        name: "two system calls",
        whose: "Linux up to 2.4",
        author: "where to put MOD_INC_USE_COUNT; and whoever links must know the kernel's structures",
        unwilling: "stays, and nobody notices; half a module stays too",
    };

    fn load() -> TwoSystemCalls {
        TwoSystemCalls::loaded(RUNNING)
    }

    fn module(&self) -> &Module {
        &self.module
    }

    /// `try_inc_mod_count`, and the call.
    fn enter(&self, _unit: usize) -> bool {
        let is_there = {
            let mut uses = self.unload_lock.lock();
            uses.count += u32::from(!uses.deleted);
            !uses.deleted
        };
        if is_there {
            self.module.text.run(|| ());
        }
        is_there
    }

    fn leave(&self, _unit: usize) {
        self.module.text.run(|| ());
        let mut uses = self.unload_lock.lock();
        uses.count = uses.count.saturating_sub(1);
    }

    fn unload(&self) -> Result<(), Refusal> {
        {
            let mut uses = self.unload_lock.lock();
            if uses.count != 0 {
                return Err(Refusal::Busy);
            }
            uses.deleted = true;
        }
        self.module.exit();
        Ok(())
    }
}
