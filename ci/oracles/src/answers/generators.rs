//! Generators of random numbers that always give the same ones for a seed.

use super::{
    bench::Bench,
    blocks::Keyed,
    check::{Check, Trouble, silent},
    inputs::Random,
};

/// All of them.
pub fn checks() -> Vec<Check> {
    vec![Check::new(&["ansi_cprng"], "ansi_cprng", "ANSI X9.31 on crate aes", ansi)]
}

/// The seed is the secret vector, the key and the date.
fn ansi(bench: &Bench) -> Result<(), Trouble> {
    let crypto = bench.kernel().machine().crypto();
    let mut random = Random::new("ansi");
    for count in (1..200).step_by(7) {
        let seed = random.bytes(48);
        let aes = Keyed::new("aes", &seed[16..32]).ok_or_else(|| silent("no key"))?;
        let number = |bytes: &[u8]| u128::from_be_bytes(std::array::from_fn(|at| bytes[at]));
        let sealed = |number: u128| {
            u128::from_be_bytes(std::array::from_fn({
                let block = aes.sealed(&number.to_be_bytes());
                move |at| block[at]
            }))
        };
        let (mut vector, mut date, mut expected) = (number(&seed), number(&seed[32..]), Vec::new());
        while expected.len() < count {
            let middle = sealed(date);
            let output = sealed(middle ^ vector);
            vector = sealed(output ^ middle);
            date = date.wrapping_add(1);
            expected.extend(output.to_be_bytes());
        }
        expected.truncate(count);
        let answer =
            crypto.random("ansi_cprng", Some(&seed), count).map_err(|failure| bench.failed(&failure))?;
        bench.same(answer, expected, || format!("{count} bytes"))?;
    }
    Ok(())
}
