//! `delete_module`: the refusals in the kernel's order, then GOING, exit, and the memory back; lab 12's functions, told
//! what they need to know about this kernel. `kernel/module/main.c, delete_module`.

use std::{sync::Arc, time::Instant};

use abi::LoadError;
use bstr::BStr;
use machine::{Inside, Level, Task, call_module, current, task};
use parking_lot::Mutex;
use symbols::ModuleState;
use unload::{
    free::{Ending, free_module},
    inside::{self, User, text_users},
    stop::{O_TRUNC, Stopped, Target, stop_module},
    wait::Waiter,
};
use vermagic::{LOCK_DEBUGGING_ENDS, Taint};

use crate::{
    counting::stopped,
    kernel::Kernel,
    loaded::LoadedModule,
    not_done::NotDone,
    registry::{Modules, PATIENCE},
};

impl Kernel {
    /// Removes the module called `name`. With [`O_TRUNC`] it goes although somebody holds it, or although it has no exit,
    /// which taints the kernel. Without [`O_NONBLOCK`](unload::stop::O_NONBLOCK) this waits until nobody holds it.
    ///
    /// Linux trusts the count; this kernel also looks whether somebody is in the module's text. If so, it says so and
    /// waits, and what is not left in `PATIENCE` is not freed at all. By force it goes at once.
    ///
    /// A module that has been put too often is refused as one that is held: nobody knows who holds it. Linux dies here of
    /// a BUG_ON in try_release_module_ref, with `module_mutex` held; in this kernel only who waits for such a module does.
    ///
    /// # Errors
    /// `ENOENT` where there is no such module; `EWOULDBLOCK` where others use or hold it; `EBUSY` where it is
    /// not LIVE, or has an init and no exit.
    pub fn delete_module(&self, name: &BStr, flags: u32) -> Result<(), NotDone> {
        let stop = || self.stop(name, flags);
        let (loaded, stopped) =
            stopped(self.config.refcount, &self.machine, stop).map_err(NotDone::Refused)?;
        self.in_task("rmmod", || {
            if stopped == Stopped::Held {
                loaded.refcount.wait_for_zero(&loaded.waiter);
            }
            let going = Going { kernel: self, loaded: &loaded, since: Instant::now() };
            // Who asked for force does not wait for those inside, whether or not it took force to come here.
            let hurries =
                flags & O_TRUNC != 0 && stopped != Stopped::Forced && !going.text_users().is_empty();
            if hurries {
                self.add_taint_forced_rmmod();
            }
            free_module(&going, if hurries { Stopped::Forced } else { stopped });
        })
        .map_err(NotDone::Killed)
    }

    /// All refusals with the registry locked, so that nobody who resolves a symbol comes in between.
    fn stop(&self, name: &BStr, flags: u32) -> Result<(Arc<LoadedModule>, Stopped), LoadError> {
        let modules = self.registry.lock();
        let found = modules.find(name).map(|loaded| Found { kernel: self, modules: &modules, loaded });
        let stopped = stop_module(found, flags).map_err(LoadError::silent)?;
        Ok((stopped.0.loaded, stopped.1))
    }

    /// The kernel remembers that a module went by force.
    fn add_taint_forced_rmmod(&self) {
        if self.registry.taints().lock_debugging_ends_with(Taint::ForcedRmmod) {
            self.machine.printk(Level::WARNING, LOCK_DEBUGGING_ENDS);
        }
        self.registry.add_taint(Taint::ForcedRmmod);
    }

    /// Who is in the text of `loaded`.
    pub fn text_users(&self, loaded: &LoadedModule) -> Vec<User> {
        let tasks: Vec<_> = self.machine.inside().into_iter().map(as_left).collect();
        text_users(&tasks, &loaded.text())
    }
}

/// A task as lab 12 sees it. It was left where it sleeps, which is no module's text.
fn as_left(inside: Inside) -> inside::Task {
    let Inside { comm, pid, calls, stack, .. } = inside;
    let calls = calls.into_iter().map(|(function, _)| function).collect();
    inside::Task { comm, pid, pc: 0, calls, stack: stack.1 }
}

/// What `find_module` has found, with `module_mutex` held.
struct Found<'k> {
    kernel: &'k Kernel,
    modules: &'k Modules,
    loaded: Arc<LoadedModule>,
}

impl Target for Found<'_> {
    fn users(&self) -> usize {
        self.modules.uses.users(self.loaded.id).count()
    }

    fn state(&self) -> ModuleState {
        self.loaded.state()
    }

    fn has_init(&self) -> bool {
        self.loaded.formed().is_some_and(|formed| formed.init.is_some())
    }

    fn has_exit(&self) -> bool {
        self.loaded.formed().is_some_and(|formed| formed.exit.is_some())
    }

    fn try_release(&self) -> bool {
        self.loaded.refcount.try_release()
    }

    fn set_going(&self) {
        self.loaded.set_state(ModuleState::Going);
    }

    fn add_taint_forced_rmmod(&self) {
        self.kernel.add_taint_forced_rmmod();
    }
}

/// A module on its way out. All of this is called in a task.
struct Going<'k> {
    kernel: &'k Kernel,
    loaded: &'k Arc<LoadedModule>,
    since: Instant,
}

impl Ending for Going<'_> {
    fn call_exit(&self) {
        if let Some(exit) = self.loaded.formed().and_then(|formed| formed.exit) {
            // SAFETY: a function without arguments in the text of a module that is still mapped.
            unsafe { call_module(exit, &[0; 6]) };
        }
    }

    fn notify_going(&self) {
        self.kernel.notify(self.loaded, ModuleState::Going);
    }

    fn async_synchronize(&self) {
        self.kernel.machine.async_synchronize_full();
    }

    fn unlink(&self) {
        self.kernel.unlink(self.loaded);
    }

    fn synchronize(&self) {
        // Every CPU has been between two tasks when this comes back.
        self.kernel.machine.inside();
    }

    fn text_users(&self) -> Vec<User> {
        // What merely looks like a return address may have lain there for long.
        let mut users = self.kernel.text_users(self.loaded);
        users.retain(|user| user.certain);
        users
    }

    fn wait_for(&self, users: &[User]) -> bool {
        let (machine, name) = (&self.kernel.machine, &self.loaded.name);
        let gives_up = self.since.elapsed() > PATIENCE;
        if gives_up || !self.loaded.was_warned() {
            for User { comm, pid, at, .. } in users {
                let place = self.loaded.place(*at);
                let what =
                    if gives_up { "its memory stays for ever" } else { "its memory is kept till then" };
                machine.printk(
                    Level::WARNING,
                    &format!("WARNING: {name} is removed and {comm}/{pid} is in it, at {place}: {what}"),
                );
            }
        }
        if !gives_up {
            task::sleep_ms(1);
        }
        !gives_up
    }

    fn free(&self) {
        self.kernel.free_memory(self.loaded);
    }
}

/// The task that waits for a module to be let go.
#[derive(Debug, Default)]
pub(crate) struct TaskWaiter(Mutex<Option<Arc<Task>>>);

impl Waiter for TaskWaiter {
    fn prepare(&self) {
        let me = current().task().clone();
        *self.0.lock() = Some(me.clone());
        me.set_state(task::state::UNINTERRUPTIBLE);
    }

    fn schedule(&self) {
        task::schedule();
    }

    fn finish(&self) {
        current().task().set_state(task::state::RUNNING);
        *self.0.lock() = None;
    }

    fn wake(&self) {
        // Nobody is woken with the lock held: whoever wakes up may want it.
        let waiting = self.0.lock().clone();
        if let Some(task) = waiting {
            task.wake();
        }
    }
}
