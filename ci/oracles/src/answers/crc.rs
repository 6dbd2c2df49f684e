//! The cyclic redundancy checks of lib/ and crypto/, against the crate crc and its catalogue of parameters. Each is
//! asked in one piece, and in pieces with the sum so far as the next one's start.

use crc::{
    CRC_7_MMC, CRC_8_AUTOSAR, CRC_8_MAXIM_DOW, CRC_8_ROHC, CRC_8_SMBUS, CRC_8_WCDMA, CRC_16_ARC,
    CRC_16_IBM_3740, CRC_16_MODBUS, CRC_16_T10_DIF, CRC_16_XMODEM, CRC_32_ISCSI, CRC_32_ISO_HDLC,
    CRC_64_ECMA_182, CRC_64_NVME, Crc,
};

use super::{
    bench::Bench,
    check::{Check, Trouble},
    function::{Function, of, to},
    inputs::{Random, lengths},
    shash,
};

const CRATE: &str = "crate crc";

/// All of them.
pub fn checks() -> Vec<Check> {
    let mut checks = library();
    checks.extend(through_crypto());
    checks
}

fn library() -> Vec<Check> {
    vec![
        Check::new(&["crc7"], "crc7_be()", CRATE, crc7),
        Check::new(&["crc8"], "crc8() with five polynomials", CRATE, crc8),
        Check::new(&["crc16"], "crc16()", CRATE, |bench| {
            let (arc, modbus) = (Crc::<u16>::new(&CRC_16_ARC), Crc::<u16>::new(&CRC_16_MODBUS));
            crc16(bench, "crc16", 0, |data| arc.checksum(data))?;
            crc16(bench, "crc16", 0xffff, |data| modbus.checksum(data))
        }),
        Check::new(&["crc-itu-t"], "crc_itu_t()", CRATE, |bench| {
            let (xmodem, ibm) = (Crc::<u16>::new(&CRC_16_XMODEM), Crc::<u16>::new(&CRC_16_IBM_3740));
            crc16(bench, "crc_itu_t", 0, |data| xmodem.checksum(data))?;
            crc16(bench, "crc_itu_t", 0xffff, |data| ibm.checksum(data))
        }),
        Check::new(&["crct10dif_common"], "crc_t10dif_generic()", CRATE, |bench| {
            crc16(bench, "crc_t10dif_generic", 0, t10dif)
        }),
        Check::new(&["crc-t10dif"], "crc_t10dif_update()", CRATE, |bench| {
            bench.insert("crct10dif_generic")?;
            crc16(bench, "crc_t10dif_update", 0, t10dif)
        }),
        Check::new(&["crc64"], "crc64_be(), crc64_rocksoft_generic()", CRATE, |bench| {
            let ecma = Crc::<u64>::new(&CRC_64_ECMA_182);
            crc64(bench, "crc64_be", |data| ecma.checksum(data))?;
            crc64(bench, "crc64_rocksoft_generic", rocksoft)
        }),
        Check::new(&["crc64-rocksoft", "crc64"], "crc64_rocksoft_update()", CRATE, |bench| {
            bench.insert("crc64_rocksoft_generic")?;
            crc64(bench, "crc64_rocksoft_update", rocksoft)
        }),
        Check::new(&["libcrc32c"], "crc32c()", CRATE, |bench| {
            bench.insert("crc32c_generic")?;
            let function = bench.function("crc32c")?;
            // SAFETY: u32 crc32c(u32 crc, const void *address, unsigned int length)
            let sum = |sum: u64, data: &[u8]| unsafe { function.call([sum, of(data), data.len() as u64]) };
            let iscsi = Crc::<u32>::new(&CRC_32_ISCSI);
            compare(
                bench,
                u64::from(u32::MAX),
                sum,
                |data| u64::from(!iscsi.checksum(data)),
                u64::from(u32::MAX),
            )
        }),
    ]
}

fn through_crypto() -> Vec<Check> {
    const START: Option<&[u8]> = Some(&[0xff; 4]);
    let crc32 = |data: &[u8]| (!Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(data)).to_le_bytes().to_vec();
    let crc32c = |data: &[u8]| Crc::<u32>::new(&CRC_32_ISCSI).checksum(data).to_le_bytes().to_vec();
    let dif = |data: &[u8]| t10dif(data).to_le_bytes().to_vec();
    let crc64 = |data: &[u8]| rocksoft(data).to_le_bytes().to_vec();
    vec![
        shash::check(&["crc32_generic"], &["crc32-generic"], START, CRATE, crc32),
        shash::check(&["crc32-pclmul"], &["crc32-pclmul"], START, CRATE, crc32),
        shash::check(&["crc32c_generic"], &["crc32c-generic"], None, CRATE, crc32c),
        shash::check(&["crc32c-intel"], &["crc32c-intel"], None, CRATE, crc32c),
        shash::check(&["crct10dif_generic", "crct10dif_common"], &["crct10dif-generic"], None, CRATE, dif),
        shash::check(&["crct10dif-pclmul"], &["crct10dif-pclmul"], None, CRATE, dif),
        shash::check(&["crc64_rocksoft_generic", "crc64"], &["crc64-rocksoft-generic"], None, CRATE, crc64),
    ]
}

fn t10dif(data: &[u8]) -> u16 {
    Crc::<u16>::new(&CRC_16_T10_DIF).checksum(data)
}

fn rocksoft(data: &[u8]) -> u64 {
    Crc::<u64>::new(&CRC_64_NVME).checksum(data)
}

/// Asks for messages of every length, whole and in pieces, and compares the bits of `mask`.
fn compare(
    bench: &Bench,
    start: u64,
    sum: impl Fn(u64, &[u8]) -> u64 + Sync,
    oracle: impl Fn(&[u8]) -> u64,
    mask: u64,
) -> Result<(), Trouble> {
    let mut random = Random::new("crc");
    let messages: Vec<Vec<u8>> = lengths().map(|length| random.bytes(length)).collect();
    let cut: Vec<Vec<&[u8]>> = messages.iter().map(|message| random.pieces(message)).collect();
    let answers = bench.task(|| {
        let whole: Vec<u64> = messages.iter().map(|message| sum(start, message)).collect();
        let joined: Vec<u64> =
            cut.iter().map(|pieces| pieces.iter().fold(start, |so_far, piece| sum(so_far, piece))).collect();
        (whole, joined)
    })?;
    for (message, (whole, joined)) in messages.iter().zip(answers.0.into_iter().zip(answers.1)) {
        let expected = oracle(message) & mask;
        bench.same(whole & mask, expected, || format!("{} bytes at once", message.len()))?;
        bench.same(joined & mask, expected, || format!("{} bytes in pieces", message.len()))?;
    }
    Ok(())
}

fn crc7(bench: &Bench) -> Result<(), Trouble> {
    let function = bench.function("crc7_be")?;
    // SAFETY: u8 crc7_be(u8 crc, const u8 *buffer, size_t len)
    let sum = |sum: u64, data: &[u8]| unsafe { function.call([sum, of(data), data.len() as u64]) & 0xff };
    let mmc = Crc::<u8>::new(&CRC_7_MMC);
    // The kernel keeps the seven bits at the upper end of the byte.
    compare(bench, 0, sum, |data| u64::from(mmc.checksum(data) << 1), 0xff)
}

fn crc16(bench: &Bench, name: &str, start: u16, oracle: impl Fn(&[u8]) -> u16) -> Result<(), Trouble> {
    let function = bench.function(name)?;
    // SAFETY: u16 crc16(u16 crc, u8 const *buffer, size_t len), and its like
    let sum = |sum: u64, data: &[u8]| unsafe { function.call([sum, of(data), data.len() as u64]) & 0xffff };
    compare(bench, start.into(), sum, |data| oracle(data).into(), 0xffff)
}

fn crc64(bench: &Bench, name: &str, oracle: impl Fn(&[u8]) -> u64) -> Result<(), Trouble> {
    let function = bench.function(name)?;
    // SAFETY: u64 crc64_be(u64 crc, const void *p, size_t len), and its like
    let sum = |sum: u64, data: &[u8]| unsafe { function.call([sum, of(data), data.len() as u64]) };
    compare(bench, 0, sum, oracle, u64::MAX)
}

fn crc8(bench: &Bench) -> Result<(), Trouble> {
    // Where bits are reflected, the table is made for the polynomial reflected.
    let table = |populate: &str, polynomial: u8| -> Result<Vec<u8>, Trouble> {
        let populate = bench.function(populate)?;
        let mut table = vec![0; 256];
        // SAFETY: void crc8_populate_msb(u8 table[CRC8_TABLE_SIZE], u8 polynomial)
        bench.task(|| unsafe { populate.call([to(&mut table), polynomial.into()]) })?;
        Ok(table)
    };
    let function = bench.function("crc8")?;
    for (catalogue, reflected) in [
        (&CRC_8_SMBUS, false),
        (&CRC_8_AUTOSAR, false),
        (&CRC_8_MAXIM_DOW, true),
        (&CRC_8_ROHC, true),
        (&CRC_8_WCDMA, true),
    ] {
        let table = if reflected {
            table("crc8_populate_lsb", catalogue.poly.reverse_bits())?
        } else {
            table("crc8_populate_msb", catalogue.poly)?
        };
        let oracle = Crc::<u8>::new(catalogue);
        let sum = |sum: u64, data: &[u8]| with_table(function, &table, sum, data);
        let expected = |data: &[u8]| u64::from(oracle.checksum(data) ^ catalogue.xorout);
        compare(bench, catalogue.init.into(), sum, expected, 0xff)?;
    }
    Ok(())
}

fn with_table(crc8: Function, table: &[u8], sum: u64, data: &[u8]) -> u64 {
    // SAFETY: u8 crc8(const u8 table[CRC8_TABLE_SIZE], const u8 *pdata, size_t nbytes, u8 crc)
    unsafe { crc8.call([of(table), of(data), data.len() as u64, sum]) & 0xff }
}
