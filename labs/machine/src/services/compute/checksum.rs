//! Checksums that vmlinux has built in: the three CRC-32s and the Internet's. Linux: lib/crc32.c, lib/checksum.c.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; crc32_le/3, crc32_be/3, __crc32c_le/3, crc_ccitt/3, csum_partial/3, ip_compute_csum/2);
}

/// The polynomial of IEEE 802.3, lowest bit first.
const CRC32: u32 = 0xedb8_8320;
/// Castagnoli's, lowest bit first.
const CRC32C: u32 = 0x82f6_3b78;
/// That of IEEE 802.3, highest bit first.
const CRC32_BE: u32 = 0x04c1_1db7;

/// One table for a polynomial that shifts right.
const fn reflected(polynomial: u32) -> [u32; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < 256 {
        let mut crc = index as u32;
        let mut bit = 0;
        while bit < 8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { polynomial } else { 0 };
            bit += 1;
        }
        table[index] = crc;
        index += 1;
    }
    table
}

static CASTAGNOLI: [u32; 256] = reflected(CRC32C);
static IEEE: [u32; 256] = reflected(CRC32);
/// The CCITT polynomial 0x8408 needs only the lower half of each entry.
static CCITT: [u32; 256] = reflected(0x8408);

/// # Safety
/// A range of `count` bytes.
unsafe fn update(table: &[u32; 256], crc: u32, data: *const u8, count: usize) -> u32 {
    // SAFETY: the caller's promise.
    let data = unsafe { std::slice::from_raw_parts(data, count) };
    data.iter().fold(crc, |crc, &byte| crc >> 8 ^ table[usize::from(crc as u8 ^ byte)])
}

unsafe extern "C" fn crc32_le(crc: u32, data: *const u8, count: usize) -> u32 {
    if count == 0 {
        return crc;
    }
    // SAFETY: a range of `count` bytes. The kernel's function leaves both inversions to its callers.
    unsafe { update(&IEEE, crc, data, count) }
}

unsafe extern "C" fn __crc32c_le(crc: u32, data: *const u8, count: usize) -> u32 {
    if count == 0 {
        return crc;
    }
    // SAFETY: a range of `count` bytes.
    unsafe { update(&CASTAGNOLI, crc, data, count) }
}

unsafe extern "C" fn crc_ccitt(crc: u16, data: *const u8, count: usize) -> u16 {
    if count == 0 {
        return crc;
    }
    // SAFETY: a range of `count` bytes.
    unsafe { update(&CCITT, u32::from(crc), data, count) as u16 }
}

unsafe extern "C" fn crc32_be(crc: u32, data: *const u8, count: usize) -> u32 {
    let mut crc = crc;
    for index in 0..count {
        // SAFETY: a range of `count` bytes.
        crc ^= u32::from(unsafe { *data.add(index) }) << 24;
        for _ in 0..8 {
            crc = crc << 1 ^ if crc >> 31 == 1 { CRC32_BE } else { 0 };
        }
    }
    crc
}

/// The 32-bit one's-complement sum of 16-bit words.
unsafe fn sum(data: *const u8, count: usize, start: u32) -> u32 {
    let mut total = u64::from(start);
    for index in 0..count {
        // SAFETY: a range of `count` bytes.
        let byte = u64::from(unsafe { *data.add(index) });
        total += if index % 2 == 0 { byte } else { byte << 8 };
    }
    while total >> 32 != 0 {
        total = (total & 0xffff_ffff) + (total >> 32);
    }
    total as u32
}

unsafe extern "C" fn csum_partial(data: *const u8, count: i32, start: u32) -> u32 {
    // SAFETY: a range of `count` bytes.
    unsafe { sum(data, count.max(0) as usize, start) }
}

unsafe extern "C" fn ip_compute_csum(data: *const u8, count: i32) -> u16 {
    // SAFETY: a range of `count` bytes.
    let mut total = unsafe { sum(data, count.max(0) as usize, 0) };
    while total >> 16 != 0 {
        total = (total & 0xffff) + (total >> 16);
    }
    !(total as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHECK: &[u8] = b"123456789";

    #[test]
    fn the_checksums_have_their_published_check_values() {
        let (data, count) = (CHECK.as_ptr(), CHECK.len());
        // SAFETY: CHECK is nine bytes long.
        unsafe {
            assert_eq!(!crc32_le(!0, data, count), 0xcbf4_3926);
            assert_eq!(!__crc32c_le(!0, data, count), 0xe306_9283);
            assert_eq!(!crc32_be(!0, data, count), 0xfc89_1918, "CRC-32/BZIP2");
            assert_eq!(crc_ccitt(0, data, count), 0x2189, "CRC-16/KERMIT");
        }
    }

    #[test]
    fn an_ip_header_sums_to_its_checksum() {
        let header =
            [0x45u8, 0, 0, 0x73, 0, 0, 0x40, 0, 0x40, 0x11, 0, 0, 0xc0, 0xa8, 0, 1, 0xc0, 0xa8, 0, 0xc7];
        // SAFETY: twenty bytes.
        assert_eq!(unsafe { ip_compute_csum(header.as_ptr(), 20) }.to_le_bytes(), [0xb8, 0x61]);
    }
}
