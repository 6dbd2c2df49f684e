//! References counted by each CPU, and the whole machine stopped to remove a module: with real threads and real modules.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
};

use abi::Errno;
use loader::{Counting, Kernel, KernelConfig, LoadedModule, NotDone};
use machine::task::yield_now;
use symbols::ModuleState;
use unload::stop::O_NONBLOCK;

const CPUS: usize = 3;

fn boot() -> Arc<Kernel> {
    let config = KernelConfig { cpus: CPUS, refcount: Counting::Percpu, ..KernelConfig::default() };
    Kernel::boot(config).expect("this computer runs module code")
}

fn insmod(kernel: &Kernel, name: &str) -> Arc<LoadedModule> {
    let modules = course_modules::cached().expect("the C compiler builds the course's modules");
    let module = modules.iter().find(|module| module.name == name).expect("the course has this module");
    let file = std::fs::read(&module.path).expect("it was built just now");
    kernel.init_module(&file, "").map_err(|_| ()).expect("it loads");
    kernel.registry().find(name.into()).expect("it is loaded")
}

fn rmmod(kernel: &Kernel, name: &str) -> Result<(), Errno> {
    kernel.delete_module(name.into(), O_NONBLOCK).map_err(|not_done| match not_done {
        NotDone::Refused(refusal) => refusal.errno,
        NotDone::Killed(killed) => panic!("{killed}"),
    })
}

/// Runs `work` as a task on every CPU, and `beside` on a thread that is none.
fn on_all_cpus(kernel: &Kernel, work: impl Fn(usize) + Sync, beside: impl FnOnce()) {
    thread::scope(|scope| {
        for cpu in 0..CPUS {
            let (kernel, work) = (&kernel, &work);
            scope.spawn(move || kernel.machine().run(cpu, "user", || work(cpu)).expect("no oops"));
        }
        beside();
    });
}

#[test]
fn a_module_lives_and_goes_when_each_cpu_counts() {
    let kernel = boot();
    let abacus = insmod(&kernel, "abacus");
    let merchant = insmod(&kernel, "merchant");
    assert_eq!(
        (abacus.refcount.count(), merchant.refcount.count()),
        (1, 0),
        "taken by the shell's thread, on no CPU"
    );
    assert_eq!(rmmod(&kernel, "abacus"), Err(Errno::EAGAIN), "merchant uses it");
    assert_eq!(rmmod(&kernel, "merchant"), Ok(()));
    assert_eq!(abacus.refcount.count(), 0);
    // Taken on one CPU, given back on another, and outside.
    for (takes, gives) in [(0, Some(1)), (2, None)] {
        kernel.machine().run(takes, "open", || assert!(abacus.refcount.try_get())).unwrap();
        assert_eq!(rmmod(&kernel, "abacus"), Err(Errno::EAGAIN), "somebody holds it");
        match gives {
            Some(cpu) => kernel.machine().run(cpu, "close", || abacus.refcount.put()).unwrap(),
            None => abacus.refcount.put(),
        };
    }
    assert_eq!(rmmod(&kernel, "abacus"), Ok(()));
    assert!(!abacus.refcount.try_get(), "nobody enters it any more");
    assert_eq!(rmmod(&kernel, "abacus"), Err(Errno::ENOENT));
}

#[test]
fn a_module_that_is_held_all_the_time_is_never_removed() {
    const ROUNDS: usize = 3000;
    let kernel = boot();
    let abacus = insmod(&kernel, "abacus");
    // References that move: each CPU takes one more before it gives one back, and what CPU n takes CPU n + 1 gives back.
    assert!(abacus.refcount.try_get());
    let (taken, stops) = ([const { AtomicUsize::new(0) }; CPUS], AtomicUsize::new(0));
    let running = AtomicUsize::new(CPUS);
    on_all_cpus(
        &kernel,
        |cpu| {
            let before = &taken[(cpu + CPUS - 1) % CPUS];
            let mut given = 0;
            while given < ROUNDS {
                if taken[cpu].load(Ordering::Relaxed) < ROUNDS {
                    assert!(abacus.refcount.try_get(), "it is LIVE");
                    taken[cpu].fetch_add(1, Ordering::Release);
                }
                if before.load(Ordering::Acquire) > given {
                    abacus.refcount.put();
                    given += 1;
                }
                yield_now();
            }
            running.fetch_sub(1, Ordering::SeqCst);
        },
        || {
            while running.load(Ordering::SeqCst) > 0 {
                assert_eq!(rmmod(&kernel, "abacus"), Err(Errno::EAGAIN), "it is held all the time");
                stops.fetch_add(1, Ordering::Relaxed);
            }
        },
    );
    println!("{} references on {CPUS} CPUs, {} stops", CPUS * ROUNDS, stops.into_inner());
    assert_eq!(abacus.refcount.count(), 1, "not one is missing");
    abacus.refcount.put();
    assert_eq!(rmmod(&kernel, "abacus"), Ok(()));
}

#[test]
fn nobody_who_holds_a_module_finds_it_freed() {
    const ROUNDS: usize = 40;
    let (mut opens, mut refused) = (0, 0);
    let kernel = boot();
    for _ in 0..ROUNDS {
        let abacus = insmod(&kernel, "abacus");
        let (is_gone, opened) = (AtomicBool::new(false), AtomicUsize::new(0));
        on_all_cpus(
            &kernel,
            |_| {
                while !is_gone.load(Ordering::Relaxed) {
                    if abacus.refcount.try_get() {
                        assert_ne!(abacus.address(), 0, "its memory is there");
                        yield_now();
                        assert_ne!(abacus.address(), 0, "and stays while it is held");
                        abacus.refcount.put();
                        opened.fetch_add(1, Ordering::Relaxed);
                    }
                    yield_now();
                }
            },
            || {
                while let Err(errno) = rmmod(&kernel, "abacus") {
                    assert_eq!(errno, Errno::EAGAIN);
                    refused += 1;
                }
                is_gone.store(true, Ordering::Relaxed);
            },
        );
        opens += opened.into_inner();
        assert_eq!(abacus.refcount.count(), 0);
        assert_eq!(kernel.machine().oopses(), 0);
    }
    println!("{ROUNDS} rounds on {CPUS} CPUs: {opens} opens, {refused} removals refused");
}

#[test]
fn rmmod_that_waits_is_woken_by_the_last_holder_on_another_cpu() {
    for _ in 0..20 {
        let kernel = boot();
        let abacus = insmod(&kernel, "abacus");
        kernel.machine().run(0, "open", || assert!(abacus.refcount.try_get())).unwrap();
        thread::scope(|scope| {
            let waits = scope.spawn(|| kernel.delete_module("abacus".into(), 0).is_ok());
            while abacus.state() != ModuleState::Going {
                thread::yield_now();
            }
            assert!(!abacus.refcount.try_get(), "nobody new enters it");
            assert_ne!(abacus.address(), 0, "it stays while it is held");
            kernel.machine().run(1, "close", || abacus.put()).unwrap();
            assert!(waits.join().unwrap());
        });
        assert_eq!(abacus.address(), 0, "it is gone");
    }
}
