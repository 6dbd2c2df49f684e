//! The place of a relocation: some bytes of a section, where they exist.

use crate::Refusal;

/// The `N` bytes of `section` from `offset` on.
///
/// # Errors
/// [`Refusal::OutsideSection`] where not all of them lie in `section`. Stricter than 6.1, which does not look.
#[inline]
pub fn place<const N: usize>(section: &mut [u8], offset: u64) -> Result<&mut [u8; N], Refusal> {
    let rest = usize::try_from(offset).ok().and_then(|offset| section.get_mut(offset..));
    rest.and_then(|rest| rest.first_chunk_mut()).ok_or(Refusal::OutsideSection)
}
