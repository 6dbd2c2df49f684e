//! All CPUs at once.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::{Duration, Instant},
};

use common::{boot, text};
use machine::{Config, Machine, call_module, current, task};

#[test]
fn every_cpu_works_at_the_same_time_each_in_its_own_task() {
    let machine = Machine::boot(Config { cpus: 5, ..Config::default() }).unwrap();
    let (there, names) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    machine
        .on_each_cpu(&|cpu| {
            there.fetch_add(1, Ordering::SeqCst);
            // It ends only because all are there.
            while there.load(Ordering::SeqCst) < 5 {
                thread::yield_now();
            }
            assert_eq!(current().cpu(), cpu);
            names.lock().unwrap().push(current().task().name().to_owned());
        })
        .unwrap();
    let mut names = names.into_inner().unwrap();
    names.sort();
    assert_eq!(names, (0..5).map(|cpu| format!("migration/{cpu}")).collect::<Vec<_>>());
}

#[test]
fn a_stopper_runs_before_tasks_that_have_waited_longer() {
    let machine = boot();
    let order = Arc::new(Mutex::new(Vec::new()));
    let note = |name: &'static str| {
        let order = order.clone();
        move || order.lock().unwrap().push(name)
    };
    machine
        .run(0, "busy", || {
            let waiting = machine.spawn(0, "waiting", note("task")).unwrap();
            // This task sleeps while it waits for the stoppers.
            machine
                .on_each_cpu(&|cpu| {
                    if cpu == 0 {
                        note("stopper")()
                    }
                })
                .unwrap();
            waiting.join().unwrap();
        })
        .unwrap();
    assert_eq!(*order.lock().unwrap(), ["stopper", "task"]);
}

#[test]
fn callers_on_every_cpu_and_on_none_take_turns() {
    let machine = boot();
    let inside = AtomicUsize::new(0);
    let stop = || {
        for _ in 0..25 {
            machine
                .on_each_cpu(&|cpu| {
                    if cpu == 0 {
                        assert_eq!(
                            inside.fetch_add(1, Ordering::SeqCst),
                            0,
                            "two have stopped the machine at once"
                        );
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                })
                .unwrap();
        }
    };
    thread::scope(|scope| {
        for cpu in 0..2 {
            let machine = &machine;
            scope.spawn(move || machine.run(cpu, "rmmod", stop).unwrap());
            scope.spawn(stop);
        }
    });
}

#[test]
fn a_cpu_in_an_endless_loop_comes_once_the_watchdog_has_ended_it() {
    let config = Config { soft_lockup: Duration::from_millis(200), ..Config::default() };
    let machine = Machine::boot(config).unwrap();
    // jmp self
    let region = text(&machine, &[0xeb, 0xfe]);
    let address = region.address();
    let (begins, begun) = mpsc::channel();
    let endless = machine
        .spawn(1, "endless", move || {
            begins.send(()).unwrap();
            // SAFETY: the text above, which takes no arguments.
            unsafe { call_module(address, &[0; 6]) };
        })
        .unwrap();
    begun.recv().unwrap();
    let ran = AtomicUsize::new(0);
    let comes = || {
        machine.on_each_cpu(&|_| {
            ran.fetch_add(1, Ordering::SeqCst);
        })
    };
    // The watchdog counts the loop's own time, and on a busy computer that takes longer than one patience.
    assert!((0..100).any(|_| comes().is_ok()), "the watchdog has not ended the loop");
    assert_eq!(ran.into_inner(), 2);
    assert!(endless.join().unwrap_err().reason.contains("soft lockup"), "{:?}", endless.outcome());
}

#[test]
fn a_cpu_that_does_not_come_at_all_is_named_and_nothing_has_run() {
    let config = Config { soft_lockup: Duration::from_millis(50), ..Config::default() };
    let machine = Machine::boot(config).unwrap();
    let (go_on, ran) = (Arc::new(AtomicBool::new(false)), AtomicUsize::new(0));
    let (begins, begun) = mpsc::channel();
    let stuck = machine
        .spawn(1, "stuck", {
            let go_on = go_on.clone();
            // Not in module code, and asleep on the host: the watchdog counts CPU time.
            move || {
                begins.send(()).unwrap();
                while !go_on.load(Ordering::SeqCst) {
                    thread::sleep(Duration::from_millis(5));
                }
            }
        })
        .unwrap();
    begun.recv().unwrap();
    let stop = machine.on_each_cpu(&|_| {
        ran.fetch_add(1, Ordering::SeqCst);
    });
    // The caller is told while that CPU is still away; its stopper then finds nothing to do.
    go_on.store(true, Ordering::SeqCst);
    let words = stop.unwrap_err().to_string();
    assert_eq!(words, "CPU 1 has not come for 0.1 seconds: a task there does not let go of it");
    assert_eq!(ran.into_inner(), 0, "the work begins when all are there, or not at all");
    stuck.join().unwrap();
    assert_eq!(machine.run(1, "next", || 1), Ok(1), "the CPU works on");
    machine.on_each_cpu(&|_| ()).unwrap();
}

#[test]
fn a_machine_that_is_shut_down_stops_nobody() {
    let machine = boot();
    machine.shutdown();
    let words = machine.on_each_cpu(&|_| ()).unwrap_err().to_string();
    assert_eq!(words, "the machine was shut down");
}

#[test]
fn a_panic_in_the_work_reaches_the_caller_after_all_have_ended() {
    let machine = boot();
    let came = catch_unwind(AssertUnwindSafe(|| {
        machine.on_each_cpu(&|cpu| {
            if cpu == 1 {
                resume_unwind(Box::new("words"))
            }
        })
    }));
    assert_eq!(came.unwrap_err().downcast_ref(), Some(&"words"));
    machine.on_each_cpu(&|_| ()).unwrap();
}

#[test]
fn stopping_a_machine_that_shuts_down_meanwhile_is_no_hang() {
    for pause in 0..10 {
        let machine = Machine::boot(Config { cpus: 3, ..Config::default() }).unwrap();
        let before = Instant::now();
        thread::scope(|scope| {
            scope.spawn(|| while machine.on_each_cpu(&|_| task::relax()).is_ok() {});
            thread::sleep(Duration::from_millis(pause));
            machine.shutdown();
        });
        assert!(before.elapsed() < Duration::from_secs(5), "shutting down took {:?}", before.elapsed());
    }
}
