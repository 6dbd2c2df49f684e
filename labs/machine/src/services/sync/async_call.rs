//! Functions called asynchronously, each in a task of its own. Linux: kernel/async.c.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{parking, tasks};
use crate::services::{functions, with, with_of};
use crate::{Machine, Table, Task, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; async_schedule_node/3, async_schedule_node_domain/4, async_synchronize_full/0, async_synchronize_full_domain/1,
        async_synchronize_cookie/1);
}

/// The calls that have not returned yet, by cookie, with their tasks as soon as they have one.
#[derive(Debug, Default)]
struct Calls {
    running: BTreeMap<u64, Option<Arc<Task>>>,
    next: u64,
}

impl Calls {
    /// Whether all calls before `cookie` have ended, those that were killed included.
    fn have_ended_before(&self, cookie: u64) -> bool {
        let has_ended = |task: &Option<Arc<Task>>| task.as_ref().is_some_and(|task| task.outcome().is_some());
        self.running.range(..cookie).all(|(_, task)| has_ended(task))
    }
}

/// How often who waits looks whether a call was killed, which wakes nobody.
const LOOK: Duration = Duration::from_millis(50);

/// The address that stands for the end of any call.
const ENDED: u64 = 0x6173_796e_6300;

/// Calls `function(data, cookie)` in a task; the cookie.
unsafe extern "C" fn async_schedule_node(function: u64, data: u64, _node: i32) -> u64 {
    let cookie = with(|calls: &mut Calls| {
        calls.next += 1;
        calls.running.insert(calls.next, None);
        calls.next
    });
    let call = move || {
        // SAFETY: the module's function of two arguments; nothing on this stack needs dropping.
        unsafe { tasks::call(function, &[data, cookie]) };
        end(cookie);
    };
    let here = current();
    match here.machine().spawn(here.cpu(), "kworker/u4:0", call) {
        Ok(task) => with(|calls: &mut Calls| {
            // Unless it has returned by now.
            if let Some(slot) = calls.running.get_mut(&cookie) {
                *slot = Some(task);
            }
        }),
        Err(_) => end(cookie), // the machine is shutting down
    }
    cookie
}

fn end(cookie: u64) {
    // Dropped outside of the lock.
    let _ended = with(|calls: &mut Calls| calls.running.remove(&cookie));
    parking::wake(ENDED);
}

unsafe extern "C" fn async_schedule_node_domain(function: u64, data: u64, node: i32, _domain: u64) -> u64 {
    // SAFETY: as async_schedule_node.
    unsafe { async_schedule_node(function, data, node) }
}

impl Machine {
    /// Waits, in a task of this machine's, until every asynchronous call that was scheduled before has returned: what
    /// a module's init has begun must end before init's own text is freed (kernel/module/main.c, do_init_module).
    pub fn async_synchronize_full(&self) {
        wait_for_all_before(with_of(self, |calls: &mut Calls| calls.next + 1));
    }
}

fn wait_for_all_before(cookie: u64) {
    let have_ended = || with(|calls: &mut Calls| calls.have_ended_before(cookie));
    while !parking::wait(ENDED, Some(LOOK), have_ended) {}
}

unsafe extern "C" fn async_synchronize_full() {
    current().machine().async_synchronize_full();
}

/// Domains are not told apart: who waits for one waits for all.
unsafe extern "C" fn async_synchronize_full_domain(_domain: u64) {
    current().machine().async_synchronize_full();
}

/// Waits until all calls before that one have returned.
unsafe extern "C" fn async_synchronize_cookie(cookie: u64) {
    wait_for_all_before(cookie);
}
