//! What every design must do, and what it says of itself.

use super::module::Module;

/// Why a module was not unloaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Somebody is in it, or may come back to it (`EBUSY`; Linux says `EWOULDBLOCK` where the count says so).
    Busy,
    /// It was busy, and now nobody can open it any more either: the worst of both.
    Stranded,
    /// This kernel cannot unload modules (`ENOSYS`).
    NotSupported,
}

// ANCHOR: Facts
/// What no exploration can find out: who wanted it, and what it asks of people.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    /// What it is called in the table.
    pub name: &'static str,
    /// Who stood for it, and when.
    pub whose: &'static str,
    /// What the author of a driver must know.
    pub author: &'static str,
    /// What becomes of a module that does not want to go: somebody keeps a file of it open for ever.
    pub unwilling: &'static str,
}
// ANCHOR_END: Facts

// ANCHOR: Design
/// One way to let a module leave while others come.
///
/// The module is a driver with two units, [`Module`]. Its functions are reached through pointers that it gave out.
pub trait Design: Send + Sync + Sized + 'static {
    /// What the table says of it.
    const FACTS: Facts;

    /// The module, loaded, live and registered; nobody is in it.
    fn load() -> Self;

    /// The module itself.
    fn module(&self) -> &Module;

    /// What somebody does who opens `unit`, the module's own `open` included. False where it cannot be opened: then no
    /// trace is left of the attempt.
    fn enter(&self, unit: usize) -> bool;

    /// What the one does who closes `unit`, which he has opened, the module's own `release` included.
    fn leave(&self, unit: usize);

    /// What `rmmod` does: frees the module's text and makes sure that nobody is in it then or ever after, or refuses. No
    /// two do it at once (`module_mutex`).
    ///
    /// # Errors
    /// The module stays.
    fn unload(&self) -> Result<(), Refusal>;

    /// What somebody does who reads from a unit that he has open.
    fn read(&self) {
        self.module().text.run(|| ());
    }

    /// What a subsystem does when a timer of the module's is due, if it still has one: the function does not sleep.
    fn callback(&self) {
        self.module().service.call(|| self.module().text.run(|| ()));
    }

    /// What may happen on CPU 1 between two things that it does, where the design makes use of interrupts.
    fn interrupt(&self) {}

    /// What happens on CPU 1 when it has nothing left to do.
    fn idle(&self) {}
}
// ANCHOR_END: Design
