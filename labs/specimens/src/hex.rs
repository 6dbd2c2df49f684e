//! Numbers as the contracts and the kernel's log write them, in hexadecimal: what was expected and what came can
//! then be compared with the text, and the end of a page is a round number.

use std::fmt;

/// A number that is shown as `0x1000`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Hex(pub u64);

impl fmt::Debug for Hex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:#x}", self.0)
    }
}
