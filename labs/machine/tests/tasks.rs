//! Tasks: they sleep, wake, stop and are never waited for in vain.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use common::boot;
use machine::{Config, HZ, Machine, WaitQueue, current, task};

#[test]
fn a_sleeping_task_leaves_its_cpu_to_others() {
    let machine = boot();
    let order = Arc::new(Mutex::new(Vec::new()));
    let sleeper = machine.spawn(0, "sleeper", {
        let order = order.clone();
        move || {
            order.lock().unwrap().push("asleep");
            task::sleep_ms(20);
            order.lock().unwrap().push("awake");
        }
    });
    machine.run(0, "other", || order.lock().unwrap().push("other")).unwrap();
    sleeper.unwrap().join().unwrap();
    assert_eq!(*order.lock().unwrap(), ["asleep", "other", "awake"]);
}

#[test]
fn tasks_that_yield_take_turns() {
    let machine = boot();
    let turns = Arc::new(Mutex::new(String::new()));
    let tasks: Vec<_> = ["a", "b"]
        .map(|name| {
            let turns = turns.clone();
            // Created, not started: both are woken from the same CPU, so that neither can begin alone.
            let body = move || {
                for _ in 0..3 {
                    turns.lock().unwrap().push_str(name);
                    task::yield_now();
                }
            };
            machine.create(0, name, body).unwrap()
        })
        .into();
    machine.run(0, "starter", || tasks.iter().map(|task| task.wake()).collect::<Vec<_>>()).unwrap();
    for task in tasks {
        task.join().unwrap();
    }
    assert_eq!(*turns.lock().unwrap(), "ababab");
}

#[test]
fn a_wait_queue_wakes_tasks_and_host_threads_across_cpus() {
    let machine = boot();
    let (queue, open) = (Arc::new(WaitQueue::default()), Arc::new(AtomicBool::new(false)));
    let wait = {
        let (queue, open) = (queue.clone(), open.clone());
        move || queue.wait(|| open.load(Ordering::SeqCst))
    };
    let tasks: Vec<_> = (0..4).map(|cpu| machine.spawn(cpu, "waiter", wait.clone()).unwrap()).collect();
    let host = thread::spawn(wait);
    thread::sleep(Duration::from_millis(5));
    assert!(tasks.iter().all(|task| task.outcome().is_none()));
    machine
        .run(1, "opener", || {
            open.store(true, Ordering::SeqCst);
            queue.wake_all();
        })
        .unwrap();
    for task in tasks {
        task.join().unwrap();
    }
    host.join().unwrap();
}

#[test]
fn waiting_with_a_limit_ends_without_the_condition() {
    let machine = boot();
    let queue = WaitQueue::default();
    let held = machine.run(0, "waiter", || queue.wait_timeout(Duration::from_millis(10), || false));
    assert_eq!(held, Ok(false));
    assert!(!queue.wait_timeout(Duration::from_millis(1), || false));
    assert!(queue.wait_timeout(Duration::from_millis(1), || true));
}

#[test]
fn a_thread_that_is_asked_to_stop_wakes_and_sees_it() {
    let machine = boot();
    let thread = machine.spawn(1, "kthread", || {
        while !current().task().should_stop() {
            current().task().set_state(task::state::INTERRUPTIBLE);
            if !current().task().should_stop() {
                task::schedule();
            }
            current().task().set_state(task::state::RUNNING);
        }
    });
    let thread = thread.unwrap();
    thread::sleep(Duration::from_millis(3));
    assert_eq!(thread.outcome(), None);
    machine
        .run(0, "stopper", || {
            thread.request_stop();
            thread.join()
        })
        .unwrap()
        .unwrap();
}

#[test]
fn a_task_may_run_another_on_its_own_cpu_and_on_others() {
    let machine = boot();
    let sum = machine.run(0, "outer", || {
        machine.run(0, "same", || 1).unwrap()
            + machine.run(1, "other", || machine.run(0, "back", || 2).unwrap()).unwrap()
    });
    assert_eq!(sum, Ok(3));
}

#[test]
fn many_host_threads_run_tasks_at_the_same_time() {
    let machine = boot();
    let total = AtomicU64::new(0);
    thread::scope(|scope| {
        for host in 0..8 {
            let (machine, total) = (&machine, &total);
            scope.spawn(move || {
                for at in 0..50 {
                    let add = || total.fetch_add(1, Ordering::Relaxed);
                    machine.run(host + at, "adder", add).unwrap();
                }
            });
        }
    });
    assert_eq!(total.into_inner(), 400);
}

#[test]
fn a_panic_in_a_task_reaches_whoever_ran_it() {
    let machine = boot();
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        machine.run(0, "panics", || std::panic::resume_unwind(Box::new("words")))
    }));
    let words = result.map(|_: Result<(), _>| ()).unwrap_err();
    assert_eq!(words.downcast_ref(), Some(&"words"));
    assert_eq!(machine.run(0, "next", || 1), Ok(1));
}

#[test]
fn a_timer_runs_on_its_cpu_when_jiffies_have_come() {
    let machine = boot();
    let (send, receive) = std::sync::mpsc::channel();
    let now = machine.clock().jiffies();
    machine.add_timer(1, now + 3, move || {
        let current = current();
        send.send((current.cpu(), current.machine().clock().jiffies())).unwrap();
    });
    let (cpu, at) = receive.recv_timeout(Duration::from_secs(10)).unwrap();
    assert_eq!(cpu, 1);
    assert!(at.wrapping_sub(now) >= 3, "it ran {} jiffies after it was set", at.wrapping_sub(now));
}

#[test]
fn a_timer_that_is_taken_back_does_not_run() {
    let machine = boot();
    let ran = Arc::new(AtomicBool::new(false));
    let timer = machine.add_timer(0, machine.clock().jiffies() + HZ, {
        let ran = ran.clone();
        move || ran.store(true, Ordering::SeqCst)
    });
    assert!(machine.remove_timer(timer));
    assert!(!machine.remove_timer(timer), "it is not pending any more");
    assert!(!ran.load(Ordering::SeqCst));
}

#[test]
fn a_task_that_waits_for_ever_is_given_up_where_a_limit_is_set() {
    let limit = Some(Duration::from_millis(20));
    let machine = Machine::boot(Config { hung_task: limit, ..Config::default() }).unwrap();
    for body in [(|| WaitQueue::default().wait(|| false)) as fn(), || {
        loop {
            task::yield_now();
        }
    }] {
        let killed = machine.run(0, "insmod", body).unwrap_err();
        assert!(killed.reason.starts_with("INFO: task insmod:"), "{killed}");
        assert!(killed.reason.ends_with("blocked for more than 0 seconds."), "{killed}");
    }
    assert_eq!(machine.run(0, "next", || 1), Ok(1));
}

#[test]
fn shutting_down_ends_sleeping_tasks_and_refuses_new_ones() {
    let machine = boot();
    let sleeper = machine.spawn(0, "sleeper", || WaitQueue::default().wait(|| false)).unwrap();
    machine.run(0, "other", || ()).unwrap();
    machine.shutdown();
    assert_eq!(sleeper.join().unwrap_err().reason, "the machine was shut down");
    assert_eq!(machine.run(0, "late", || ()).unwrap_err().reason, "the machine was shut down");
}

#[test]
fn a_machine_may_be_dropped_by_its_own_task() {
    let machine = boot();
    let handle = machine.clone();
    let task = machine.spawn(0, "last", move || {
        task::sleep_ms(5);
        drop(handle);
    });
    drop(machine);
    // It ends as a task that ran or as one that was shut down, and either way somebody is told.
    let _ = task.unwrap().join();
}

#[test]
fn sleeping_lasts_at_least_as_long_as_asked() {
    let machine = boot();
    let before = Instant::now();
    machine.run(0, "sleeper", || task::sleep_ms(12)).unwrap();
    assert!(before.elapsed() >= Duration::from_millis(12));
}
