//! A thread that runs a module's code holds the module from before it is born until after it is dead.
//! `kernel/module/main.c`, `__module_put_and_kthread_exit`; `include/linux/kthread.h`, kthread_run.

use std::sync::Arc;

use abi::Errno;

use super::refcount::Refcount;

/// What a new thread is to do. Nothing of it is code of the module but the `threadfn` inside.
pub type Body = Box<dyn FnOnce() + Send>;

/// Makes a thread that runs `threadfn`, a function in the text of the module `owner`.
///
/// `spawn` gives the body to a new thread, which may run it at once, long after, or never where it fails. The thread
/// needs a reference all the time in which it could be in the text. Neither can it take it, being in the text already,
/// nor give it back there.
///
/// # Errors
/// `ENODEV` where the module is not to be entered any more; what `spawn` says where there is no thread. Nobody holds
/// more than before then.
pub fn kthread_run(
    owner: &Arc<Refcount>,
    spawn: impl FnOnce(Body) -> Result<(), Errno>,
    threadfn: impl FnOnce() + Send + 'static,
) -> Result<(), Errno> {
    // ANCHOR: task_kthread_run
    if !owner.try_get() {
        return Err(Errno::ENODEV);
    }
    let held = owner.clone();
    let body = move || {
        threadfn();
        held.put(); // module_put_and_kthread_exit: the kernel's code, and the thread returns no more
    };
    spawn(Box::new(body)).inspect_err(|_| {
        owner.put();
    })
    // ANCHOR_END: task_kthread_run
}
