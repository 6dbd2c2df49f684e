//! A reference is taken: preemption off, a look at the state, one more in this CPU's own number.

use explore::{Plain, Scenario, Schedule, model};
use stop_machine::{ModuleState, model::refcount::PerCpuRefcount};

use crate::common::{Module, live, model_live, on_cpu, parts};

#[test]
fn a_live_module_is_held_and_this_cpu_has_counted_it() {
    let refcount = live(2);
    assert!(refcount.try_get(), "nothing speaks against entering a module that is LIVE");
    assert_eq!(parts(&refcount, 2), [(1, 0), (0, 0)], "CPU 0 took one, and nobody gave one back");
}

#[test]
fn each_cpu_counts_in_its_own_part() {
    let refcount = live(3);
    for cpu in [2, 1, 2, 2] {
        assert!(on_cpu(cpu, || refcount.try_get()), "CPU {cpu} may enter");
    }
    assert_eq!(
        parts(&refcount, 3),
        [(0, 0), (1, 0), (3, 0)],
        "a store to another CPU's part would lose what that CPU stores at the same time"
    );
}

#[test]
fn a_module_that_goes_cannot_be_entered_and_nothing_is_counted() {
    let refcount = live(1);
    refcount.set_state(ModuleState::Going);
    assert!(!refcount.try_get(), "its text may be gone before the caller has jumped into it");
    assert_eq!(
        parts(&refcount, 1),
        [(0, 0)],
        "what is not held is not counted, or rmmod would wait for ever"
    );
}

#[test]
fn a_module_that_comes_can_be_held() {
    let refcount = live(1);
    refcount.set_state(ModuleState::Coming);
    assert!(refcount.try_get(), "module_is_live: the state is not GOING. Its own init registers it");
    assert_eq!(
        refcount.strong_try_get(),
        Err(abi::Errno::EBUSY),
        "strong_try_module_get is for those who cannot wait"
    );
}

#[test]
fn preemption_is_on_again_whatever_the_answer_was() {
    let refcount = live(1);
    for state in [ModuleState::Live, ModuleState::Going] {
        refcount.set_state(state);
        refcount.try_get();
        assert!(
            !explore::native::in_atomic(),
            "after a try_module_get of a module that is {state:?} this CPU would never run another task"
        );
    }
}

#[test]
fn the_number_wraps_around_and_nobody_panics() {
    let refcount = live(1);
    refcount.parts().this_cpu().incs.store(u32::MAX, std::sync::atomic::Ordering::Relaxed);
    assert!(refcount.try_get(), "four thousand million opens are a matter of hours");
    assert_eq!(parts(&refcount, 1), [(0, 0)], "only the difference of the two sums means anything");
}

/// One CPU. There, to disable preemption is all that stopping the machine takes.
fn one_cpu() -> Scenario<Module> {
    Scenario::new("one CPU", || Module::live(1))
        .cpu("open", |world| {
            if world.refcount.try_get() {
                world.text.run(|| ());
            }
        })
        .beside(0, "rmmod", |world| {
            model::preempt_disable();
            let is_free = world.refcount.parts().sum() == 0;
            if is_free {
                world.refcount.set_state(ModuleState::Going);
            }
            model::preempt_enable();
            if is_free {
                world.text.free();
            }
        })
}

#[test]
fn nobody_comes_between_the_look_and_the_counting() {
    one_cpu().never_fails(
        "between the look at the state and the counting, this CPU must not be given to anybody else",
    );
}

#[test]
fn interrupts_may_take_references_too() {
    Scenario::new("open, and an interrupt that opens", || model_live(1))
        .cpu("open", |refcount| assert!(refcount.try_get()))
        .beside(0, "interrupt", |refcount| assert!(refcount.try_get()))
        .finally(|refcount| assert_eq!(refcount.parts().sum(), 2, "each of the two is counted"))
        .never_fails("a load and a store are two steps: an interrupt between them takes a reference that is then forgotten");
}

#[test]
fn no_instruction_is_locked_and_no_fence_is_passed() {
    let replay = one_cpu().replay(&Schedule::default());
    if let Some(failure) = &replay.failure {
        panic!("{failure}");
    }
    let own: Vec<&str> =
        replay.steps.iter().filter(|step| step.actor == 0).map(|step| step.text.as_str()).collect();
    let touched = own.iter().any(|step| step.contains("incs"));
    assert!(touched, "the reference is counted in this CPU's `incs`; its steps were {own:?}");
    for dear in ["fetch_", "compare_exchange", "swap", "fence"] {
        assert!(
            !own.iter().any(|step| step.contains(dear)),
            "{dear}… makes the CPU wait for its cache and for all others; nobody else writes here, so a load and a \
             store do: {own:?}"
        );
    }
}

#[test]
fn who_sees_that_a_module_lives_sees_what_its_init_has_formed() {
    Scenario::new("a look against insmod", || (PerCpuRefcount::new(2), Plain::new(0)))
        .cpu("insmod", |(refcount, formed): &(PerCpuRefcount, Plain<i32>)| {
            formed.set(1);
            refcount.set_state(ModuleState::Live);
        })
        .cpu("open", |(refcount, formed)| {
            if refcount.state() == ModuleState::Live && refcount.try_get() {
                assert_eq!(formed.get(), 1, "what init has formed was there before it was LIVE");
            }
        })
        .never_fails("whoever finds a module LIVE uses what its init has formed");
}
