//! Values as the contracts and `objdump` write them.

use std::fmt;

pub use specimens::Hex;

/// Bytes, or what is made of them, shown as `[eb, 10]`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Bytes<T>(pub T);

impl<T: fmt::Debug> fmt::Debug for Bytes<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x?}", self.0)
    }
}
