//! Looking a symbol up at run time, where the exporter may or may not be there: `kernel/module/main.c,
//! __symbol_get`.

use modversions::Name;

use crate::{Kernel, find_symbol};

/// The value of the export called `name`, with a reference to its owner taken.
///
/// - Whoever asks may see GPL-only symbols. Where nobody exports `name`: `None`, and nothing is said.
/// - A plain export is refused: `None`, and `log` gets one more line,
///   `failing symbol_get of non-GPLONLY symbol NAME.`
/// - Where a module exports it, each call takes one reference
///   ([`strong_try_module_get`](Kernel::strong_try_module_get)); if that fails, `None`, nothing is said and
///   nobody waits. vmlinux needs none.
///
/// No user is entered in the books ([`Kernel::uses`]): whoever calls this gives the reference back with
/// symbol_put.
pub fn symbol_get(kernel: &mut impl Kernel, name: &Name, log: &mut Vec<String>) -> Option<u64> {
    todo!("find the GPL-only export and take a reference to its owner before you give the value away")
}
