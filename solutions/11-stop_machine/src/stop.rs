//! `stop_machine`: a function runs while every CPU stands still (kernel/stop_machine.c).

use std::{
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{Mutex, PoisonError},
};

use crate::multi_stop::MultiStop;

/// CPUs that can be stopped: on the course's machine, real threads.
pub trait Cpus {
    /// Why they could not all be stopped.
    type Absent;

    /// Calls `with` with the CPUs that are online; none comes or goes before it has returned (`cpus_read_lock`).
    fn cpus_read_lock<T>(&self, with: impl FnOnce(&[usize]) -> T) -> T;

    /// Runs `stopper` on each of these CPUs at the same time, before anything else that they have to do; waits for all.
    ///
    /// # Errors
    /// One of them does not come. `stopper` has run on none then.
    fn stop_cpus(&self, online: &[usize], stopper: &(dyn Fn(usize) + Sync)) -> Result<(), Self::Absent>;
}

/// Runs `function` on the first CPU that is online while all others stand still, their interrupts off.
///
/// # Errors
/// Not every CPU came; `function` has not run then.
///
/// # Panics
/// When `function` panics, with the same words, after the CPUs have gone on.
// ANCHOR: stop_machine
pub fn stop_machine<C: Cpus, T: Send>(cpus: &C, function: impl FnOnce() -> T + Send) -> Result<T, C::Absent> {
    let (function, came) = (Mutex::new(Some(function)), Mutex::new(None));
    cpus.cpus_read_lock(|online| {
        let stop = MultiStop::new(online.len());
        cpus.stop_cpus(online, &|cpu| {
            stop.multi_cpu_stop(online.first() == Some(&cpu), || {
                let function = locked(&function).take();
                // The others wait for this one, whatever happens to it.
                *locked(&came) = function.map(|function| catch_unwind(AssertUnwindSafe(function)));
            });
        })
    })?;
    let came = came.into_inner().unwrap_or_else(PoisonError::into_inner);
    match came.expect("one of the CPUs that came was active") {
        Ok(value) => Ok(value),
        Err(words) => resume_unwind(words),
    }
}
// ANCHOR_END: stop_machine

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
