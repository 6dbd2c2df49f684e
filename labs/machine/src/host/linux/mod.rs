//! x86-64 Linux: page mappings below 2 GiB, GS, coroutines, signals.

mod call;
mod fiber;
mod gs;
mod pages;
mod peek;
mod signals;

pub(crate) use call::call;
pub(crate) use fiber::{Fiber, Suspender};
pub(crate) use gs::set_gs_base;
pub(crate) use pages::{Backing, PAGE};
pub(crate) use peek::peek;
pub(crate) use signals::{HandlerStack, Thread, install_handlers};

use crate::NotHere;

/// Whether this computer can run module code: it can, if its processor is not older than popcnt.
pub(crate) fn check() -> Result<(), NotHere> {
    if std::is_x86_feature_detected!("popcnt") {
        Ok(())
    } else {
        Err(NotHere("this processor is too old: it has no popcnt instruction".to_owned()))
    }
}
