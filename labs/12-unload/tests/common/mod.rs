//! A kernel with one module in it, small enough for every interleaving to be tried, and facts about a module without
//! any kernel.

use std::{
    cell::{Cell, RefCell},
    sync::Arc,
};

use abi::Errno;
use abi::ModuleState;
use explore::{Plain, Text, step};
use unload::{
    free::{Ending, free_module},
    inside::User,
    model::{
        grace::Readers,
        look_up::{Listed, resolve_symbol},
        parts::Refcount,
        put::module_put,
        sync::{AtomicBool, Mutex, Ordering},
        wait::{Sleeper, wait_for_zero},
    },
    stop::{O_NONBLOCK, Stopped, Target, stop_module},
};

/// The module `disk`.
pub struct Module {
    pub refcount: Refcount,
    pub waiter: Sleeper,
    pub text: Text,
}

impl Module {
    /// In this state, and held so often.
    fn new(state: ModuleState, holders: u32) -> Arc<Module> {
        let (refcount, waiter, text) = (Refcount::new(), Sleeper::new(), Text::new("disk"));
        if state != ModuleState::Coming {
            refcount.put(); // what init held
        }
        (0..holders).for_each(|_| refcount.get());
        refcount.set_state(state);
        Arc::new(Module { refcount, waiter, text })
    }

    /// Somebody reads from its device.
    pub fn read(&self) {
        self.text.run(|| step("reads"));
    }

    /// What becomes of one whom nobody looks up: exit runs, the text is freed.
    pub fn end(&self) {
        self.text.run(|| step("exit"));
        self.text.free();
    }
}

/// A kernel whose list holds that module.
pub struct Kernel {
    /// `module_mutex`, and the list that it protects.
    pub modules: Mutex<Vec<Arc<Module>>>,
    pub module: Arc<Module>,
    pub readers: Readers,
    /// Whether a look-up without the lock finds the module.
    listed: AtomicBool,
    /// The names of its addresses, in its own memory.
    names: Plain<&'static str>,
}

impl Kernel {
    pub fn live() -> Kernel {
        Kernel::with(ModuleState::Live, 0)
    }

    pub fn with(state: ModuleState, holders: u32) -> Kernel {
        let module = Module::new(state, holders);
        Kernel {
            modules: Mutex::new(vec![module.clone()]),
            module,
            readers: Readers::new(),
            listed: AtomicBool::new(true),
            names: Plain::new("disk_read"),
        }
    }

    /// The first half of `delete_module`.
    fn stop(&self, flags: u32) -> Result<Stopped, Errno> {
        let modules = self.modules.lock();
        let found = modules.iter().find(|module| module.refcount.state() != ModuleState::Unformed);
        let (found, stopped) = stop_module(found.map(|module| &**module), flags)?;
        assert_eq!(found.refcount.state(), ModuleState::Going, "it is GOING before module_mutex is let go");
        Ok(stopped)
    }

    /// `delete_module` of a module that nobody looks up without a reference.
    pub fn rmmod(&self) {
        if self.stop(O_NONBLOCK).is_ok() {
            self.module.end();
        }
    }

    /// All of `delete_module`, with these flags.
    pub fn delete_module(&self, flags: u32) {
        let Ok(stopped) = self.stop(flags) else { return };
        if stopped == Stopped::Held {
            wait_for_zero(&self.module.refcount, &self.module.waiter);
        }
        free_module(self, stopped);
    }

    /// Opens its device, reads, closes it; false where it is going.
    pub fn open(&self) -> bool {
        let got = self.module.refcount.try_get();
        if got {
            self.module.read();
            self.module.refcount.put();
        }
        got
    }

    /// What somebody does who holds it.
    pub fn read_and_close(&self) {
        self.module.read();
        module_put(&self.module.refcount, &self.module.waiter);
    }

    /// Another module is loaded, which calls a function of this one, and fails in its own init.
    pub fn use_symbol(&self) -> Result<(), Errno> {
        let owner = resolve_symbol(&self.modules, "disk_read")?;
        owner.read();
        owner.refcount.put();
        Ok(())
    }

    /// An oops on `cpu` looks for a name, without a lock.
    pub fn symbolize(&self, cpu: usize) {
        self.readers.read(cpu, || {
            // Acquire: whoever finds it sees its names.
            if self.listed.load(Ordering::Acquire) {
                self.names
                    .with(|&names| assert_eq!(names, "disk_read", "the names were freed under the reader"));
            }
        });
    }

    /// The end of `init_module`: init has returned 0.
    pub fn init_returns(&self) {
        self.module.text.run(|| step("init"));
        self.module.refcount.set_state(ModuleState::Live);
        self.module.refcount.put();
    }
}

impl Target for &Module {
    fn users(&self) -> usize {
        0
    }
    fn state(&self) -> ModuleState {
        self.refcount.state()
    }
    fn has_init(&self) -> bool {
        true
    }
    fn has_exit(&self) -> bool {
        true
    }
    fn try_release(&self) -> bool {
        self.refcount.try_release()
    }
    fn set_going(&self) {
        self.refcount.set_state(ModuleState::Going);
    }
    fn add_taint_forced_rmmod(&self) {}
}

impl Listed for Module {
    fn name(&self) -> &str {
        "disk"
    }
    fn state(&self) -> ModuleState {
        self.refcount.state()
    }
    fn exports(&self, symbol: &str) -> bool {
        symbol == "disk_read"
    }
    fn strong_try_get(&self) -> Result<(), Errno> {
        self.refcount.strong_try_get()
    }
}

impl Ending for Kernel {
    fn call_exit(&self) {
        self.module.text.run(|| ());
    }
    fn notify_going(&self) {}
    fn async_synchronize(&self) {}
    fn unlink(&self) {
        self.modules.lock().clear();
        // Relaxed: who still finds it is waited for.
        self.listed.store(false, Ordering::Relaxed);
    }
    fn synchronize(&self) {
        self.readers.synchronize();
    }
    fn text_users(&self) -> Vec<User> {
        Vec::new()
    }
    fn wait_for(&self, _: &[User]) -> bool {
        true
    }
    fn free(&self) {
        self.names.with_mut(|names| *names = "cccccccc");
        self.module.text.free();
    }
}

/// What there is to know about a module that nobody else looks at, and what was asked and done.
pub struct Facts {
    pub users: usize,
    pub state: Cell<ModuleState>,
    pub has_init: bool,
    pub has_exit: bool,
    pub is_held: bool,
    pub forced: Cell<u32>,
    pub asked: RefCell<Vec<&'static str>>,
}

impl Facts {
    /// LIVE, idle, with init and exit.
    pub fn idle() -> Facts {
        Facts {
            users: 0,
            state: Cell::new(ModuleState::Live),
            has_init: true,
            has_exit: true,
            is_held: false,
            forced: Cell::new(0),
            asked: RefCell::default(),
        }
    }

    /// What `delete_module` with these flags makes of it.
    pub fn stopped(&self, flags: u32) -> Result<Stopped, Errno> {
        stop_module(Some(self), flags).map(|(_, stopped)| stopped)
    }

    fn note(&self, what: &'static str) {
        self.asked.borrow_mut().push(what);
    }
}

impl Target for &Facts {
    fn users(&self) -> usize {
        self.note("users");
        self.users
    }
    fn state(&self) -> ModuleState {
        self.note("state");
        self.state.get()
    }
    fn has_init(&self) -> bool {
        self.has_init
    }
    fn has_exit(&self) -> bool {
        self.has_exit
    }
    fn try_release(&self) -> bool {
        self.note("count");
        !self.is_held
    }
    fn set_going(&self) {
        self.note("going");
        self.state.set(ModuleState::Going);
    }
    fn add_taint_forced_rmmod(&self) {
        self.forced.set(self.forced.get() + 1);
    }
}
