//! The audit: which rule a driver breaks, and the driver as it should be.

use super::{
    driver::Driver,
    shipped::{Name, shipped},
    sync::Ordering::SeqCst,
};

/// A rule of the LWN comments of August 2003, or of the FAQ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Rule {
    /// A module does not take its own first reference: it may be gone before it has.
    TakesItsOwnFirst,
    /// A module does not give back its own last reference: it may be gone before it has returned.
    PutsItsOwnLast,
    /// Whoever fails to get a reference does not call: as if the module had not registered yet.
    CannotFail,
    /// One reference from start to stop, not one for each call in between.
    StartToStop,
    /// Who sleeps on a wait queue in a module's text holds the module.
    WaitQueue,
    /// What is registered in a list is taken out of it before the module goes.
    RegisteredList,
    /// A thread's reference is there from before its birth to after its death.
    Thread,
    /// What cannot sleep needs no reference, and pays for none.
    EveryInterrupt,
}

/// What an auditor says of a driver.
#[derive(Debug, Clone, Copy)]
pub struct Finding {
    /// The rule that it breaks.
    pub rule: Rule,
    /// The driver, mended: it does what it did, and keeps the rule.
    pub mended: Driver,
}

/// Finds the fault in the driver as it was shipped, and mends it.
pub fn audit(name: Name) -> Finding {
    let broken = shipped(name);
    todo!("name the rule that each driver breaks, and write the driver that keeps it")
}
