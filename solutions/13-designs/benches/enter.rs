//! What it costs to open and close, design by design: alone, and with two CPUs at once. `Arc` and a reader's lock of the
//! standard library are measured beside them.

#![allow(missing_docs, reason = "criterion's macros write functions")]

use std::{
    hint::black_box,
    sync::{
        Arc, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Instant,
};

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use designs::{
    Design, atomic_base::AtomicBase, big_reader_lock::BigReaderLock, exit_may_fail::ExitMayFail,
    no_unload::NoUnload, per_cpu::PerCpu, per_object::PerObject, shutdown_call::ShutdownCall,
    try_deregister::TryDeregister, two_stage::TwoStage, two_system_calls::TwoSystemCalls,
};
use explore::native::set_cpu;

/// Measures `pair` on this thread, and again while another does the same as CPU 1.
fn measure(c: &mut Criterion, name: &str, pair: impl Fn() + Sync) {
    set_cpu(0);
    c.bench_with_input(BenchmarkId::new("alone", name), &(), |b, ()| b.iter(&pair));
    c.bench_with_input(BenchmarkId::new("two CPUs", name), &(), |b, ()| {
        b.iter_custom(|rounds| {
            let (began, over) = (AtomicBool::new(false), AtomicBool::new(false));
            thread::scope(|scope| {
                scope.spawn(|| {
                    set_cpu(1);
                    // Relaxed, all: they only say when.
                    began.store(true, Ordering::Relaxed);
                    while !over.load(Ordering::Relaxed) {
                        pair();
                    }
                });
                while !began.load(Ordering::Relaxed) {
                    std::hint::spin_loop();
                }
                let start = Instant::now();
                (0..rounds).for_each(|_| pair());
                let took = start.elapsed();
                over.store(true, Ordering::Relaxed);
                took
            })
        });
    });
}

fn design<D: Design>(c: &mut Criterion) {
    let design = D::load();
    measure(c, D::FACTS.name, || {
        if black_box(&design).enter(0) {
            design.leave(0);
        }
    });
}

fn all(c: &mut Criterion) {
    design::<NoUnload>(c);
    design::<PerCpu>(c);
    design::<AtomicBase>(c);
    design::<TryDeregister>(c);
    design::<PerObject>(c);
    design::<TwoStage>(c);
    design::<BigReaderLock>(c);
    design::<TwoSystemCalls>(c);
    design::<ExitMayFail>(c);
    design::<ShutdownCall>(c);
    let shared = Arc::new(());
    measure(c, "Arc, cloned and dropped", || drop(black_box(shared.clone())));
    let lock = RwLock::new(());
    measure(c, "RwLock, read", || drop(black_box(lock.read())));
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(std::time::Duration::from_millis(300))
        .measurement_time(std::time::Duration::from_millis(700));
    targets = all
}
criterion_main!(benches);
