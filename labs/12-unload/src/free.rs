//! The end of a module, and before that the end of its init part: in which order things are taken down.
//! `kernel/module/main.c`, delete_module, free_module, do_free_init; arch/x86: `module_memfree`.

use crate::{inside::User, stop::Stopped};

/// What can be done to a module that is GOING. Nobody holds it, unless it went by force.
pub trait Ending {
    /// Calls its exit function, if it has one: it takes down what its init set up, and whoever called the module through
    /// pointers that init gave out cannot any more.
    fn call_exit(&self);
    /// Tells everybody who wants to know that it goes. They may still look at it.
    fn notify_going(&self);
    /// Waits for what its code began asynchronously and is still to run.
    fn async_synchronize(&self);
    /// Takes it out of every list: no look-up finds it from now on.
    fn unlink(&self);
    /// Waits until those are gone who had found it before: a grace period.
    fn synchronize(&self);
    /// Who is in its text.
    fn text_users(&self) -> Vec<User>;
    /// Somebody is: says so, and waits a little. False where there is no point in waiting any longer.
    fn wait_for(&self, users: &[User]) -> bool;
    /// Fills its memory with instructions that trap, takes the pages out of reach, gives them back.
    fn free(&self);
}

/// Ends a module: the second half of `delete_module`, and `free_module`.
///
/// In this order: exit; the notifiers; what it began asynchronously; out of the lists; a grace period; then, unless it was
/// [`Stopped::Forced`], we wait for as long as there is somebody in its text, be it certain or not; and its memory is
/// freed. If there is no point in waiting any longer, it is not freed at all, and that is the answer: false.
///
/// The kernel does not look whether somebody is inside: it trusts the count, the drivers, and whoever forces it.
#[allow(clippy::while_immutable_condition)] // it is left by `break` and `return`
pub fn free_module<M: Ending>(module: &M, stopped: Stopped) -> bool {
    todo!("take the module down in order, and free it when nobody is inside")
}

/// What can be done to the part of a module that only its init needed. The module is LIVE.
pub trait InitPart {
    /// Takes the part out of every look-up.
    fn unlink_init(&self);
    /// Waits until those are gone who had found it before.
    fn synchronize(&self);
    /// Fills the part with instructions that trap, and gives its pages back.
    fn free_init(&self);
}

/// `do_free_init`: frees what only init needed. Init has returned, so nobody runs there; but an oops on another CPU may
/// just be looking for names in it.
pub fn free_init<M: InitPart>(module: &M) {
    module.unlink_init();
    module.synchronize();
    module.free_init();
}
