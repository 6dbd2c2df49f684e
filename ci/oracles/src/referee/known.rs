//! Differences that are no fault of the loader's, each with its reason.

use referee::{Agreement, Order, Ours, Said};

/// Why `ours` may differ from what the kernel `said`, where that is known.
pub fn reason(_order: &Order, _said: &Said, _ours: &Ours, _agreement: Agreement) -> Option<&'static str> {
    None
}
