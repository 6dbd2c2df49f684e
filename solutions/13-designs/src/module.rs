//! What all designs have in common: a module, and the subsystem that it registers with.

use super::{
    parts::Text,
    sync::{AtomicI32, AtomicU32, Ordering, fence, spin_until},
};

/// Nobody has registered.
pub const NOBODY: u32 = 0;
/// The module has.
pub const OURS: u32 = 1;
/// Another module has.
pub const RIVAL: u32 = 2;

/// The module: its text, and what it has registered with.
pub struct Module {
    /// What must not be freed while a CPU is in it.
    pub text: Text,
    /// The subsystem that calls it.
    pub service: Service,
}

impl Module {
    /// Loaded and registered.
    #[expect(clippy::new_without_default, reason = "a module does not come of itself")]
    pub fn new() -> Module {
        Module { text: Text::new("disk"), service: Service::new() }
    }

    /// What is left to do once nobody holds the module and nobody can: it takes back what it has registered, and its
    /// text is freed.
    pub fn exit(&self) {
        self.service.deregister();
        self.text.free();
    }
}

// ANCHOR: Service
/// A subsystem that calls functions of whoever has registered for a number: timers, interrupts, devices.
pub struct Service {
    /// Who has.
    pub owner: AtomicU32,
    /// How many calls are under way.
    pub calls: AtomicI32,
}

impl Service {
    /// The module has registered.
    #[expect(clippy::new_without_default, reason = "a registration does not come of itself")]
    pub fn new() -> Service {
        Service { owner: AtomicU32::new(OURS), calls: AtomicI32::new(0) }
    }

    /// `who` wants the number. False where somebody has it.
    pub fn register(&self, who: u32) -> bool {
        // Relaxed: the number is all that is handed over.
        self.owner.compare_exchange(NOBODY, who, Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }

    /// Calls a function of the module, if the module is registered.
    pub fn call<R>(&self, function: impl FnOnce() -> R) -> Option<R> {
        // Relaxed: the fence orders it.
        self.calls.fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `synchronize`: either the call is seen there, or the registration is gone here.
        fence(Ordering::SeqCst);
        let came = (self.owner.load(Ordering::Relaxed) == OURS).then(function);
        // Release: pairs with the Acquire in `synchronize`, so that the function has returned by then.
        self.calls.fetch_sub(1, Ordering::Release);
        came
    }

    /// Calls a function that an open file still knows, whether the module is registered or not.
    pub fn call_for_file<R>(&self, function: impl FnOnce() -> R) -> R {
        // Relaxed: whoever learns of this call by what the function does knows of it too.
        self.calls.fetch_add(1, Ordering::Relaxed);
        let came = function();
        // Release: pairs with the Acquire in `synchronize`.
        self.calls.fetch_sub(1, Ordering::Release);
        came
    }

    /// Takes the registration away and waits until the last call is over (`del_timer_sync`, `free_irq`).
    pub fn deregister(&self) {
        // Relaxed: the fence orders it.
        self.owner.store(NOBODY, Ordering::Relaxed);
        self.synchronize();
    }

    /// Waits until no call is under way that began before.
    pub fn synchronize(&self) {
        // Pairs with the fence in `call`.
        fence(Ordering::SeqCst);
        // Acquire: pairs with the Release at the end of each call.
        spin_until(|| self.calls.load(Ordering::Acquire) == 0);
    }
}
// ANCHOR_END: Service
