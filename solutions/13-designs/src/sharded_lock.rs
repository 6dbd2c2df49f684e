//! crossbeam's `ShardedLock`, as far as it matters to the model: one lock for each CPU; a reader takes his own, a writer
//! all of them, in the same order as every other writer. crossbeam's lets several readers have one shard; here a CPU is
//! one reader at a time.

use super::sync::{Mutex, MutexGuard, cpu};

/// A lock with a shard for each of two CPUs.
pub struct ShardedLock<T> {
    shards: [Mutex<()>; 2],
    _value: T,
}

impl<T> ShardedLock<T> {
    /// An unlocked one.
    pub fn new(value: T) -> ShardedLock<T> {
        ShardedLock { shards: [Mutex::new(()), Mutex::new(())], _value: value }
    }
}

/// Waits until nobody writes: then this CPU may read.
pub fn read<T>(lock: &ShardedLock<T>) -> MutexGuard<'_, ()> {
    lock.shards[cpu() % 2].lock()
}

/// Waits until nobody reads, CPU by CPU: then the writer has the lock.
pub fn write<T>(lock: &ShardedLock<T>) -> [MutexGuard<'_, ()>; 2] {
    [lock.shards[0].lock(), lock.shards[1].lock()]
}
