//! One piece of work for each module, on all CPUs: a compiler runs on one only.

use std::{sync::Mutex, thread};

use crate::BuildError;

/// `work` on every item, on as many threads as there are CPUs; the results in the items' order.
pub(crate) fn in_parallel<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, BuildError> + Sync,
) -> Result<Vec<R>, BuildError> {
    let threads = thread::available_parallelism().map_or(1, |cpus| cpus.get());
    let (waiting, done) = (Mutex::new(items.iter().enumerate()), Mutex::new(Vec::new()));
    let next = || waiting.lock().ok()?.next();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((at, item)) = next() {
                    let result = work(item);
                    if let Ok(mut done) = done.lock() {
                        done.push((at, result));
                    }
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_default();
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, result)| result).collect()
}
