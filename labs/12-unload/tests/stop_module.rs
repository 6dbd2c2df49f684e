//! What keeps a module from being removed, in the kernel's order.

use abi::Errno;
use abi::ModuleState;
use explore::Scenario;
use unload::stop::{O_NONBLOCK, O_TRUNC, Stopped, stop_module};

use crate::common::{Facts, Kernel};

const RMMOD: u32 = O_NONBLOCK;
const RMMOD_FORCE: u32 = O_NONBLOCK | O_TRUNC;
const RMMOD_WAIT: u32 = 0;

#[test]
fn an_idle_module_goes_and_is_going_at_once() {
    let module = Facts::idle();
    assert_eq!(
        module.stopped(RMMOD),
        Ok(Stopped::Idle),
        "nobody uses it, nobody holds it, and it has an exit"
    );
    assert_eq!(module.state.get(), ModuleState::Going, "from now on try_module_get refuses");
    assert_eq!(module.forced.get(), 0, "nothing was done by force");
}

#[test]
fn what_is_not_there_cannot_be_removed() {
    for flags in [RMMOD, RMMOD_FORCE, RMMOD_WAIT] {
        let stopped = stop_module(None::<&Facts>, flags).map(|_| ());
        assert_eq!(stopped, Err(Errno::ENOENT), "find_module has found nobody; flags {flags:#o}");
    }
}

#[test]
fn a_module_that_others_use_stays_even_by_force() {
    for flags in [RMMOD, RMMOD_FORCE, RMMOD_WAIT] {
        let module = Facts { users: 1, ..Facts::idle() };
        assert_eq!(module.stopped(flags), Err(Errno::EAGAIN), "its users' text jumps into its text");
        assert_eq!(module.state.get(), ModuleState::Live, "nothing has changed for it");
        assert_eq!(module.forced.get(), 0, "no force helps, so none was used");
    }
}

#[test]
fn whether_others_use_it_is_asked_before_its_state() {
    let module = Facts { users: 1, state: ModuleState::Going.into(), ..Facts::idle() };
    assert_eq!(module.stopped(RMMOD), Err(Errno::EAGAIN), "source_list is looked at first, then mod->state");
}

#[test]
fn a_module_that_is_not_live_is_busy_even_by_force() {
    for state in [ModuleState::Coming, ModuleState::Going] {
        for flags in [RMMOD, RMMOD_FORCE, RMMOD_WAIT] {
            let module = Facts { state: state.into(), ..Facts::idle() };
            assert_eq!(module.stopped(flags), Err(Errno::EBUSY), "its init or its exit runs: {state:?}");
            assert_eq!(module.state.get(), state, "and it stays what it is");
            assert_eq!(module.forced.get(), 0, "no force helps, so none was used");
        }
    }
}

#[test]
fn a_module_with_an_init_and_no_exit_stays_and_its_count_is_not_touched() {
    for flags in [RMMOD, RMMOD_WAIT] {
        let module = Facts { has_exit: false, ..Facts::idle() };
        assert_eq!(
            module.stopped(flags),
            Err(Errno::EBUSY),
            "what its init has set up, nobody can take down"
        );
        assert_eq!(
            *module.asked.borrow(),
            ["users", "state"],
            "a count without its base could never be held again"
        );
    }
}

#[test]
fn a_module_with_neither_init_nor_exit_may_go() {
    let module = Facts { has_init: false, has_exit: false, ..Facts::idle() };
    assert_eq!(module.stopped(RMMOD), Ok(Stopped::Idle), "there is nothing that an exit would have to undo");
}

#[test]
fn a_module_that_somebody_holds_stays() {
    let module = Facts { is_held: true, ..Facts::idle() };
    assert_eq!(module.stopped(RMMOD), Err(Errno::EAGAIN), "EWOULDBLOCK: somebody may be in its text");
    assert_eq!(module.state.get(), ModuleState::Live, "and it can be opened as before");
}

#[test]
fn force_removes_what_is_permanent_or_held_and_the_kernel_remembers() {
    let permanent = Facts { has_exit: false, ..Facts::idle() };
    assert_eq!(permanent.stopped(RMMOD_FORCE), Ok(Stopped::Forced), "O_TRUNC: without an exit");
    assert!(permanent.forced.get() > 0, "TAINT_FORCED_RMMOD: every oops from now on says R");
    let held = Facts { is_held: true, ..Facts::idle() };
    assert_eq!(held.stopped(RMMOD_FORCE), Ok(Stopped::Forced), "O_TRUNC: although somebody may be inside");
    assert!(held.forced.get() > 0, "TAINT_FORCED_RMMOD");
    assert_eq!(held.state.get(), ModuleState::Going, "and nobody enters it any more");
}

#[test]
fn the_base_is_taken_away_also_where_force_has_overruled_a_missing_exit() {
    let module = Facts { has_exit: false, ..Facts::idle() };
    assert_eq!(module.stopped(RMMOD_FORCE), Ok(Stopped::Forced), "O_TRUNC: without an exit");
    assert_eq!(
        *module.asked.borrow(),
        ["users", "state", "count", "going"],
        "try_stop_module comes after either answer: a count that keeps its base could be taken again"
    );
}

#[test]
fn force_that_was_not_needed_leaves_no_mark() {
    let module = Facts::idle();
    assert_eq!(module.stopped(RMMOD_FORCE), Ok(Stopped::Idle), "it would have gone anyway");
    assert_eq!(module.forced.get(), 0, "try_force_unload is asked only where the answer would have been no");
}

#[test]
fn who_waits_makes_it_going_first_and_leaves_the_count_alone() {
    let module = Facts { is_held: true, ..Facts::idle() };
    assert_eq!(module.stopped(RMMOD_WAIT), Ok(Stopped::Held), "rmmod --wait is not refused where it is held");
    assert_eq!(
        *module.asked.borrow(),
        ["users", "state", "going"],
        "while it is LIVE new holders come, and the wait might never end"
    );
}

#[test]
fn who_waits_never_waits_for_what_goes_by_force() {
    let module = Facts { has_exit: false, is_held: true, ..Facts::idle() };
    assert_eq!(module.stopped(O_TRUNC), Ok(Stopped::Forced), "never wait if forced, says delete_module");
}

#[test]
fn rmmod_against_open_ends_well_in_every_interleaving() {
    Scenario::new("rmmod against open", Kernel::live)
        .cpu("rmmod", Kernel::rmmod)
        .cpu("open", |kernel| {
            kernel.open();
        })
        .finally(|kernel| {
            let idle = kernel.module.refcount.count() == 0;
            assert!(
                idle || kernel.module.text.is_freed(),
                "a module that stays is as it was, one that goes is gone"
            );
        })
        .never_fails("the count and the state are settled before exit runs, or somebody enters freed text");
}

#[test]
fn of_two_rmmods_at_once_one_removes_it_and_the_other_is_refused() {
    Scenario::new("two rmmods at once", Kernel::live)
        .cpu("rmmod", Kernel::rmmod)
        .cpu("rmmod", Kernel::rmmod)
        .finally(|kernel| assert!(kernel.module.text.is_freed(), "one of them has removed it"))
        .never_fails(
            "the state is asked with module_mutex held, and so the second finds it GOING, or not at all",
        );
}

#[test]
fn rmmod_while_it_is_loaded_is_refused_until_init_has_returned() {
    Scenario::new("rmmod while loading", || Kernel::with(ModuleState::Coming, 0))
        .cpu("rmmod", Kernel::rmmod)
        .cpu("insmod", Kernel::init_returns)
        .never_fails("who runs its init would return into freed text");
}
