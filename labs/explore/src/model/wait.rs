//! Waiting for what another CPU does.

use crate::context::{Engine, Progress, current};

/// Waits until `condition` holds, as `while (!condition) cpu_relax();` does. It must do nothing but look. All the looks
/// that see nothing are no steps; the one that sees it is one.
pub fn spin_until(condition: impl Fn() -> bool) {
    if current().is_none() {
        return crate::native::spin_until(condition);
    }
    wait(&condition, &condition);
}

/// Waits until `look` holds, and then does `take` in one step; where `take` does not succeed, because the look is old,
/// it waits on.
pub(super) fn wait(look: &dyn Fn() -> bool, take: &dyn Fn() -> bool) {
    let Some(context) = current() else { return };
    let Some(actor) = context.actor().filter(|_| !context.is_looking() && !std::thread::panicking()) else {
        // Nobody else runs, or this is a look itself: it holds, or never will.
        assert!(std::thread::panicking() || take(), "waits for what nobody is left to do");
        return;
    };
    match context.engine {
        Engine::Sequential => {
            loop {
                context.stop_if_over();
                let seen = context.state.borrow().changes;
                let holds = context.look(look);
                context.set_progress(actor, Progress::Waits { seen, holds });
                context.yield_sequentially();
                if context.state.borrow().progress[actor] == Progress::Runs {
                    break;
                }
            }
            // The scheduler chose this thread knowing that it holds.
            context.in_one_step(take);
        }
        Engine::Weak => loop {
            context.stop_if_over();
            let steps = context.state.borrow().steps.len();
            if take() {
                break;
            }
            context.state.borrow_mut().steps.truncate(steps);
            loom::thread::yield_now();
        },
    }
}
