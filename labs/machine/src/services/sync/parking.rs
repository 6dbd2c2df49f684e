//! Where tasks sleep that wait for a word in module memory to change: one queue an address, as futexes have. The
//! kernel links its waiters into the lock itself; modules look at the word only.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use crate::WaitQueue;
use crate::services::with;

/// The queues that somebody waits in.
#[derive(Debug, Default)]
struct Parking {
    queues: HashMap<u64, Arc<WaitQueue>>,
}

/// Sleeps until `condition` holds, for at most `limit` if there is one; whether it held at the end. Whoever makes it
/// hold calls [`wake`] afterwards.
pub fn wait(address: u64, limit: Option<Duration>, mut condition: impl FnMut() -> bool) -> bool {
    if condition() {
        return true;
    }
    let queue = with(|parking: &mut Parking| parking.queues.entry(address).or_default().clone());
    let held = match limit {
        Some(limit) => queue.wait_timeout(limit, &mut condition),
        None => {
            queue.wait(&mut condition);
            true
        }
    };
    with(|parking: &mut Parking| {
        // Two handles: ours and the table's. Nobody can take a third meanwhile.
        if Arc::strong_count(&queue) == 2 {
            parking.queues.remove(&address);
        }
    });
    held
}

/// Lets everybody who waits at the address look again.
pub fn wake(address: u64) {
    let queue = with(|parking: &mut Parking| parking.queues.get(&address).cloned());
    if let Some(queue) = queue {
        queue.wake_all();
    }
}
