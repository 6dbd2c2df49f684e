//! Undoing LZ4. Linux: lib/lz4/lz4_decompress.c.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; LZ4_decompress_safe/4);
}

/// A length that does not fit into four bits goes on in bytes, of which 255 means that another follows.
fn length(nibble: u8, from: &mut impl Iterator<Item = u8>) -> Option<usize> {
    let mut length = usize::from(nibble);
    if nibble == 15 {
        loop {
            let more = from.next()?;
            length = length.checked_add(usize::from(more))?;
            if more != 255 {
                break;
            }
        }
    }
    Some(length)
}

/// One block: literals and copies of what came before, by turns; the last has literals only.
fn decompress(from: &[u8], room: usize) -> Option<Vec<u8>> {
    let mut to = Vec::new();
    let mut from = from.iter().copied();
    while let Some(token) = from.next() {
        let literals = length(token >> 4, &mut from)?;
        let before = to.len();
        to.extend(from.by_ref().take(literals));
        if to.len() - before < literals || to.len() > room {
            return None;
        }
        let Some(low) = from.next() else { return Some(to) };
        let distance = usize::from(u16::from_le_bytes([low, from.next()?]));
        let count = length(token & 15, &mut from)? + 4;
        let start = to.len().checked_sub(distance).filter(|_| distance > 0 && to.len() + count <= room)?;
        for at in start..start + count {
            to.push(*to.get(at)?);
        }
    }
    None
}

/// How many bytes it makes, or a negative number for what is no such block or has no room.
#[allow(non_snake_case)]
unsafe extern "C" fn LZ4_decompress_safe(from: *const u8, to: *mut u8, length: i32, room: i32) -> i32 {
    let (Ok(length), Ok(room)) = (usize::try_from(length), usize::try_from(room)) else { return -1 };
    // SAFETY: `length` bytes, and room for `room`.
    unsafe {
        match decompress(std::slice::from_raw_parts(from, length), room) {
            Some(bytes) => {
                std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
                bytes.len() as i32
            }
            None => -1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decompress;

    #[test]
    fn copies_may_overlap_what_they_make() {
        // "ab", then ten bytes from two before, then "!".
        let block = [0x26, b'a', b'b', 2, 0, 0x10, b'!'];
        assert_eq!(decompress(&block, 13).as_deref(), Some(&b"abababababab!"[..]));
        assert_eq!(decompress(&block, 12), None, "no room");
    }

    #[test]
    fn what_is_no_block_is_refused() {
        assert_eq!(decompress(&[], 10), None);
        assert_eq!(decompress(&[0x20, b'a'], 10), None, "literals that are not there");
        assert_eq!(decompress(&[0x10, b'a', 5, 0, 0], 10), None, "a copy from before the beginning");
        assert_eq!(decompress(&[0x10, b'a', 0, 0, 0], 10), None, "a copy of nothing");
    }
}
