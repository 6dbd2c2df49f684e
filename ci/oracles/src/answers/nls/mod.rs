//! Character sets: both directions of every table, against glibc's iconv, encoding_rs and oem_cp; and, for Apple's sets
//! that none of them has, against what was published of them.

mod apple;
mod iconv;
mod oracle;
mod sets;
mod table;

use std::collections::{BTreeMap, BTreeSet};

use super::{
    bench::Bench,
    check::{Check, Trouble},
};
use sets::{Set, sets};
use table::Table;

/// All of them.
pub fn checks() -> Vec<Check> {
    sets().into_iter().map(check).collect()
}

fn check(set: Set) -> Check {
    let mut what = format!("\"{}\", both ways", set.charset);
    if !set.why.is_empty() {
        what += " (with Linux's own: ";
        what += set.why;
        what += ")";
    }
    Check::new(&[set.module], what, set.oracle.name(), move |bench| compare(bench, &set))
}

fn compare(bench: &Bench, set: &Set) -> Result<(), Trouble> {
    let oracle = set.oracle.decode_all(set.is_double)?;
    let expected = expected(set, &oracle);
    let mut questions: BTreeSet<Vec<u8>> = expected.keys().cloned().collect();
    for first in 0..=255 {
        // In sets of double bytes Linux takes the first half of a pair, where it is all there is, for a character.
        if !set.is_double || first < 0x80 {
            questions.insert(vec![first]);
        }
        questions.extend((0..=255).map(|second| vec![first, second]));
    }
    let questions: Vec<Vec<u8>> = questions.into_iter().collect();
    let table = Table::read(bench, set.charset, &questions)?;
    for bytes in &questions {
        let (answer, expected) = (table.decode.get(bytes), expected.get(bytes));
        bench.same(answer, expected, || format!("char2uni({bytes:02x?})"))?;
    }
    // Where decoding goes astray, the way back does not.
    encoded(bench, set, &table, if set.encodes_by_oracle { &oracle } else { &expected })
}

/// What every sequence of bytes has to be: the oracle's answer, with the differences that are known.
fn expected(set: &Set, oracle: &BTreeMap<Vec<u8>, u16>) -> BTreeMap<Vec<u8>, u16> {
    let mut expected = oracle.clone();
    if !set.is_double && set.charset != "utf8" {
        // In tables of single bytes the end of a name is no character.
        expected.remove([0].as_slice());
    }
    for (bytes, character) in &set.decode {
        match character {
            Some(character) => expected.insert(bytes.clone(), *character),
            None => expected.remove(bytes),
        };
    }
    expected
}

/// `uni2char` has to give bytes that are the character, for every character that there is. Where Linux also has bytes
/// for characters that the set does not have, for the sake of those who look alike, they have to be some character's.
fn encoded(bench: &Bench, set: &Set, table: &Table, decoded: &BTreeMap<Vec<u8>, u16>) -> Result<(), Trouble> {
    let mut by_character: BTreeMap<u16, Vec<&[u8]>> = BTreeMap::new();
    for (bytes, &character) in decoded {
        by_character.entry(character).or_default().push(bytes);
    }
    for character in 1..=u16::MAX {
        let answer = table.encode.get(&character).map(Vec::as_slice);
        let told = || format!("uni2char(U+{character:04X})");
        if let Some((_, bytes)) = set.encode.iter().find(|(known, _)| *known == character) {
            bench.same(answer, *bytes, told)?;
            continue;
        }
        if set.has_latin && (0x80..0x100).contains(&character) {
            bench.same(answer, Some([character as u8].as_slice()), told)?;
            continue;
        }
        match (answer, by_character.get(&character)) {
            (Some(bytes), None) if set.has_lookalikes => {
                bench.same(bytes.len() == 1 || decoded.contains_key(bytes), true, told)?;
            }
            (Some(bytes), Some(right)) if right.contains(&bytes) => bench.same(true, true, told)?,
            (answer, right) => bench.same(answer, right.and_then(|right| right.first().copied()), told)?,
        }
    }
    Ok(())
}
