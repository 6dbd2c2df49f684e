//! Eight drivers as they were shipped. Each breaks one rule of those that LWN's readers and Rusty Russell's FAQ gave in
//! 2002 and 2003. The comments are the authors'.

use explore::note;

use super::{driver::Driver, sync::Ordering::SeqCst};

/// The drivers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Name {
    /// A door that is opened.
    Door,
    /// What is lent, and comes back by itself.
    Lease,
    /// A device that is always in a hurry.
    Hasty,
    /// A file system.
    Mount,
    /// Who reads waits for mail.
    Mailbox,
    /// One in a list of many.
    Roster,
    /// A thread that watches.
    Watch,
    /// A timer interrupt.
    Clock,
}

/// All of them.
pub const ALL: [Name; 8] = [
    Name::Door,
    Name::Lease,
    Name::Hasty,
    Name::Mount,
    Name::Mailbox,
    Name::Roster,
    Name::Watch,
    Name::Clock,
];

/// The driver as it was shipped.
pub fn shipped(name: Name) -> Driver {
    let nothing = Driver { call: |_| (), thread: |_| (), exit: |_| () };
    match name {
        Name::Door => Driver {
            call: |kernel| {
                kernel.text.run(|| {
                    kernel.refcount.get(); // the first thing we do
                    kernel.work();
                });
                kernel.refcount.put();
            },
            ..nothing
        },
        Name::Lease => Driver {
            call: |kernel| {
                if kernel.refcount.try_get() {
                    kernel.text.run(|| {
                        kernel.work();
                        kernel.refcount.put(); // the last thing we do, so that callers need not think of it
                    });
                }
            },
            ..nothing
        },
        Name::Hasty => Driver {
            call: |kernel| {
                kernel.refcount.get(); // __MOD_INC_USE_COUNT(reg->owner)
                kernel.text.run(|| kernel.work());
                kernel.refcount.put();
            },
            ..nothing
        },
        Name::Mount => Driver {
            call: |kernel| {
                if kernel.refcount.try_get() {
                    kernel.text.run(|| kernel.mounted.fetch_add(1, SeqCst));
                    kernel.refcount.put(); // we are out of its text
                } else {
                    return;
                }
                kernel.work();
                if kernel.refcount.try_get() {
                    kernel.text.run(|| kernel.mounted.fetch_sub(1, SeqCst));
                    kernel.refcount.put();
                }
            },
            ..nothing
        },
        Name::Mailbox => Driver {
            call: |kernel| {
                if kernel.refcount.try_get() {
                    kernel.text.run(|| {
                        kernel.refcount.put(); // a sleeping reader should not keep anybody from unloading us
                        kernel.sleep();
                        kernel.refcount.get();
                        kernel.work();
                    });
                    kernel.refcount.put();
                }
            },
            ..nothing
        },
        Name::Roster => Driver {
            call: |kernel| {
                let list = kernel.list.lock();
                if !*list {
                    return;
                }
                kernel.text.run(|| note("reads owner in the entry, which is the module's"));
                let is_held = kernel.refcount.try_get();
                drop(list);
                if is_held {
                    kernel.text.run(|| kernel.work());
                    kernel.refcount.put();
                }
            },
            exit: |_| (), // nobody can call us any more
            ..nothing
        },
        Name::Watch => Driver {
            call: |kernel| {
                kernel.text.run(|| kernel.start_thread());
                kernel.refcount.put(); // the caller's: it had it when it came
            },
            thread: |kernel| {
                kernel.text.run(|| {
                    kernel.refcount.get(); // whoever runs holds
                    kernel.work();
                    kernel.refcount.put();
                });
            },
            ..nothing
        },
        Name::Clock => Driver {
            call: |kernel| {
                let handler = kernel.irq.lock();
                if *handler && kernel.refcount.try_get() {
                    kernel.text.run(|| kernel.work());
                    kernel.refcount.put(); // better safe than sorry
                }
            },
            exit: |kernel| *kernel.irq.lock() = false, // free_irq
            ..nothing
        },
    }
}
