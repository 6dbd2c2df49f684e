//! Half a module, and who cleans it up.

use abi::Errno;
use designs::model::{
    sync::Ordering,
    two_system_calls::{ABSENT, RUNNING, TwoSystemCalls},
};
use explore::Scenario;

use crate::common::{Design, race};

/// What insmod has left that was killed between its calls.
fn half_a_module() -> TwoSystemCalls {
    let module = TwoSystemCalls::absent();
    assert_eq!(module.create_module(), Ok(()), "nobody else wants the name");
    module.insmod_ends();
    module
}

#[test]
fn half_a_module_whose_insmod_is_dead_is_freed() {
    let module = half_a_module();
    assert_eq!(
        (module.clean_up(), module.module().text.is_freed()),
        (true, true),
        "nobody else knows of this memory any more"
    );
}

#[test]
fn its_name_can_be_used_again() {
    let module = half_a_module();
    assert_eq!(module.create_module(), Err(Errno::EEXIST), "half a module is in the way");
    module.clean_up();
    assert_eq!(module.phase.load(Ordering::Relaxed), ABSENT, "no module has this name any more");
    assert_eq!(module.create_module(), Ok(()), "and so the next insmod gets it");
}

#[test]
fn a_slow_insmod_keeps_its_memory() {
    let module = TwoSystemCalls::absent();
    assert_eq!(module.create_module(), Ok(()), "nobody else wants the name");
    assert!(!module.clean_up(), "it is half a module, but its insmod lives");
    assert_eq!(
        module.init_module(),
        Ok(()),
        "linking takes a while; the address it linked for must not change"
    );
}

#[test]
fn a_module_that_runs_is_left_alone() {
    let module = TwoSystemCalls::absent();
    assert_eq!(
        (module.create_module(), module.init_module()),
        (Ok(()), Ok(())),
        "nobody else wants the name"
    );
    module.insmod_ends();
    assert_eq!(
        (module.clean_up(), module.phase.load(Ordering::Relaxed), module.module().text.is_freed()),
        (false, RUNNING, false),
        "every insmod ends at last, and most modules stay"
    );
}

#[test]
fn where_nothing_was_created_nothing_is_freed() {
    let module = TwoSystemCalls::absent();
    module.insmod_ends();
    assert_eq!(
        (module.clean_up(), module.module().text.is_freed()),
        (false, false),
        "there is no memory to free"
    );
}

#[test]
fn an_insmod_that_is_killed_leaves_nothing_for_long() {
    race::insmod_is_killed()
        .never_fails("without a clean-up the name is taken and the memory lost until a reboot");
}

#[test]
fn an_insmod_that_is_only_slow_is_not_disturbed() {
    race::insmod_is_slow()
        .never_fails("from outside, slow and dead look alike: only the process itself is a proof");
}

#[test]
fn of_two_who_clean_up_one_does_it() {
    let scenario = Scenario::new("two clean up", half_a_module);
    let scenario = scenario.cpu("one", |module: &TwoSystemCalls| {
        module.clean_up();
    });
    let scenario = scenario
        .cpu("another", |module| {
            module.clean_up();
        })
        .preemptions(3);
    scenario.never_fails("memory that is freed twice is given out twice");
}

#[test]
fn nobody_gets_the_name_before_the_memory_is_free() {
    let scenario = Scenario::new("a clean-up and the next insmod", half_a_module);
    let scenario = scenario.cpu("clean up", |module: &TwoSystemCalls| {
        module.clean_up();
    });
    let scenario = scenario
        .cpu("insmod", |module| {
            let freed = || module.module().text.is_freed();
            assert!(
                module.create_module().is_err() || freed(),
                "a second insmod has the name, and the first one's memory is still there"
            );
        })
        .preemptions(3);
    scenario
        .never_fails("a name stands for one module: who gives it back first may free his successor's memory");
}
