//! CRC-32, the polynomial of Ethernet and of zip (scripts/genksyms/genksyms.c, `crctab32` and
//! `partial_crc32_one`; `crc32_le` in lib/crc32.c is the kernel's own).

/// What a checksum starts with: all ones, so that leading zeros count too.
pub const CRC_START: u32 = 0xffff_ffff;

/// The polynomial x³² + x²⁶ + x²³ + … + 1, lowest power in the highest bit.
const POLYNOMIAL: u32 = 0xedb8_8320;

/// `TABLES[0][b]` is what the byte `b` does to a checksum; `TABLES[k][b]` is what it does when `k` zero bytes
/// follow. With eight tables, eight bytes go in at once.
static TABLES: [[u32; 256]; 8] = tables();

const fn tables() -> [[u32; 256]; 8] {
    let mut tables = [[0; 256]; 8];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u32, 0);
        while bit < 8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ POLYNOMIAL } else { crc >> 1 };
            bit += 1;
        }
        tables[0][byte] = crc;
        byte += 1;
    }
    let mut k = 1;
    while k < 8 {
        let mut byte = 0;
        while byte < 256 {
            let before: u32 = tables[k - 1][byte];
            tables[k][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        k += 1;
    }
    tables
}

/// What `byte` does to a checksum when `zeros` zero bytes follow it; at most seven.
fn effect(byte: u8, zeros: usize) -> u32 {
    TABLES[zeros & 7][usize::from(byte)]
}

/// The checksum `crc` after `bytes` as well. A checksum starts as [`CRC_START`] and is finished by inverting
/// all its bits, which this function leaves to its caller.
pub fn crc32(crc: u32, bytes: &[u8]) -> u32 {
    // ANCHOR: task_crc32
    let (words, rest) = bytes.as_chunks::<8>();
    let crc = words.iter().fold(crc, |crc, word| {
        let [a, b, c, d, e, f, g, h] = (u64::from_le_bytes(*word) ^ u64::from(crc)).to_le_bytes();
        let first = effect(a, 7) ^ effect(b, 6) ^ effect(c, 5) ^ effect(d, 4);
        first ^ effect(e, 3) ^ effect(f, 2) ^ effect(g, 1) ^ effect(h, 0)
    });
    rest.iter().fold(crc, |crc, byte| (crc >> 8) ^ effect(crc as u8 ^ byte, 0))
    // ANCHOR_END: task_crc32
}

/// The whole checksum of `text`.
pub fn crc32_of(text: &[u8]) -> u32 {
    !crc32(CRC_START, text)
}
