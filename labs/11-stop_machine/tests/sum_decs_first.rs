//! The sum while everybody goes on counting: what is given back first, then what is taken.

use explore::{Scenario, model};
use proptest::prelude::*;
use stop_machine::{
    ModuleState,
    model::{attack, percpu::PerCpuCount},
};

use crate::common::{Module, live, on_cpu, rmmod_wait};

#[test]
fn while_nobody_counts_it_is_the_sum() {
    let refcount = live(3);
    for cpu in [0, 1, 1, 2] {
        on_cpu(cpu, || refcount.get());
    }
    assert_eq!(refcount.parts().sum_decs_first(), 4, "each CPU's part counts");
    assert_eq!(refcount.count(), 4, "which is what lsmod shows");
}

#[test]
fn a_reference_that_has_moved_is_one_reference() {
    let refcount = live(2);
    on_cpu(0, || refcount.get());
    on_cpu(0, || refcount.get());
    on_cpu(1, || refcount.put());
    assert_eq!(refcount.parts().sum_decs_first(), 1, "CPU 1 gave back what CPU 0 had taken");
}

#[test]
fn a_put_too_many_is_a_negative_sum() {
    let refcount = live(2);
    on_cpu(1, || refcount.put());
    assert_eq!(refcount.parts().sum_decs_first(), -1, "and not four thousand million holders");
}

#[test]
fn sums_of_numbers_that_have_wrapped_around_are_right() {
    let refcount = live(2);
    let relaxed = std::sync::atomic::Ordering::Relaxed;
    refcount.parts().this_cpu().incs.store(u32::MAX, relaxed);
    refcount.parts().this_cpu().decs.store(u32::MAX, relaxed);
    on_cpu(1, || refcount.parts().this_cpu().decs.store(u32::MAX, relaxed));
    on_cpu(1, || refcount.parts().this_cpu().incs.store(1, relaxed));
    assert_eq!(refcount.parts().sum_decs_first(), 2, "CPU 1 has taken two more than it gave back, long ago");
}

#[test]
fn a_module_that_is_held_all_the_time_is_never_summed_to_zero() {
    attack::scenario(PerCpuCount::sum_decs_first)
        .never_fails("a decrement that is seen has an increment, which must be seen too");
}

#[test]
fn who_waits_for_a_module_that_goes_may_free_it_at_zero() {
    rmmod_wait(|refcount| model::spin_until(|| refcount.parts().sum_decs_first() == 0))
        .never_fails("once the module is GOING the sum only falls, so that zero is the end");
}

#[test]
fn a_right_sum_is_out_of_date_the_next_moment() {
    let failure = Scenario::new("rmmod that stops nobody", || Module::live(2))
        .cpu("rmmod", |world| {
            if world.refcount.parts().sum_decs_first() == 0 {
                world.refcount.set_state(ModuleState::Going);
                world.text.free();
            }
        })
        .cpu("open", |world| {
            if world.refcount.try_get() {
                world.text.run(|| ());
            }
        })
        .fails(
            "a sum that is right is no reason to remove a module: somebody may enter it before it is GOING",
        );
    assert!(failure.sentence.contains("text of disk"), "{failure}");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_was_taken_and_given_back_and_where_the_sum_says_what_is_held(
        steps in proptest::collection::vec((0usize..4, any::<bool>()), 0..60),
    ) {
        let (refcount, mut held) = (live(4), 0);
        for (cpu, takes) in steps {
            if takes {
                on_cpu(cpu, || refcount.get());
                held += 1;
            } else {
                on_cpu(cpu, || refcount.put());
                held -= 1;
            }
        }
        prop_assert_eq!(refcount.parts().sum_decs_first(), held, "taken less given back, over all CPUs");
        prop_assert_eq!(refcount.parts().sum(), held, "as one pass says while nobody counts");
    }
}
