//! What lab 11 gives: the parts of a count, and references that need a module whose init has returned.

use abi::Errno;
use stop_machine::{ModuleState, PerCpuCount, PerCpuRefcount, sync::set_cpu};

#[test]
fn each_cpu_has_a_part_of_its_own_and_whoever_is_on_none_has_the_last() {
    let count = PerCpuCount::new(3);
    let part_of = |cpu| {
        set_cpu(cpu);
        std::ptr::from_ref(count.this_cpu())
    };
    let parts = [0, 1, 2].map(part_of);
    assert!(parts[0] != parts[1] && parts[1] != parts[2] && parts[2] != parts[0]);
    assert!([3, 4, usize::MAX].map(part_of).iter().all(|&part| part == parts[2]));
    set_cpu(0);
}

#[test]
fn a_strong_get_counts_once_init_has_returned_and_is_refused_before_and_after() {
    let refcount = PerCpuRefcount::new(1);
    let held = refcount.count();
    for (state, answer, counted) in [
        (ModuleState::Coming, Err(Errno::EBUSY), 0),
        (ModuleState::Live, Ok(()), 1),
        (ModuleState::Going, Err(Errno::ENOENT), 1),
    ] {
        refcount.set_state(state);
        assert_eq!(refcount.strong_try_get(), answer, "{state:?}");
        assert_eq!(refcount.count() - held, counted, "{state:?}");
    }
}
