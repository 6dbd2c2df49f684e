//! One module of a name: the list, and who has to wait for whom.

use std::sync::Arc;

use elf::Module;
use layout::Layout;
use loader::{LoadedModule, Registry};
use symbols::{ModuleId, ModuleState};

use crate::common::{Started, file, in_time, outcome};

/// A registry, and modules of it that nobody has linked.
struct Fixture {
    registry: Arc<Registry>,
    layout: Layout,
    made: u64,
}

impl Fixture {
    fn new() -> Fixture {
        let file = file("hello");
        let module = Module::parse(&file).expect("the module is in order");
        let layout = Layout::of(&module).expect("the module is in order");
        Fixture { registry: Arc::default(), layout, made: 0 }
    }

    /// A module that is UNFORMED and not in the list.
    fn module(&mut self, name: &str) -> Arc<LoadedModule> {
        self.made += 1;
        Arc::new(LoadedModule::unformed(ModuleId(self.made), name.into(), None, self.layout.clone(), 0))
    }

    /// A module of this name that the list took in, and that came as far as this.
    #[track_caller]
    fn listed(&mut self, name: &str, state: ModuleState) -> Arc<LoadedModule> {
        let module = self.module(name);
        assert_eq!(self.add(&module), "done", "nobody else has the name {name}: it is free");
        module.set_state(state);
        module
    }

    #[track_caller]
    fn add(&self, module: &Arc<LoadedModule>) -> String {
        self.start(module).result()
    }

    fn start(&self, module: &Arc<LoadedModule>) -> Started<String> {
        let (registry, module) = (self.registry.clone(), module.clone());
        Started::new(move || outcome(registry.add_unformed_module(&module)))
    }

    fn names(&self) -> Vec<String> {
        self.registry.modules().iter().map(|module| format!("{} {}", module.name, module.id.0)).collect()
    }
}

const EEXIST: &str = "EEXIST: File exists (the kernel prints nothing)";
const EBUSY: &str = "EBUSY: Device or resource busy (the kernel prints nothing)";

#[test]
fn the_newest_module_stands_at_the_head_of_the_list() {
    let mut fixture = Fixture::new();
    for name in ["abacus", "merchant", "hello"] {
        fixture.listed(name, ModuleState::Live);
    }
    assert_eq!(
        fixture.names(),
        ["hello 3", "merchant 2", "abacus 1"],
        "the kernel adds to the list's head (list_add_rcu), and lsmod prints it from there"
    );
}

#[test]
fn a_module_that_is_not_formed_yet_holds_its_name_and_cannot_be_found() {
    let mut fixture = Fixture::new();
    let module = fixture.module("hello");
    assert_eq!(fixture.add(&module), "done", "the list is empty");
    assert_eq!(fixture.names(), ["hello 1"], "from now on nobody else can have the name");
    let found = fixture.registry.find("hello".into()).map(|module| module.id.0);
    assert_eq!(
        found, None,
        "find_module passes UNFORMED modules by: there is nothing yet to be used or removed"
    );
    assert_eq!(module.state(), ModuleState::Unformed, "a place in the list is all that it has got");
}

#[test]
fn a_module_that_is_live_is_not_loaded_again() {
    let mut fixture = Fixture::new();
    fixture.listed("hello", ModuleState::Live);
    let again = fixture.module("hello");
    assert_eq!(fixture.add(&again), EEXIST, "modprobe takes EEXIST for success: the module is there");
    assert_eq!(fixture.names(), ["hello 1"], "the first one stays, the second one never was in the list");
}

#[test]
fn a_module_on_its_way_out_is_not_waited_for() {
    let mut fixture = Fixture::new();
    fixture.listed("hello", ModuleState::Going);
    let again = fixture.module("hello");
    assert_eq!(
        fixture.add(&again),
        EBUSY,
        "since 6.2 (and updates of 6.1) a load does not wait for a module that is GOING; it may be tried again later"
    );
}

#[test]
fn who_comes_second_waits_until_the_first_is_live() {
    let mut fixture = Fixture::new();
    let first = fixture.listed("hello", ModuleState::Coming);
    let second = fixture.module("hello");
    let adding = fixture.start(&second);
    assert!(adding.is_waiting(), "the first one is COMING: whether it will be LIVE only its init knows");
    first.set_state(ModuleState::Live);
    fixture.registry.module_wq.wake_all();
    assert_eq!(adding.result(), EEXIST, "init has succeeded, and so there is such a module now");
}

#[test]
fn a_module_that_cannot_be_found_yet_is_waited_for_too() {
    let mut fixture = Fixture::new();
    let first = fixture.listed("hello", ModuleState::Unformed);
    let second = fixture.module("hello");
    let adding = fixture.start(&second);
    assert!(
        adding.is_waiting(),
        "two UNFORMED modules of one name would both be linked, and both would come"
    );
    first.set_state(ModuleState::Live);
    fixture.registry.module_wq.wake_all();
    assert_eq!(adding.result(), EEXIST, "the first one came to life meanwhile");
}

#[test]
fn who_waited_for_a_module_that_failed_is_refused_and_may_try_again() {
    let mut fixture = Fixture::new();
    let first = fixture.listed("hello", ModuleState::Coming);
    let second = fixture.module("hello");
    let adding = fixture.start(&second);
    assert!(adding.is_waiting(), "the first one is COMING");
    first.set_state(ModuleState::Going);
    fixture.registry.remove(&first);
    assert_eq!(
        adding.result(),
        EBUSY,
        "the kernel does not load it in the first one's place: when many ask for a module that fails, each would \
         wait for all those before it"
    );
    assert_eq!(fixture.add(&second), "done", "the name is free again");
}

#[test]
fn the_list_is_not_locked_while_somebody_waits() {
    let mut fixture = Fixture::new();
    let first = fixture.listed("hello", ModuleState::Coming);
    let second = fixture.module("hello");
    let adding = fixture.start(&second);
    assert!(adding.is_waiting(), "the first one is COMING");
    let other = fixture.module("parrot");
    assert_eq!(fixture.add(&other), "done", "module_mutex is dropped before the wait: others load meanwhile");
    first.set_state(ModuleState::Live);
    fixture.registry.module_wq.wake_all();
    assert_eq!(adding.result(), EEXIST, "the first one is LIVE");
    let registry = fixture.registry.clone();
    assert_eq!(in_time(move || registry.modules().len()), 2, "hello and parrot");
}
