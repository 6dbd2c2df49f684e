//! Look-ups while modules come and go.

use std::{cell::Cell, rc::Rc, sync::Arc};

use abi::Errno;
use abi::ModuleState::{self, Coming, Going, Live, Unformed};
use explore::{Plain, Scenario};
use unload::{
    look_up::{Listed, find_module, resolve_symbol},
    model,
    sync::Mutex,
};

use crate::common::Kernel;

/// A module of this name, which exports the symbol of the same name, and how often it is held.
#[derive(Clone)]
struct Module(&'static str, ModuleState, Rc<Cell<u32>>);

impl Listed for Module {
    fn name(&self) -> &str {
        self.0
    }
    fn state(&self) -> ModuleState {
        self.1
    }
    fn exports(&self, symbol: &str) -> bool {
        self.0 == symbol
    }
    fn strong_try_get(&self) -> Result<(), Errno> {
        match self.1 {
            Coming => Err(Errno::EBUSY),
            Live => {
                self.2.set(self.2.get() + 1);
                Ok(())
            }
            _ => Err(Errno::ENOENT),
        }
    }
}

fn list(modules: &[(&'static str, ModuleState)]) -> Mutex<Vec<Module>> {
    Mutex::new(modules.iter().map(|&(name, state)| Module(name, state, Rc::default())).collect())
}

/// Who is found for `a`, and how often it is held then.
fn resolved(modules: &[(&'static str, ModuleState)]) -> Result<u32, Errno> {
    resolve_symbol(&list(modules), "a").map(|module| {
        assert_eq!((module.0, module.1), ("a", Live), "only a module that is LIVE may be entered");
        module.2.get()
    })
}

#[test]
fn a_symbol_of_a_live_module_is_found_and_the_module_is_held() {
    assert_eq!(resolved(&[("b", Live), ("a", Live)]), Ok(1), "one reference, for as long as the user lives");
}

#[test]
fn a_symbol_that_nobody_exports_is_not_there() {
    assert_eq!(resolved(&[("b", Live)]), Err(Errno::ENOENT), "Unknown symbol");
    assert_eq!(resolved(&[]), Err(Errno::ENOENT), "Unknown symbol");
}

#[test]
fn an_unformed_module_is_passed_over() {
    assert_eq!(resolved(&[("a", Unformed)]), Err(Errno::ENOENT), "its table of exports is not filled in yet");
    assert_eq!(resolved(&[("a", Unformed), ("a", Live)]), Ok(1), "and hides nobody behind it");
}

#[test]
fn a_module_that_comes_is_to_be_waited_for() {
    assert_eq!(
        resolved(&[("a", Coming)]),
        Err(Errno::EBUSY),
        "resolve_symbol_wait asks again when it is LIVE"
    );
}

#[test]
fn a_module_that_goes_has_no_symbols_any_more() {
    assert_eq!(resolved(&[("a", Going)]), Err(Errno::ENOENT), "strong_try_module_get refuses");
    assert_eq!(
        resolved(&[("a", Going), ("a", Live)]),
        Err(Errno::ENOENT),
        "it was found: the search is over"
    );
}

#[test]
fn the_lock_is_let_go_however_it_ends() {
    let modules = list(&[("a", Live), ("b", Going)]);
    for symbol in ["a", "b", "c"] {
        let _ = resolve_symbol(&modules, symbol);
    }
    assert!(find_module(&modules, "b").is_some(), "rmmod, which wants to say EBUSY, finds one that goes");
}

#[test]
fn nobody_calls_a_symbol_of_a_module_that_has_gone_meanwhile() {
    Scenario::new("rmmod against a symbol's look-up", Kernel::live)
        .cpu("rmmod", Kernel::rmmod)
        .cpu("insmod", |kernel| {
            let resolved = kernel.use_symbol();
            assert!(resolved.is_ok() || resolved == Err(Errno::ENOENT), "it is there, or it is not");
        })
        .never_fails("from the look to the reference module_mutex is held, and a reference can be refused");
}

#[test]
fn the_lock_is_held_from_the_look_to_the_reference() {
    /// A module as it lies in its own memory, and whether it is held.
    struct InItself {
        held: model::sync::AtomicBool,
        memory: Plain<&'static str>,
    }
    impl model::look_up::Listed for InItself {
        fn name(&self) -> &str {
            "disk"
        }
        fn state(&self) -> ModuleState {
            Live
        }
        fn exports(&self, symbol: &str) -> bool {
            symbol == "disk_read"
        }
        fn strong_try_get(&self) -> Result<(), Errno> {
            self.memory.with(|&memory| assert_eq!(memory, "struct module", "a reference is asked of poison"));
            self.held.store(true, model::sync::Ordering::Relaxed);
            Ok(())
        }
    }
    Scenario::new("rmmod against a look-up in a struct module that is freed", || {
        let held = model::sync::AtomicBool::new(false);
        model::sync::Mutex::new(vec![Arc::new(InItself { held, memory: Plain::new("struct module") })])
    })
    .cpu("rmmod", |modules: &model::sync::Mutex<Vec<Arc<InItself>>>| {
        // Relaxed: the lock, which is let go at the end of this line, orders it.
        let idle = modules.lock().pop_if(|module| !module.held.load(model::sync::Ordering::Relaxed));
        if let Some(module) = idle {
            module.memory.with_mut(|memory| *memory = "cccccccc");
        }
    })
    .cpu("insmod", |modules| {
        let _ = model::look_up::resolve_symbol(modules, "disk_read");
    })
    .never_fails(
        "struct module lies in the module: without the lock it may be poison by the time it is asked",
    );
}
