//! Preemption: whether another thread of the same CPU may come between two steps.

use std::{panic::Location, rc::Rc};

use loom::sync::atomic::AtomicBool;

use super::{Ordering, atomics::take_weakly};
use crate::context::{Context, Engine, current};

/// `smp_processor_id`: the number of this CPU; 0 outside an exploration.
pub fn cpu() -> usize {
    let cpu = current().and_then(|context| context.actor().map(|actor| context.actors[actor].cpu));
    cpu.unwrap_or_default()
}

/// `preempt_disable`: until [`preempt_enable`] no other thread of this CPU takes a step. Those of other CPUs do.
#[track_caller]
pub fn preempt_disable() {
    let Some(context) = current() else { return crate::native::preempt_disable() };
    let shares = context.actor().is_some_and(|actor| context.shares_cpu(actor));
    // Where nobody else runs on this CPU, it is no step that anything could come before.
    let Some(actor) = (if shares { context.before_step() } else { context.actor() }) else { return };
    if std::thread::panicking() || context.is_looking() {
        return;
    }
    if context.state.borrow().preempt[actor] == 0
        && let Some(lock) = cpu_lock(&context, actor)
    {
        take(&context, &lock);
    }
    context.state.borrow_mut().preempt[actor] += 1;
    context.record(actor, Location::caller(), "preempt_disable()".to_owned(), !shares);
}

/// `preempt_enable`: undoes one [`preempt_disable`].
#[track_caller]
pub fn preempt_enable() {
    let Some(context) = current() else { return crate::native::preempt_enable() };
    let Some(actor) = context.actor().filter(|_| !context.is_looking()) else { return };
    let depth = {
        let mut state = context.state.borrow_mut();
        state.preempt[actor] = state.preempt[actor].saturating_sub(1);
        // Somebody may have waited for this CPU.
        state.changes += 1;
        state.preempt[actor]
    };
    if std::thread::panicking() {
        return;
    }
    context.record(actor, Location::caller(), "preempt_enable()".to_owned(), true);
    if depth == 0
        && let Some(lock) = cpu_lock(&context, actor)
    {
        // Release: pairs with the Acquire of `take`: one thread after the other has this CPU.
        lock.store(false, Ordering::Release);
    }
}

/// Whether preemption is disabled here (`in_atomic`).
pub fn in_atomic() -> bool {
    let Some(context) = current() else { return crate::native::in_atomic() };
    context.actor().is_some_and(|actor| context.state.borrow().preempt[actor] > 0)
}

/// Makes an access under loom while no other thread has this CPU.
pub(super) fn on_own_cpu<R>(context: &Context, actor: usize, access: impl FnOnce() -> R) -> R {
    let lock = cpu_lock(context, actor).filter(|_| context.state.borrow().preempt[actor] == 0);
    let Some(lock) = lock else { return access() };
    take(context, &lock);
    let came = access();
    lock.store(false, Ordering::Release);
    came
}

/// The lock that is the CPU of `actor`, where several threads share it under loom.
fn cpu_lock(context: &Context, actor: usize) -> Option<Rc<AtomicBool>> {
    if context.engine != Engine::Weak || !context.shares_cpu(actor) {
        return None;
    }
    context.state.borrow().cpu_locks.get(&context.actors[actor].cpu).cloned()
}

fn take(context: &Context, lock: &AtomicBool) {
    while !take_weakly(lock) {
        loom::thread::yield_now();
        context.stop_if_over();
    }
}
