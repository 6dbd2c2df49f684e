//! A character set as its users see it: `load_nls`, and every question to `char2uni` and `uni2char`.

use std::collections::BTreeMap;

use abi::offsets::nls_table;

use super::super::{
    bench::Bench,
    check::{Trouble, silent},
    function::{Function, of, to},
};

/// What a character set makes of bytes and of characters.
pub struct Table {
    /// Characters by their bytes, wherever all the bytes are taken.
    pub decode: BTreeMap<Vec<u8>, u16>,
    /// Bytes by their character.
    pub encode: BTreeMap<u16, Vec<u8>>,
}

impl Table {
    /// Asks `charset` about every sequence of bytes in `questions`, and about every character.
    pub fn read(bench: &Bench, charset: &str, questions: &[Vec<u8>]) -> Result<Table, Trouble> {
        let (load, unload) = (bench.function("load_nls")?, bench.function("unload_nls")?);
        let name = [charset.as_bytes(), b"\0"].concat();
        // SAFETY: struct nls_table *load_nls(const char *charset)
        let table = bench.task(|| unsafe { load.call([of(&name)]) })?;
        if table == 0 {
            return Err(silent(format!("load_nls(\"{charset}\") returned NULL")));
        }
        // SAFETY: a struct nls_table.
        let [uni2char, char2uni] = [nls_table::UNI2CHAR, nls_table::CHAR2UNI]
            .map(|offset| Function::at(unsafe { ((table + offset as u64) as *const u64).read() }));
        let read = bench.task(|| Table {
            decode: questions
                .iter()
                .filter_map(|bytes| Some((bytes.clone(), decode(char2uni, bytes)?)))
                .collect(),
            encode: (0..=u16::MAX)
                .filter_map(|character| Some((character, encode(uni2char, character)?)))
                .collect(),
        })?;
        // SAFETY: void unload_nls(struct nls_table *nls)
        bench.task(|| unsafe { unload.call([table]) })?;
        Ok(read)
    }
}

/// The character that `bytes` are, where all of them are one.
fn decode(char2uni: Function, bytes: &[u8]) -> Option<u16> {
    let mut character = 0u16;
    // What stands behind the bytes that are asked for must not matter.
    let padded = [bytes, b"\xff\xff"].concat();
    // SAFETY: int (*char2uni)(const unsigned char *rawstring, int boundlen, wchar_t *uni)
    let taken = unsafe { char2uni.call([of(&padded), bytes.len() as u64, &raw mut character as u64]) } as i32;
    (usize::try_from(taken) == Ok(bytes.len())).then_some(character)
}

fn encode(uni2char: Function, character: u16) -> Option<Vec<u8>> {
    let mut bytes = [0; 6];
    // SAFETY: int (*uni2char)(wchar_t uni, unsigned char *out, int boundlen)
    let length = unsafe { uni2char.call([character.into(), to(&mut bytes), bytes.len() as u64]) } as i32;
    bytes.get(..usize::try_from(length).ok()?).filter(|bytes| !bytes.is_empty()).map(<[u8]>::to_vec)
}
