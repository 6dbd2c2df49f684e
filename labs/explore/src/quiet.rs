//! Panics that are expected: what a CPU says when it fails is caught, kept, and not printed.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    panic::{self, AssertUnwindSafe},
    sync::Once,
};

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Unwinds a CPU whose execution is over. Never printed.
pub(crate) struct Stop;

/// Runs `explore` with a panic hook that says nothing on this thread.
pub(crate) fn quietly<R>(explore: impl FnOnce() -> R) -> R {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        // At its first execution shuttle puts a hook of its own before the one it finds. It speaks of its own schedules,
        // which nobody can use here: let it, and then come instead of it.
        let before = panic::take_hook();
        shuttle::check_dfs(|| {}, Some(1));
        panic::set_hook(Box::new(move |info| {
            if QUIET.get() {
                let place = info.location().map(|place| format!("{}:{}", place.file(), place.line()));
                PLACE.set(place.unwrap_or_default());
            } else {
                before(info);
            }
        }));
    });
    let before = QUIET.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(explore));
    QUIET.set(before);
    outcome.unwrap_or_else(|payload| panic::resume_unwind(payload))
}

/// Runs what one CPU does: `Err` with what it said where it panicked and where, `Ok` also where it was stopped.
pub(crate) fn caught(body: impl FnOnce()) -> Result<(), (String, String)> {
    match panic::catch_unwind(AssertUnwindSafe(body)) {
        Err(payload) if !payload.is::<Stop>() => Err((words(&*payload), PLACE.take())),
        _ => Ok(()),
    }
}

/// What a panic said.
pub(crate) fn words(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_else(|| "a panic without words".to_owned())
}
