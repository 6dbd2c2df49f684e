//! ORDER: broken
//!
//! What was before the count that can fail to be taken, from nothing on: each mends what broke the one before it, and
//! breaks. Every access is SeqCst, so that no machine is to blame.

use explore::{Text, note};

use super::sync::{AtomicBool, AtomicI32, Ordering::SeqCst};

/// How a module is kept from being unloaded under those who are in it.
pub trait Design: Send + Sync + 'static {
    /// A module that is live, and that nobody holds.
    fn new() -> Self;

    /// Somebody calls the module through a pointer that it gave out.
    fn open(&self, text: &Text);

    /// Somebody wants to remove it.
    fn rmmod(&self, text: &Text);
}

fn read() {
    note("sleeps in read");
}

/// Nobody counts.
pub struct NoCount;

impl Design for NoCount {
    fn new() -> NoCount {
        NoCount
    }

    fn open(&self, text: &Text) {
        text.run(read);
    }

    fn rmmod(&self, text: &Text) {
        text.free();
    }
}

/// The module counts itself: MOD_INC_USE_COUNT and MOD_DEC_USE_COUNT, as every driver of Linux 2.4 had them.
pub struct CountsItself {
    count: AtomicI32,
}

impl Design for CountsItself {
    fn new() -> CountsItself {
        CountsItself { count: AtomicI32::new(0) }
    }

    fn open(&self, text: &Text) {
        text.run(|| {
            self.count.fetch_add(1, SeqCst);
            read();
            self.count.fetch_sub(1, SeqCst);
        });
    }

    fn rmmod(&self, text: &Text) {
        if self.count.load(SeqCst) == 0 {
            text.free();
        }
    }
}

/// The caller counts, and looks whether the module is live; the unloader looks at the count, and then says that it is
/// not. Each looks first and acts then.
pub struct FlagAndCountApart {
    live: AtomicBool,
    count: AtomicI32,
}

impl Design for FlagAndCountApart {
    fn new() -> FlagAndCountApart {
        FlagAndCountApart { live: AtomicBool::new(true), count: AtomicI32::new(0) }
    }

    fn open(&self, text: &Text) {
        if self.live.load(SeqCst) {
            self.count.fetch_add(1, SeqCst);
            text.run(read);
            self.count.fetch_sub(1, SeqCst);
        }
    }

    fn rmmod(&self, text: &Text) {
        if self.count.load(SeqCst) == 0 {
            self.live.store(false, SeqCst);
            text.free();
        }
    }
}
