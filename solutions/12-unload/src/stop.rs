//! May it go? The refusals of `delete_module`, in the kernel's order; after them the module is GOING.
//! `kernel/module/main.c`, delete_module, try_stop_module, try_force_unload.

use abi::Errno;
use abi::ModuleState;

/// Of the flags of `delete_module`: refuse where somebody holds the module. Without it, wait until nobody does:
/// `rmmod --wait`, from 2.5.48 on; 3.13 took the waiting away, and refuses with or without it.
pub const O_NONBLOCK: u32 = 0o4000;

/// Of the flags of `delete_module`: remove it by force, `rmmod -f`.
pub const O_TRUNC: u32 = 0o1000;

// ANCHOR: Target
/// A module as `delete_module` sees it. `module_mutex` is held while these are asked.
pub trait Target {
    /// How many modules use it (`source_list`): their text jumps into its text.
    fn users(&self) -> usize;
    /// Where it is in its life.
    fn state(&self) -> ModuleState;
    /// Whether it has an init function.
    fn has_init(&self) -> bool;
    /// Whether it has an exit function.
    fn has_exit(&self) -> bool;
    /// `try_release_module_ref`: takes the count's base away, after which nobody can take a reference any more. False
    /// where somebody holds it, and then nothing has changed.
    fn try_release(&self) -> bool;
    /// It is GOING from now on.
    fn set_going(&self);
    /// The kernel remembers that a module went by force (`TAINT_FORCED_RMMOD`, the letter R in every oops).
    fn add_taint_forced_rmmod(&self);

    /// Whether `flags` ask for force. If they do, the kernel is marked, so it is asked where without force the answer
    /// were a refusal, and nowhere else.
    fn try_force_unload(&self, flags: u32) -> bool {
        let forced = flags & O_TRUNC != 0;
        if forced {
            self.add_taint_forced_rmmod();
        }
        forced
    }
}
// ANCHOR_END: Target

/// How a module that is GOING stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stopped {
    /// Nobody holds it, and nobody can: exit may run.
    Idle,
    /// It goes although it may be held, or has no exit: by force.
    Forced,
    /// It may still be held: [`wait_for_zero`](crate::wait::wait_for_zero) comes before exit.
    Held,
}

/// The refusals of `delete_module`, in the kernel's order, in silence. After the last the module is GOING.
///
/// `target` is what `find_module` has found. Each is asked only where those before it did not refuse:
///
/// | | refused with | | unless by force |
/// |--:|---|---|---|
/// | 1 | `ENOENT` | `find_module` has found nothing | |
/// | 2 | `EAGAIN` | other modules use it | |
/// | 3 | `EBUSY` | it is not LIVE: it comes, or goes already | |
/// | 4 | `EBUSY` | it has an init and no exit: it was never meant to go | yes |
/// | 5 | `EAGAIN` | somebody holds it: `try_release` says so | yes |
///
/// (`EWOULDBLOCK`, as the manual has it, is the number that is also called `EAGAIN`.)
///
/// Without `O_NONBLOCK` 5 is not asked, and the count is left alone: the module is GOING and [`Stopped::Held`]. But who
/// needed force in 4 never waits: of him 5 is asked, so that the count's base goes where nobody holds the module, and
/// whatever it says, he is [`Stopped::Forced`]. Force is asked for with [`Target::try_force_unload`].
///
/// # Errors
/// The table's. Nothing has changed then, except that force which was asked for has left its mark.
pub fn stop_module<T: Target>(target: Option<T>, flags: u32) -> Result<(T, Stopped), Errno> {
    // ANCHOR: task_stop_module
    let target = target.ok_or(Errno::ENOENT)?;
    if target.users() > 0 {
        return Err(Errno::EAGAIN);
    }
    if target.state() != ModuleState::Live {
        return Err(Errno::EBUSY);
    }
    let is_permanent = target.has_init() && !target.has_exit();
    if is_permanent && !target.try_force_unload(flags) {
        return Err(Errno::EBUSY);
    }
    let stopped = if flags & O_NONBLOCK == 0 && !is_permanent {
        Stopped::Held
    } else if target.try_release() {
        if is_permanent { Stopped::Forced } else { Stopped::Idle }
    } else if target.try_force_unload(flags) {
        Stopped::Forced
    } else {
        return Err(Errno::EAGAIN);
    };
    target.set_going();
    Ok((target, stopped))
    // ANCHOR_END: task_stop_module
}
