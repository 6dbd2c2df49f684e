//! Something that is used by one CPU at a time, or read by several, as loom sees it: it knows which accesses nothing
//! orders.

use loom::cell::UnsafeCell;

use crate::{
    context::{Engine, current},
    quiet,
};

/// Nothing but its accesses; outside loom's executions not even those.
#[derive(Debug)]
pub(crate) struct Watched(Option<UnsafeCell<()>>);

// SAFETY: the cell holds no data that an access could tear, and the pointers to it are never followed.
unsafe impl Sync for Watched {}

impl Watched {
    pub(crate) fn new() -> Watched {
        let is_weak = current().is_some_and(|context| context.engine == Engine::Weak);
        Watched(is_weak.then(|| UnsafeCell::new(())))
    }

    /// A read; false where nothing orders it with a write.
    pub(crate) fn read(&self) -> bool {
        self.access(|cell| cell.with(|_| ()))
    }

    /// A write; false where nothing orders it with another access.
    pub(crate) fn write(&self) -> bool {
        self.access(|cell| cell.with_mut(|_| ()))
    }

    fn access(&self, access: impl FnOnce(&UnsafeCell<()>)) -> bool {
        match &self.0 {
            Some(cell) if !std::thread::panicking() => quiet::caught(|| access(cell)).is_ok(),
            _ => true,
        }
    }
}
