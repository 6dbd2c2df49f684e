//! Wait queues for the machine's own code: tasks and host threads wait, anyone wakes (kernel/sched/wait.c).

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::task::{self, Task, state};

/// Those who wait for something to become true.
#[derive(Debug, Default)]
pub struct WaitQueue {
    waiters: Mutex<Waiters>,
    host: Condvar,
}

#[derive(Debug, Default)]
struct Waiters {
    tasks: Vec<Arc<Task>>,
    /// Counts the wakings, so that a host thread does not sleep through one.
    wakings: u64,
}

impl WaitQueue {
    /// Sleeps until `condition` holds. Whoever makes it hold must wake the queue afterwards.
    pub fn wait(&self, condition: impl FnMut() -> bool) {
        self.wait_until(None, condition);
    }

    /// As [`WaitQueue::wait`], for at most `limit`; whether `condition` held at the end.
    pub fn wait_timeout(&self, limit: Duration, condition: impl FnMut() -> bool) -> bool {
        self.wait_until(Instant::now().checked_add(limit), condition)
    }

    fn wait_until(&self, deadline: Option<Instant>, mut condition: impl FnMut() -> bool) -> bool {
        match task::try_current() {
            Some(current) => self.task_waits(current.task(), deadline, &mut condition),
            None => self.host_waits(deadline, &mut condition),
        }
    }

    /// The kernel's own loop: register, set the state, look, sleep. A waking between the look and the sleep sets the
    /// state back, and the sleep returns at once.
    fn task_waits(
        &self,
        me: &Arc<Task>,
        deadline: Option<Instant>,
        condition: &mut dyn FnMut() -> bool,
    ) -> bool {
        loop {
            me.set_state(state::UNINTERRUPTIBLE);
            self.waiters().tasks.push(me.clone());
            let holds = condition();
            let expired = deadline.is_some_and(|deadline| Instant::now() >= deadline);
            if holds || expired {
                me.set_state(state::RUNNING);
            } else {
                task::schedule_until(deadline);
            }
            self.waiters().tasks.retain(|task| !Arc::ptr_eq(task, me));
            if holds || expired {
                return holds;
            }
        }
    }

    fn host_waits(&self, deadline: Option<Instant>, condition: &mut dyn FnMut() -> bool) -> bool {
        loop {
            let before = self.waiters().wakings;
            if condition() {
                return true;
            }
            let left = match deadline.map(|deadline| deadline.saturating_duration_since(Instant::now())) {
                Some(Duration::ZERO) => return false,
                Some(left) => left,
                None => Duration::from_secs(3600),
            };
            let asleep = |waiters: &mut Waiters| waiters.wakings == before;
            drop(
                self.host
                    .wait_timeout_while(self.waiters(), left, asleep)
                    .unwrap_or_else(PoisonError::into_inner),
            );
        }
    }

    /// Wakes everyone, to look at their conditions again.
    pub fn wake_all(&self) {
        let mut waiters = self.waiters();
        waiters.wakings = waiters.wakings.wrapping_add(1);
        let tasks = std::mem::take(&mut waiters.tasks);
        drop(waiters);
        self.host.notify_all();
        for task in tasks {
            task.wake();
        }
    }

    fn waiters(&self) -> MutexGuard<'_, Waiters> {
        self.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
