//! A value in data: `arch/arm64/kernel/module.c, reloc_data`.

use super::kind::Operation;
use crate::Refusal;

/// Writes the low `N` bytes of `value`, whatever stood there.
///
/// # Errors
/// `Overflow` where it does not fit: an address has no sign, a distance has one. It is written all the same.
pub(super) fn reloc_data<const N: usize>(
    place: &mut [u8; N],
    operation: Operation,
    value: i64,
) -> Result<(), Refusal> {
    for (byte, new) in place.iter_mut().zip(value.to_le_bytes()) {
        *byte = new;
    }
    // What a field of N bytes cannot say is in the bits above it; with a sign, above all but its highest.
    let above = match operation {
        _ if N >= 8 => 0,
        Operation::Abs => value >> (8 * N),
        Operation::Prel | Operation::Page => value >> (8 * N - 1),
    };
    let fits = above == 0 || (above == -1 && operation != Operation::Abs);
    if fits { Ok(()) } else { Err(Refusal::Overflow) }
}
