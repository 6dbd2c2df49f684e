//! Jobs done in parallel and finished in order.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use abi::offsets::padata_priv;
use common::{boot, export, function};

static FINISHED: Mutex<Vec<i32>> = Mutex::new(Vec::new());

fn finished() -> MutexGuard<'static, Vec<i32>> {
    FINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

const JOBS: usize = 20;
/// Where the job's number stands: in `info`, behind the CPU and the sequence number.
const INFO: usize = padata_priv::CB_CPU + 8;

unsafe extern "C" fn parallel(job: u64) {
    // SAFETY: called as padata_priv.parallel.
    let number = unsafe { *((job + INFO as u64) as *const i32) };
    // The first ones take longest.
    machine::task::sleep_ms((JOBS as u64 - number as u64) % 7);
    export("padata_do_serial", &[job]);
}

unsafe extern "C" fn serial(job: u64) {
    // SAFETY: called as padata_priv.serial.
    finished().push(unsafe { *((job + INFO as u64) as *const i32) });
}

#[test]
fn jobs_are_finished_in_the_order_in_which_they_came() {
    let machine = boot();
    let mut jobs = vec![[0u64; padata_priv::SIZE / 8]; JOBS];
    for (number, job) in jobs.iter_mut().enumerate() {
        job[INFO / 8] = number as u64;
        job[padata_priv::PARALLEL / 8] = function(parallel as *const ());
        job[padata_priv::SERIAL / 8] = function(serial as *const ());
    }
    let addresses: Vec<u64> = jobs.iter_mut().map(|job| job.as_mut_ptr() as u64).collect();
    let (instance, shell) = machine
        .run(0, "test", || {
            let instance = export("padata_alloc", &[c"test".as_ptr() as u64]);
            let shell = export("padata_alloc_shell", &[instance]);
            for job in &addresses {
                let mut cpu = 1i32;
                assert_eq!(export("padata_do_parallel", &[shell, *job, &raw mut cpu as u64]) as i32, 0);
            }
            (instance, shell)
        })
        .unwrap();
    let patience = Instant::now() + Duration::from_secs(20);
    while finished().len() < JOBS && Instant::now() < patience {
        thread::sleep(Duration::from_millis(1));
    }
    assert_eq!(*finished(), (0..JOBS as i32).collect::<Vec<_>>());
    machine
        .run(0, "test", || {
            export("padata_free_shell", &[shell]);
            export("padata_free", &[instance]);
        })
        .unwrap();
}
