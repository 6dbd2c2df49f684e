//! The CPUs of the course's machine, which are real threads, are stopped while all of them count.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    thread,
    time::Duration,
};

use machine::{Absent, Config, Machine, task};
use stop_machine::{Cpus, ModuleState, PerCpuRefcount, stop_machine, sync};

struct EveryCpu<'m>(&'m Machine);

impl Cpus for EveryCpu<'_> {
    type Absent = Absent;

    fn cpus_read_lock<T>(&self, with: impl FnOnce(&[usize]) -> T) -> T {
        let online: Vec<usize> = (0..self.0.cpus()).collect();
        with(&online)
    }

    fn stop_cpus(&self, _: &[usize], stopper: &(dyn Fn(usize) + Sync)) -> Result<(), Absent> {
        self.0.on_each_cpu(stopper)
    }
}

#[test]
fn not_one_reference_is_missed_while_the_machine_is_stopped_again_and_again() {
    const CPUS: usize = 4;
    const ROUNDS: u64 = 20_000;
    let machine = Machine::boot(Config { cpus: CPUS, ..Config::default() }).unwrap();
    let refcount = PerCpuRefcount::new(CPUS);
    refcount.set_state(ModuleState::Live);
    // How many references are held, counted by an atomic number beside: tasks change only where they sleep, and none does
    // between the two counts.
    let (held, running, stops) = (AtomicU64::new(1), AtomicUsize::new(CPUS), AtomicUsize::new(0));
    thread::scope(|scope| {
        for cpu in 0..CPUS {
            let (machine, refcount, held, running) = (&machine, &refcount, &held, &running);
            let work = move || {
                sync::set_cpu(cpu);
                for round in 0..ROUNDS {
                    assert!(refcount.try_get(), "it is LIVE");
                    held.fetch_add(1, Ordering::Relaxed);
                    if round % 16 == 0 {
                        task::yield_now();
                    }
                    refcount.put();
                    held.fetch_sub(1, Ordering::Relaxed);
                }
                running.fetch_sub(1, Ordering::SeqCst);
            };
            scope.spawn(move || machine.run(cpu, "user", work).unwrap());
        }
        while running.load(Ordering::SeqCst) > 0 {
            let both = || (refcount.parts().sum(), held.load(Ordering::Relaxed));
            let (sum, held) = stop_machine(&EveryCpu(&machine), both).unwrap();
            assert_eq!(u64::try_from(sum), Ok(held), "in the stopped machine the sum is right");
            stops.fetch_add(1, Ordering::Relaxed);
        }
    });
    println!("{} references on {CPUS} CPUs, {} stops", ROUNDS * CPUS as u64, stops.into_inner());
    assert_eq!(refcount.count(), 1, "init's own is left");
}

#[test]
fn the_function_runs_alone() {
    let machine = Machine::boot(Config { cpus: 3, ..Config::default() }).unwrap();
    let (counter, go_on) = (AtomicU64::new(0), AtomicBool::new(true));
    thread::scope(|scope| {
        for cpu in 0..3 {
            let (machine, counter, go_on) = (&machine, &counter, &go_on);
            let work = move || {
                while go_on.load(Ordering::Relaxed) {
                    counter.fetch_add(1, Ordering::Relaxed);
                    task::yield_now();
                }
            };
            scope.spawn(move || machine.run(cpu, "busy", work).unwrap());
        }
        for _ in 0..20 {
            let look = || {
                let before = counter.load(Ordering::Relaxed);
                thread::sleep(Duration::from_millis(2));
                (before, counter.load(Ordering::Relaxed))
            };
            let (before, after) = stop_machine(&EveryCpu(&machine), look).unwrap();
            assert_eq!(before, after, "nobody else runs");
        }
        go_on.store(false, Ordering::Relaxed);
    });
}

#[test]
fn a_function_that_panics_leaves_no_cpu_standing() {
    let machine = Machine::boot(Config::default()).unwrap();
    let panics = || stop_machine(&EveryCpu(&machine), || std::panic::resume_unwind(Box::new("words")));
    let came: Result<Result<(), Absent>, _> = catch_unwind(AssertUnwindSafe(panics));
    assert_eq!(came.unwrap_err().downcast_ref(), Some(&"words"));
    assert_eq!(machine.run(1, "next", || 1), Ok(1), "it works on");
}

#[test]
fn a_cpu_that_does_not_come_is_a_refusal_in_words() {
    // Long enough for CPU 0, which has nothing else to do, on a computer that has.
    let config = Config { soft_lockup: Duration::from_secs(1), ..Config::default() };
    let machine = Machine::boot(config).unwrap();
    let (begun, go_on) = (AtomicBool::new(false), AtomicBool::new(false));
    let stuck = || {
        begun.store(true, Ordering::SeqCst);
        while !go_on.load(Ordering::SeqCst) {
            thread::sleep(Duration::from_millis(1));
        }
    };
    thread::scope(|scope| {
        scope.spawn(|| machine.run(1, "stuck", stuck).unwrap());
        while !begun.load(Ordering::SeqCst) {
            thread::yield_now();
        }
        let absent = stop_machine(&EveryCpu(&machine), || ());
        go_on.store(true, Ordering::SeqCst); // whatever came: a CPU that does not go on is waited for
        let absent = absent.unwrap_err();
        assert!(absent.to_string().starts_with("CPU 1 has not come"), "{absent}");
    });
    // Its stopper that came too late has gone again.
    assert_eq!(stop_machine(&EveryCpu(&machine), || 7), Ok(7), "now it comes");
}
