//! Locks that exclude, and waits that end: on CPUs that run at once.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

use abi::offsets::{completion, mutex, timer_list, work_struct};
use common::{boot, export, function};
use machine::Machine;

/// Memory that both CPUs and the test see.
fn shared(bytes: usize) -> u64 {
    Box::leak(vec![0u64; bytes.div_ceil(8)].into_boxed_slice()).as_ptr() as u64
}

/// Two CPUs add to one number without atomics, with a lock around it; the sum.
fn contend(machine: &Arc<Machine>, lock: &'static str, unlock: &'static str) -> u64 {
    const ROUNDS: u64 = 20_000;
    let (locked, number) = (shared(mutex::SIZE), shared(8));
    thread::scope(|scope| {
        for cpu in 0..2 {
            scope.spawn(move || {
                let work = || {
                    for _ in 0..ROUNDS {
                        export(lock, &[locked]);
                        // SAFETY: eight bytes that the lock guards.
                        unsafe { *(number as *mut u64) = std::hint::black_box(*(number as *const u64)) + 1 };
                        export(unlock, &[locked]);
                    }
                };
                machine.run(cpu, "test", work).unwrap();
            });
        }
    });
    // SAFETY: nobody else touches it any more.
    let sum = unsafe { *(number as *const u64) };
    sum * 20_000 / ROUNDS
}

#[test]
fn a_spin_lock_lets_one_cpu_in_at_a_time() {
    assert_eq!(contend(&boot(), "_raw_spin_lock", "_raw_spin_unlock"), 40_000);
}

#[test]
fn a_mutex_lets_one_task_in_at_a_time() {
    assert_eq!(contend(&boot(), "mutex_lock", "mutex_unlock"), 40_000);
}

#[test]
fn a_reader_writer_semaphore_lets_one_writer_in_at_a_time() {
    assert_eq!(contend(&boot(), "down_write", "up_write"), 40_000);
}

#[test]
fn who_sleeps_with_a_spin_lock_held_is_told_so() {
    let machine = boot();
    let lock = shared(8);
    machine
        .run(0, "test", || {
            export("_raw_spin_lock", &[lock]);
            export("msleep", &[1]);
        })
        .unwrap();
    assert!(machine.log().texts().contains("BUG: scheduling while atomic"));
}

#[test]
fn a_completion_counts_those_who_came_before_their_waiters() {
    let machine = boot();
    let done = shared(completion::SIZE);
    let answers = machine
        .run(0, "test", || {
            export("complete", &[done]);
            export("complete", &[done]);
            export("wait_for_completion", &[done]);
            export("wait_for_completion", &[done]);
            (export("completion_done", &[done]) & 1, export("wait_for_completion_timeout", &[done, 5]))
        })
        .unwrap();
    assert_eq!(answers, (0, 0), "both were used up, and nobody completes a third time");
}

#[test]
fn a_completion_wakes_a_task_on_another_cpu() {
    let machine = boot();
    let done = shared(completion::SIZE);
    thread::scope(|scope| {
        let waiter = scope.spawn(|| machine.run(1, "waiter", || export("wait_for_completion", &[done])));
        thread::sleep(Duration::from_millis(20));
        machine.run(0, "test", || export("complete", &[done])).unwrap();
        waiter.join().expect("the thread").expect("the task");
    });
}

/// Runs until it is stopped, and counts its rounds.
extern "C" fn counts_until_stopped(rounds: &AtomicU64) -> i32 {
    while export("kthread_should_stop", &[]) & 0xff == 0 {
        rounds.fetch_add(1, Ordering::Relaxed);
        export("msleep", &[1]);
    }
    7
}

/// A new thread of a module's; it does not run yet.
fn kthread(rounds: &'static AtomicU64) -> u64 {
    let body = function(counts_until_stopped as *const ());
    export(
        "kthread_create_on_node",
        &[body, rounds as *const AtomicU64 as u64, u64::MAX, c"counter".as_ptr() as u64],
    )
}

#[test]
fn kthread_stop_waits_for_the_thread_and_returns_its_result() {
    static ROUNDS: AtomicU64 = AtomicU64::new(0);
    let machine = boot();
    let result = machine.run(0, "test", || {
        let thread = kthread(&ROUNDS);
        export("wake_up_process", &[thread]);
        export("msleep", &[30]);
        export("kthread_stop", &[thread]) as i32
    });
    assert_eq!(result, Ok(7));
    assert!(ROUNDS.load(Ordering::Relaxed) > 0, "it ran meanwhile");
}

#[test]
fn a_thread_that_is_stopped_before_it_was_woken_never_runs() {
    static ROUNDS: AtomicU64 = AtomicU64::new(0);
    let machine = boot();
    let result = machine.run(0, "test", || {
        let thread = kthread(&ROUNDS);
        export("kthread_stop", &[thread]) as i32
    });
    assert_eq!((result, ROUNDS.load(Ordering::Relaxed)), (Ok(-4), 0), "-EINTR");
}

static FIRED: AtomicU64 = AtomicU64::new(0);

extern "C" fn timer_fires(_timer: u64) {
    FIRED.fetch_add(1, Ordering::Relaxed);
}

#[test]
fn a_timer_fires_once_and_not_after_it_was_deleted() {
    let machine = boot();
    let timer = shared(timer_list::SIZE);
    let (pending, was_set) = machine
        .run(0, "test", || {
            export("init_timer_key", &[timer, function(timer_fires as *const ()), 0, 0, 0]);
            let now = machine::current().machine().clock().jiffies();
            export("mod_timer", &[timer, now + 2]);
            export("msleep", &[40]);
            export("mod_timer", &[timer, now + 100_000]);
            // timer_pending() reads entry.pprev.
            // SAFETY: the timer's second word.
            let pending = unsafe { *((timer + 8) as *const u64) } != 0;
            (pending, export("timer_delete_sync", &[timer]) as i32)
        })
        .unwrap();
    assert_eq!((pending, was_set), (true, 1));
    assert_eq!(FIRED.load(Ordering::Relaxed), 1);
}

static WORKED: AtomicU64 = AtomicU64::new(0);

extern "C" fn works(_item: u64) {
    export("msleep", &[5]);
    WORKED.fetch_add(1, Ordering::Relaxed);
}

#[test]
fn flush_work_returns_when_the_work_is_done() {
    let machine = boot();
    let item = shared(work_struct::SIZE);
    // SAFETY: the item's function.
    unsafe { *((item + work_struct::FUNC as u64) as *mut u64) = function(works as *const ()) };
    let variable = machine.exports().value("system_wq").unwrap();
    // SAFETY: an exported variable of eight bytes.
    let queue = unsafe { *(variable as *const u64) };
    let queued = machine
        .run(0, "test", || {
            let first = export("queue_work_on", &[u64::MAX, queue, item]) & 0xff;
            let again = export("queue_work_on", &[u64::MAX, queue, item]) & 0xff;
            export("flush_work", &[item]);
            (first, again)
        })
        .unwrap();
    assert_eq!(queued, (1, 0), "an item that is pending is not queued again");
    assert_eq!(WORKED.load(Ordering::Relaxed), 1);
}

#[test]
fn a_grace_period_outlasts_the_readers_that_it_met() {
    let machine = boot();
    static STATE: AtomicU64 = AtomicU64::new(0);
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            machine.run(1, "reader", || {
                export("__rcu_read_lock", &[]);
                STATE.store(1, Ordering::SeqCst);
                // Busy, as readers are: they do not sleep.
                export("__const_udelay", &[20_000 * 4295]);
                STATE.store(2, Ordering::SeqCst);
                export("__rcu_read_unlock", &[]);
            })
        });
        while STATE.load(Ordering::SeqCst) == 0 {
            thread::yield_now();
        }
        let seen = machine.run(0, "updater", || {
            export("synchronize_rcu", &[]);
            STATE.load(Ordering::SeqCst)
        });
        assert_eq!(seen, Ok(2), "the updater would free what the reader still holds");
        reader.join().expect("the thread").expect("the task");
    });
}
