//! The tests of what the lab gives: force, look-ups by name, the waiter, and the end of an init part.

use std::{cell::Cell, sync::Arc};

use abi::{Errno, ModuleState};
use explore::{Plain, Scenario};
use unload::{
    free::{InitPart, free_init},
    look_up::{Listed, find_module, resolve_symbol},
    model::{
        grace::Readers,
        sync::{AtomicBool, Ordering},
    },
    stop::{O_NONBLOCK, O_TRUNC, Target},
    sync::Mutex,
    wait::{Sleeper, Waiter},
};

struct Marked(Cell<u32>);

impl Target for Marked {
    fn users(&self) -> usize {
        0
    }
    fn state(&self) -> ModuleState {
        ModuleState::Live
    }
    fn has_init(&self) -> bool {
        true
    }
    fn has_exit(&self) -> bool {
        true
    }
    fn try_release(&self) -> bool {
        true
    }
    fn set_going(&self) {}
    fn add_taint_forced_rmmod(&self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn force_is_o_trunc_and_leaves_a_mark() {
    for (flags, forced) in [(0, false), (O_NONBLOCK, false), (O_TRUNC, true), (O_NONBLOCK | O_TRUNC, true)] {
        let target = Marked(Cell::new(0));
        assert_eq!(target.try_force_unload(flags), forced, "{flags:#o}");
        assert_eq!(target.0.get(), u32::from(forced), "{flags:#o}");
    }
    assert_eq!((O_NONBLOCK, O_TRUNC), (0o4000, 0o1000), "include/uapi/asm-generic/fcntl.h");
}

#[derive(Clone)]
struct Named(ModuleState);

impl Listed for Named {
    fn name(&self) -> &str {
        "disk"
    }
    fn state(&self) -> ModuleState {
        self.0
    }
    fn exports(&self, _: &str) -> bool {
        false
    }
    fn strong_try_get(&self) -> Result<(), Errno> {
        Err(Errno::ENOENT)
    }
}

#[test]
fn a_module_is_found_by_name_in_every_state_but_the_first() {
    use ModuleState::{Coming, Going, Live, Unformed};
    for (state, found) in [(Unformed, false), (Coming, true), (Live, true), (Going, true)] {
        let modules = Mutex::new(vec![Named(state)]);
        assert_eq!(find_module(&modules, "disk").is_some(), found, "{state:?}");
        assert!(find_module(&modules, "tape").is_none());
    }
}

#[test]
fn a_waiter_woken_before_it_sleeps_does_not_sleep() {
    let sleeper = Sleeper::new();
    sleeper.prepare();
    sleeper.wake();
    sleeper.schedule();
    sleeper.prepare();
    sleeper.finish();
    sleeper.schedule();
}

struct World {
    readers: Readers,
    listed: AtomicBool,
    init_names: Plain<&'static str>,
}

impl InitPart for World {
    fn unlink_init(&self) {
        // Relaxed: who still finds it is waited for.
        self.listed.store(false, Ordering::Relaxed);
    }
    fn synchronize(&self) {
        self.readers.synchronize();
    }
    fn free_init(&self) {
        self.init_names.with_mut(|names| *names = "cccccccc");
    }
}

#[test]
fn the_names_of_an_init_part_are_not_freed_under_an_oops() {
    let explored = Scenario::new("free_init against kallsyms", || World {
        readers: Readers::new(),
        listed: AtomicBool::new(true),
        init_names: Plain::new("disk_init"),
    })
    .cpu("insmod", free_init::<World>)
    .cpu("oops", |world| {
        world.readers.read(1, || {
            // Relaxed: as above.
            if world.listed.load(Ordering::Relaxed) {
                world.init_names.with(|&names| assert_eq!(names, "disk_init", "freed under the reader"));
            }
        });
    })
    .finally(|world| world.init_names.with(|&names| assert_eq!(names, "cccccccc", "nothing was freed")))
    .never_fails("do_free_init waits for a grace period");
    println!("{explored:?}");
}

#[test]
fn an_init_part_that_is_freed_at_once_is_read_by_an_oops() {
    let failure = Scenario::new("free_init without a grace period", || World {
        readers: Readers::new(),
        listed: AtomicBool::new(true),
        init_names: Plain::new("disk_init"),
    })
    .cpu("insmod", |world: &World| {
        world.unlink_init();
        InitPart::free_init(world);
    })
    .cpu("oops", |world| {
        world.readers.read(1, || {
            // Relaxed: as above.
            if world.listed.load(Ordering::Relaxed) {
                world.init_names.with(|&names| assert_eq!(names, "disk_init", "freed under the reader"));
            }
        });
    })
    .fails("nothing waits for the reader");
    assert!(failure.length() <= 8, "{failure}");
}

#[test]
fn a_module_that_many_know_is_looked_up_like_one_that_is_listed_itself() {
    let modules = Mutex::new(vec![Arc::new(Exporting)]);
    assert!(find_module(&modules, "disk").is_some() && find_module(&modules, "tape").is_none());
    assert!(resolve_symbol(&modules, "disk_read").is_ok());
    assert_eq!(resolve_symbol(&modules, "tape_read").err(), Some(Errno::ENOENT), "nobody exports it");
}

struct Exporting;

impl Listed for Exporting {
    fn name(&self) -> &str {
        "disk"
    }
    fn state(&self) -> ModuleState {
        ModuleState::Live
    }
    fn exports(&self, symbol: &str) -> bool {
        symbol == "disk_read"
    }
    fn strong_try_get(&self) -> Result<(), Errno> {
        Ok(())
    }
}
