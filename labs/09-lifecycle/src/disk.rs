//! The story of January 2003 under exploration: a disk's module comes, its init registers the disk, and the kernel reads
//! its partitions through the module's own function; on the other CPU somebody opens it meanwhile; and init may fail.
//! Only under [`explore::model`]: the real one is `labs/modules/c/ramdisk.c`.

use abi::{Errno, ModuleState};
use explore::{Plain, Scenario, Text, note, step};

use super::entrance::Entrance;
use super::sync::{AtomicBool, AtomicU32, Ordering};
use crate::{Fate, Visibility};

/// How init ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It returns 0.
    Succeeds,
    /// It fails before it has called `add_disk()`.
    FailsBefore,
    /// It fails after that.
    FailsAfter,
}

/// What the other CPU opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opens {
    /// The disk, which `add_disk()` registers when all is set up.
    Disk,
    /// A second device of the same module, through which it is set up; registered first of all, as many drivers do.
    Control,
}

/// How many partitions the disk has.
const PARTITIONS: u32 = 2;

/// The module, and what the kernel knows of it.
pub struct Disk {
    entrance: Entrance,
    state: AtomicU32,
    /// The nodes of the two devices are there.
    control_node: AtomicBool,
    disk_node: AtomicBool,
    /// The module's own data: the partition table, once init has written it.
    table: Plain<Option<u32>>,
    /// What the kernel has found.
    partitions: Plain<u32>,
    text: Text,
    fate: Plain<Option<Fate>>,
    ending: Ending,
}

impl Disk {
    /// A module that is COMING, before its init.
    pub fn new(visibility: Visibility, ending: Ending) -> Disk {
        Disk {
            entrance: Entrance::new(visibility),
            state: AtomicU32::new(ModuleState::Coming as u32),
            control_node: AtomicBool::new(false),
            disk_node: AtomicBool::new(false),
            table: Plain::new(None),
            partitions: Plain::new(0),
            text: Text::new("disk"),
            fate: Plain::new(None),
            ending,
        }
    }

    /// The kernel's side of loading: init runs, and what it returns decides.
    pub fn insmod(&self) {
        let returned = self.text.run(|| self.init());
        if returned.is_ok() {
            self.set_state(ModuleState::Live);
            return;
        }
        self.set_state(ModuleState::Going);
        let fate = self.entrance.init_failed();
        self.fate.set(Some(fate));
        match fate {
            Fate::Freed => self.text.free(),
            Fate::Stuck => note("disk: module is now stuck!"),
        }
    }

    /// The module's init.
    fn init(&self) -> Result<(), Errno> {
        // Relaxed: nothing is set up yet that somebody could have to see behind it.
        self.control_node.store(true, Ordering::Relaxed);
        step("reads the size of the disk"); // which takes its time
        self.table.set(Some(PARTITIONS));
        if self.ending == Ending::FailsBefore {
            self.unregister();
            return Err(Errno::ENODEV);
        }
        self.add_disk();
        if self.ending == Ending::FailsAfter {
            self.unregister();
            return Err(Errno::EIO);
        }
        Ok(())
    }

    /// The kernel's `add_disk`: makes the module live, registers the disk, and reads its partitions.
    fn add_disk(&self) {
        // It is COMING, which is never refused.
        let _ = self.entrance.module_make_live(self.state());
        // Release: pairs with the Acquire in `open`.
        self.disk_node.store(true, Ordering::Release);
        if self.try_module_get() {
            let found = self.read();
            self.partitions.set(found);
        }
    }

    /// The other CPU: a program opens one of the two devices.
    pub fn open(&self, what: Opens) {
        let node = if what == Opens::Disk { &self.disk_node } else { &self.control_node };
        // Acquire: pairs with the Release in `add_disk`, so that who finds the disk sees what was set up before.
        if node.load(Ordering::Acquire) && self.try_module_get() {
            self.read();
        }
    }

    /// The module's function that reads its table.
    fn read(&self) -> u32 {
        self.text.run(|| {
            let table = self.table.get();
            assert!(table.is_some(), "the module is entered before its init has set it up");
            table.unwrap_or(0)
        })
    }

    /// `try_module_get`, without the count: nobody calls rmmod here.
    fn try_module_get(&self) -> bool {
        self.entrance.may_enter(self.state())
    }

    fn state(&self) -> ModuleState {
        // Acquire: pairs with the Release of `set_state`, so that who sees LIVE sees what init has done.
        self.state.load(Ordering::Acquire).into()
    }

    fn set_state(&self, state: ModuleState) {
        // Release: pairs with the Acquire of `state`.
        self.state.store(state as u32, Ordering::Release);
    }

    fn unregister(&self) {
        // Relaxed: the nodes go, and nothing is to be seen through that.
        self.disk_node.store(false, Ordering::Relaxed);
        self.control_node.store(false, Ordering::Relaxed);
    }

    /// What must be so when all is over.
    fn finally(&self) {
        let freed = self.text.is_freed();
        match self.fate.get() {
            None => {
                let found = self.partitions.get();
                assert!(found == PARTITIONS, "the disk is there, and its partitions are not found");
                assert!(!freed, "a module that is LIVE has been freed");
            }
            Some(fate) => {
                assert!((fate == Fate::Freed) == freed, "its memory leaks, or is gone although it is stuck")
            }
        }
    }
}

/// `insmod` on CPU 0 against somebody who opens on CPU 1.
pub fn scenario(visibility: Visibility, opens: Opens, ending: Ending) -> Scenario<Disk> {
    let device = if opens == Opens::Disk { "the disk" } else { "its control device" };
    let how = match ending {
        Ending::Succeeds => "init succeeds",
        Ending::FailsBefore => "init fails before add_disk",
        Ending::FailsAfter => "init fails after add_disk",
    };
    let name = format!("{visibility}, somebody opens {device}, {how}");
    Scenario::new(&name, move || Disk::new(visibility, ending))
        .cpu("insmod", |disk: &Disk| disk.insmod())
        .cpu("open", move |disk: &Disk| disk.open(opens))
        .finally(|disk: &Disk| disk.finally())
}
