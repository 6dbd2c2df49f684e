//! What the modules FAQ says of references, and no task is about.

use abi::ModuleState;
use explore::{Scenario, Text, note};
use refcount::model::refcount::Refcount;

/// A module that somebody removes while somebody else is called.
struct World {
    owner: Refcount,
    text: Text,
}

/// CPU 0 removes the module, CPU 1 does what it is told.
fn rmmod_against(name: &str, does: impl Fn(&World) + Send + Sync + 'static) -> Scenario<World> {
    let world = || World { owner: Refcount::with(ModuleState::Live, 0), text: Text::new("owner") };
    let rmmod = |world: &World| {
        if world.owner.try_release() {
            world.owner.set_state(ModuleState::Going);
            world.text.free();
        }
    };
    Scenario::new("rmmod against another module's register", world).cpu("rmmod", rmmod).cpu(name, does)
}

#[test]
fn who_registers_something_for_another_module_needs_a_reference_to_that_module() {
    let register = |world: &World| world.text.run(|| note("register() calls back into the owner"));
    let failure = rmmod_against("init of another", register)
        .fails("the module that calls is not the one that is called");
    assert!(failure.sentence.contains("the text of owner"), "{failure}");
    let held = move |world: &World| {
        if world.owner.try_get() {
            register(world);
            world.owner.put();
        }
    };
    rmmod_against("init of another", held).never_fails("with a reference to the owner it may call back");
}

#[test]
fn a_module_that_calls_itself_needs_no_second_reference() {
    let open = |world: &World| {
        if world.owner.try_get() {
            world.text.run(|| {
                note("open calls another function of its module");
                world.text.run(|| note("which may sleep"));
            });
            world.owner.put();
        }
    };
    rmmod_against("open", open).never_fails("whoever has called the module holds it until it has returned");
}
