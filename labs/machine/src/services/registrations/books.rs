//! Who has registered what and not taken it back yet.

use super::super::{complain::warn, with, with_of};
use crate::{Level, Machine, current, printk};

/// Something that a module has registered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The function that it called.
    pub function: &'static str,
    /// The function that takes it back.
    pub undone_by: &'static str,
    /// The structure, or the number, that it registered.
    pub what: u64,
    /// The module that called.
    pub module: String,
}

/// Every registration that is there now.
#[derive(Debug, Default)]
struct Books(Vec<Registration>);

impl Machine {
    /// What modules have registered by stubs and not taken back, the oldest first. What is still there when a module
    /// has gone would let the kernel call code that is no more.
    pub fn registrations(&self) -> Vec<Registration> {
        with_of(self, |books: &mut Books| books.0.clone())
    }
}

/// Notes a registration, of the module that `what` lies in or else of the one that called: a tail call hides it.
pub(super) fn enter(function: &'static str, undone_by: &'static str, what: u64, caller: u64) {
    let module = module(what).or_else(|| module(caller)).unwrap_or_else(|| "kernel".to_owned());
    printk(Level::DEBUG, &format!("{module}: {function} (stub)\n"));
    with(|books: &mut Books| books.0.push(Registration { function, undone_by, what, module }));
}

/// The module whose memory `address` lies in.
fn module(address: u64) -> Option<String> {
    let owner = current().machine().memory().owner(address)?;
    let name = owner.label.split(' ').next()?;
    (name != "kernel").then(|| name.to_owned())
}

/// Takes the latest registration of `what` back; complains where there is none, as the kernel does for some and
/// crashes for others.
pub(super) fn strike(function: &'static str, what: u64) {
    let struck = with(|books: &mut Books| {
        let is_it = |entry: &Registration| entry.undone_by == function && entry.what == what;
        books.0.iter().rposition(is_it).map(|at| books.0.remove(at))
    });
    match struck {
        Some(entry) => printk(Level::DEBUG, &format!("{}: {function} (stub)\n", entry.module)),
        None => warn(&format!("{function}: {what:#x} was never registered")),
    }
}
