//! What is left of a machine that is gone: nothing. Alone in its process, because it looks at all of its mappings.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use common::{boot, text};
use machine::{current, task};

/// How many mappings of machines' memory this process has, and how many threads.
fn left() -> (usize, usize) {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let mappings = maps.lines().filter(|line| line.contains("/memfd:machine")).count();
    (mappings, fs::read_dir("/proc/self/task").unwrap().count())
}

#[test]
fn a_machine_that_is_gone_leaves_no_memory_and_no_thread_behind() {
    let before = left();
    let machine = boot();
    let object = machine.memory().object(100, 64).unwrap();
    assert!(object.is_multiple_of(64) && object < 1 << 31);
    drop(text(&machine, &[0xc3]));
    // A thread that sleeps keeps nothing alive.
    let sleeper = machine.spawn(1, "kthread", || {
        current().task().set_state(task::state::INTERRUPTIBLE);
        task::schedule();
    });
    machine.run(1, "after", || ()).unwrap();
    assert_ne!(left(), before);
    drop(machine);
    // A CPU that has just ended a task may be the one to drop the last handle, a moment later.
    let patience = Instant::now() + Duration::from_secs(20);
    while left() != before && Instant::now() < patience {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(left(), before);
    assert_eq!(sleeper.unwrap().join().unwrap_err().reason, "the machine was shut down");
}
