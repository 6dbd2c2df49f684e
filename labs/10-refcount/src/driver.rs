//! The kernel around the drivers that are audited: what it knows of the module, and how rmmod and the driver meet.

use std::sync::atomic;

use abi::ModuleState;
use explore::{Graph, Scenario, Text, note, step};

use super::{
    refcount::Refcount,
    shipped::Name,
    sync::{AtomicBool, AtomicI32, Mutex, Ordering::SeqCst, spin_until},
};

/// A driver, and those who call it.
#[derive(Debug, Clone, Copy)]
pub struct Driver {
    /// Somebody uses it: the code of its caller, and what the driver does inside of [`Kernel::text`].
    pub call: fn(&Kernel),
    /// What its thread does, where [`Kernel::start_thread`] has started one.
    pub thread: fn(&Kernel),
    /// Its module_exit, in its text.
    pub exit: fn(&Kernel),
}

/// What the kernel and the driver share.
pub struct Kernel {
    /// Who holds the module.
    pub refcount: Refcount,
    /// The driver's text and data. Whatever the driver does it does in `text.run(…)`.
    pub text: Text,
    /// The kernel's list of drivers: whether this one is in it. Whoever has locked it finds it as it is.
    pub list: Mutex<bool>,
    /// The interrupt: whether the driver's handler is installed. It is locked as long as a handler runs, so that
    /// whoever takes the handler away waits for its end (free_irq).
    pub irq: Mutex<bool>,
    /// How much the driver has in use that only it can take down.
    pub mounted: AtomicI32,
    /// Whether the driver's thread is born.
    born: AtomicBool,
    /// How often it has done what it is for. Not of the model: what the driver does there is no step.
    worked: atomic::AtomicI32,
    /// How often somebody has slept in it. Not of the model either.
    slept: atomic::AtomicI32,
}

impl Kernel {
    /// The driver is LIVE, in the list, its handler is installed, and so many hold it.
    pub fn new(holders: i32) -> Kernel {
        let refcount = Refcount::with(ModuleState::Live, holders);
        let list = Mutex::new(true);
        let irq = Mutex::new(true);
        let mounted = AtomicI32::new(0);
        let born = AtomicBool::new(false);
        let (worked, slept) = (atomic::AtomicI32::new(0), atomic::AtomicI32::new(0));
        Kernel { refcount, text: Text::new("driver"), list, irq, mounted, born, worked, slept }
    }

    /// The driver does what it is for.
    pub fn work(&self) {
        note("works");
        self.worked.fetch_add(1, SeqCst);
    }

    /// How often it has.
    pub fn worked(&self) -> i32 {
        self.worked.load(SeqCst)
    }

    /// A task sleeps until somebody wakes it: others run meanwhile.
    pub fn sleep(&self) {
        step("sleeps on a wait queue");
        self.slept.fetch_add(1, SeqCst);
    }

    /// How often somebody has slept in it.
    pub fn slept(&self) -> i32 {
        self.slept.load(SeqCst)
    }

    /// The driver's thread is born.
    pub fn start_thread(&self) {
        self.born.store(true, SeqCst);
    }

    /// `delete_module`, without the refusals that are not about the count.
    pub fn rmmod(&self, driver: &Driver) {
        if self.refcount.try_release() {
            self.refcount.set_state(ModuleState::Going);
            self.text.run(|| {
                note("module_exit");
                (driver.exit)(self);
            });
            self.text.free();
        }
    }

    /// Whether the driver's thread is born.
    pub fn has_thread(&self) -> bool {
        self.born.load(SeqCst)
    }

    fn is_balanced(&self) {
        let count = self.refcount.count();
        assert!(count <= 0, "{count} references are left, and nobody to give them back");
        let mounted = self.mounted.load(SeqCst);
        let is_gone = self.text.is_freed();
        assert!(mounted == 0 || !is_gone, "{mounted} mounted, and the driver that could unmount it is gone");
        let has_run = !self.has_thread() || self.worked() > 0;
        assert!(
            has_run,
            "the thread was born, and the driver gone before it began: nobody held it for the thread"
        );
    }
}

/// CPU 0 removes the driver, CPU 1 uses it. At the end nothing is left that only a driver could take down that is
/// gone, and no reference that nobody gives back; and a thread that was born has done its work.
pub fn rmmod_against(driver: Driver) -> Scenario<Kernel> {
    Scenario::new("rmmod against a driver", || Kernel::new(0))
        .cpu("rmmod", move |kernel: &Kernel| kernel.rmmod(&driver))
        .cpu("its caller", move |kernel| (driver.call)(kernel))
        .finally(Kernel::is_balanced)
}

/// The same where the caller holds the driver already, and the driver starts a thread, which runs on CPU 2.
pub fn rmmod_against_thread(driver: Driver) -> Scenario<Kernel> {
    Scenario::new("rmmod against a driver with a thread", || Kernel::new(1))
        .cpu("rmmod", |kernel: &Kernel| {
            // Its module_exit has nothing to do.
            if kernel.refcount.try_release() {
                kernel.text.free();
            }
        })
        .cpu("its caller", move |kernel| (driver.call)(kernel))
        .cpu("its thread", move |kernel| {
            spin_until(|| kernel.has_thread());
            (driver.thread)(kernel);
        })
        .preemptions(2)
        .finally(Kernel::is_balanced)
}

/// The scenario that a driver is judged by.
pub fn scenario(name: Name, driver: Driver) -> Scenario<Kernel> {
    match name {
        Name::Watch => rmmod_against_thread(driver),
        _ => rmmod_against(driver),
    }
}

/// How many steps in all of the graph touch the module's count or state, on another CPU than rmmod's.
pub fn cost(graph: &Graph) -> usize {
    let counts = |text: &str| text.starts_with("refcnt.") || text.starts_with("state.");
    let steps = graph.nodes.iter().flat_map(|node| &node.edges).flat_map(|edge| &edge.steps);
    steps.filter(|step| step.actor != 0 && counts(&step.text)).count()
}
