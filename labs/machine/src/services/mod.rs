//! What the kernel's subsystems export to modules, one file a subsystem.
//!
//! Exports are called by module code, in its task, on its CPU's thread. They look at module memory only while they hold
//! no lock of ours, because that memory may fault and end the task there and then; and they never call module code
//! while they hold one, because that code may sleep, or call back.

mod block;
mod collections;
mod complain;
mod compute;
mod counting;
mod crypto;
mod devices;
mod field;
mod firmware;
mod fpu;
mod heap;
mod host;
mod hotplug;
mod invoke;
mod kobject;
mod list;
mod messages;
mod module_refs;
mod nls;
mod notifier;
mod padata;
mod params;
mod percpu;
mod registrations;
mod resources;
mod scatterlist;
mod static_key;
mod sync;
mod text;
mod textsearch;
mod time;
mod traced;
mod uaccess;

use std::any::Any;
use std::sync::{Mutex, PoisonError};

use abi::Errno;

use crate::{Level, Machine, Table, current, printk};

pub use block::Partition;
pub use complain::Complaint;
pub use crypto::{Cipher, Crypto};
pub use devices::{Devices, File, Node, NodeKind};
pub use heap::{Leak, Problem};
pub use host::Failure;
pub use nls::Nls;
pub use registrations::Registration;
pub use textsearch::{TS_AUTOLOAD, TS_IGNORECASE, TextSearch};
pub use uaccess::UserBuffer;

/// Registers functions under their own names: `functions!(table; kfree/1, krealloc/3)`, each with the number of its arguments.
macro_rules! functions {
    ($table:expr; $($name:ident / $arguments:literal),* $(,)?) => {
        $($table.function(stringify!($name), $name as *const (), $arguments);)*
    };
}
use functions;

/// Fills the table of exports.
pub(crate) fn register(table: &mut Table<'_>) {
    heap::register(table);
    text::register(table);
    compute::register(table);
    crypto::register(table);
    fpu::register(table);
    nls::register(table);
    notifier::register(table);
    scatterlist::register(table);
    static_key::register(table);
    textsearch::register(table);
    collections::register(table);
    uaccess::register(table);
    sync::register(table);
    module_refs::register(table);
    time::register(table);
    percpu::register(table);
    counting::register(table);
    messages::register(table);
    hotplug::register(table);
    firmware::register(table);
    resources::register(table);
    kobject::register(table);
    devices::register(table);
    block::register(table);
    registrations::register(table);
    padata::register(table);
    params::register(table);
}

/// Called once the machine is assembled and before its CPUs run: gives variables their values.
pub(crate) fn start(machine: &Machine) {
    heap::start(machine);
    nls::start(machine);
    crypto::start(machine);
}

/// Works on the running task's machine's one `T`, under its lock.
fn with<T: Any + Default + Send, R>(work: impl FnOnce(&mut T) -> R) -> R {
    with_of(current().machine(), work)
}

/// Works on a machine's one `T`, under its lock.
fn with_of<T: Any + Default + Send, R>(machine: &Machine, work: impl FnOnce(&mut T) -> R) -> R {
    let state = machine.state::<Mutex<T>>();
    // A panic cannot happen with the lock held that leaves `T` half changed: changes are single insertions and removals.
    let mut guard = state.lock().unwrap_or_else(PoisonError::into_inner);
    work(&mut guard)
}

/// What a function that returns a pointer returns for an error (include/linux/err.h).
fn err_ptr(errno: Errno) -> u64 {
    errno.to_return() as u64
}

/// What an `int` function returns for an error.
fn fail(errno: Errno) -> i32 {
    errno.to_return() as i32
}

/// Whether a pointer is one of the last 4095, which are errors.
fn is_err(pointer: u64) -> bool {
    pointer > u64::MAX - 4095
}

/// A line in the log, at the level that `KERN_<digit>` names.
fn log(level: Option<u8>, text: &str) {
    let level = match level {
        Some(b'0') => Level::EMERG,
        Some(b'1') => Level::ALERT,
        Some(b'2') => Level::CRIT,
        Some(b'3') => Level::ERR,
        Some(b'5') => Level::NOTICE,
        Some(b'6') => Level::INFO,
        Some(b'7') => Level::DEBUG,
        _ => Level::WARNING,
    };
    printk(level, &format!("{text}\n"));
}
