//! ORDER: broken
//!
//! Designs as somebody would write them who has not thought of everything: what the table shows beside the sound ones.

use super::{
    design::{Design, Facts, Refusal},
    module::{Module, NOBODY},
    sync::{AtomicBool, AtomicI32, Ordering, fence},
};

/// No facts but a name: nobody has asked for these.
const fn only(name: &'static str) -> Facts {
    Facts { name, whose: "", author: "", unwilling: "" }
}

/// A module, and what one of these designs keeps of it.
pub struct Broken<const WHICH: usize> {
    module: Module,
    /// It may be entered.
    pub live: AtomicBool,
    /// Who has it open.
    pub users: [AtomicI32; 2],
}

/// Two stages in the wrong order: looks first whether anybody is there, and stops the module then.
pub type LooksThenStops = Broken<0>;
/// An exit that looks at its open files and unregisters then.
pub type LooksThenUnregisters = Broken<1>;
/// The pattern of `busy` and `shutting_down` as it stands in the mail, without barriers.
pub type AsPosted = Broken<2>;
/// The same with barriers, in a service that still calls after it has unregistered the module.
pub type CarelessService = Broken<3>;
/// Counts on objects, given back by the module's own `release`.
pub type PutInRelease = Broken<4>;
/// Per-CPU counts that are read while the machine runs.
pub type ReadWithoutStopping = Broken<5>;

impl<const WHICH: usize> Broken<WHICH> {
    fn users_of(&self, unit: usize) -> &AtomicI32 {
        &self.users[if matches!(WHICH, 4 | 5) { unit % 2 } else { 0 }]
    }

    /// The module's `open`, in its text.
    fn open(&self) -> bool {
        self.users[0].fetch_add(1, Ordering::Relaxed);
        if WHICH == 3 {
            fence(Ordering::SeqCst);
        }
        let live = WHICH == 1 || self.live.load(Ordering::Relaxed);
        if !live {
            self.users[0].fetch_sub(1, Ordering::Relaxed);
        }
        live
    }

    fn is_busy(&self) -> bool {
        self.users.iter().map(|users| users.load(Ordering::Acquire)).sum::<i32>() != 0
    }
}

impl<const WHICH: usize> Design for Broken<WHICH> {
    const FACTS: Facts = only(match WHICH {
        0 => "two stages: looks, then stops",
        1 => "exit looks, then unregisters",
        2 => "shutdown call as posted",
        3 => "shutdown call, careless service",
        4 => "object's last put in release",
        _ => "per-CPU counts, not stopped",
    });

    fn load() -> Self {
        Broken {
            module: Module::new(),
            live: AtomicBool::new(true),
            users: [AtomicI32::new(0), AtomicI32::new(0)],
        }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, unit: usize) -> bool {
        let Module { text, service } = &self.module;
        match WHICH {
            1..=3 => service.call(|| text.run(|| self.open())).unwrap_or(false),
            _ => {
                let live = self.live.load(Ordering::Relaxed);
                if live {
                    self.users_of(unit).fetch_add(1, Ordering::Relaxed);
                    text.run(|| ());
                }
                live
            }
        }
    }

    fn leave(&self, unit: usize) {
        let Module { text, service } = &self.module;
        let put = || self.users_of(unit).fetch_sub(1, Ordering::Release);
        match WHICH {
            1..=3 => {
                service.call_for_file(|| text.run(put));
            }
            4 => {
                text.run(put);
            }
            _ => {
                text.run(|| ());
                put();
            }
        }
    }

    fn unload(&self) -> Result<(), Refusal> {
        let Module { text, service } = &self.module;
        if matches!(WHICH, 2 | 3) {
            self.live.store(false, Ordering::Relaxed);
        }
        if WHICH == 3 {
            fence(Ordering::SeqCst);
        }
        if self.is_busy() {
            self.live.store(true, Ordering::Relaxed);
            return Err(Refusal::Busy);
        }
        self.live.store(false, Ordering::Relaxed);
        if WHICH == 3 {
            // It says goodbye and does not wait.
            service.owner.store(NOBODY, Ordering::Relaxed);
            text.free();
        } else {
            self.module.exit();
        }
        Ok(())
    }
}
