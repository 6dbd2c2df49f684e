//! x86-64 Linux: page mappings below 2 GiB, GS, coroutines, signals.

mod call;
mod fiber;
mod gs;
mod pages;

pub(crate) use call::call;
pub(crate) use fiber::{Fiber, Suspender};
pub(crate) use gs::set_gs_base;
pub(crate) use pages::{Backing, PAGE};

use crate::NotHere;

/// Whether this computer can run module code: it can.
pub(crate) fn check() -> Result<(), NotHere> {
    Ok(())
}
