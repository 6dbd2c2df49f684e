//! The audit: which rule a driver breaks, and the driver as it should be.

use super::{
    driver::Driver,
    shipped::{Name, shipped},
    sync::Ordering::SeqCst,
};

// ANCHOR: Rule
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
// ANCHOR_END: Rule

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
    // ANCHOR: task_audit
    match name {
        Name::Door => Finding {
            rule: Rule::TakesItsOwnFirst,
            mended: Driver {
                call: |kernel| {
                    if kernel.refcount.try_get() {
                        kernel.text.run(|| kernel.work());
                        kernel.refcount.put();
                    }
                },
                ..broken
            },
        },
        Name::Lease => Finding {
            rule: Rule::PutsItsOwnLast,
            mended: Driver {
                call: |kernel| {
                    if kernel.refcount.try_get() {
                        kernel.text.run(|| kernel.work());
                        kernel.refcount.put();
                    }
                },
                ..broken
            },
        },
        Name::Hasty => Finding {
            rule: Rule::CannotFail,
            mended: Driver {
                call: |kernel| {
                    if kernel.refcount.try_get() {
                        kernel.text.run(|| kernel.work());
                        kernel.refcount.put();
                    }
                },
                ..broken
            },
        },
        Name::Mount => Finding {
            rule: Rule::StartToStop,
            mended: Driver {
                call: |kernel| {
                    if kernel.refcount.try_get() {
                        kernel.text.run(|| kernel.mounted.fetch_add(1, SeqCst));
                        kernel.work();
                        kernel.text.run(|| kernel.mounted.fetch_sub(1, SeqCst));
                        kernel.refcount.put();
                    }
                },
                ..broken
            },
        },
        Name::Mailbox => Finding {
            rule: Rule::WaitQueue,
            mended: Driver {
                call: |kernel| {
                    if kernel.refcount.try_get() {
                        kernel.text.run(|| {
                            kernel.sleep();
                            kernel.work();
                        });
                        kernel.refcount.put();
                    }
                },
                ..broken
            },
        },
        Name::Roster => Finding {
            rule: Rule::RegisteredList,
            mended: Driver { exit: |kernel| *kernel.list.lock() = false, ..broken },
        },
        Name::Watch => Finding {
            rule: Rule::Thread,
            mended: Driver {
                call: |kernel| {
                    kernel.text.run(|| {
                        kernel.refcount.get(); // the thread's: the caller's keeps us as long
                        kernel.start_thread();
                    });
                    kernel.refcount.put();
                },
                thread: |kernel| {
                    kernel.text.run(|| kernel.work());
                    kernel.refcount.put(); // module_put_and_kthread_exit
                },
                ..broken
            },
        },
        Name::Clock => Finding {
            rule: Rule::EveryInterrupt,
            mended: Driver {
                call: |kernel| {
                    let handler = kernel.irq.lock();
                    if *handler {
                        kernel.text.run(|| kernel.work());
                    }
                },
                ..broken
            },
        },
    }
    // ANCHOR_END: task_audit
}
