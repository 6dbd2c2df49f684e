//! Block ciphers, a block at a time, through the crypto API: in C and in assembler.

use super::{
    bench::Bench,
    blocks::Keyed,
    check::{Check, Trouble, silent},
    inputs::Random,
};

/// Modules with what they help, driver, cipher, and sizes of keys.
const CIPHERS: [(&[&str], &str, &str, &[usize]); 14] = [
    (&["aes_ti"], "aes-fixed-time", "aes", &[16, 24, 32]),
    (&["aesni-intel"], "aes-aesni", "aes", &[16, 24, 32]),
    (&["blowfish_generic", "blowfish_common"], "blowfish-generic", "blowfish", &[4, 8, 16, 24, 32, 56]),
    (&["blowfish-x86_64", "blowfish_common"], "blowfish-asm", "blowfish", &[4, 8, 16, 24, 32, 56]),
    (&["camellia_generic"], "camellia-generic", "camellia", &[16, 24, 32]),
    (&["camellia-x86_64"], "camellia-asm", "camellia", &[16, 24, 32]),
    (&["cast5_generic", "cast_common"], "cast5-generic", "cast5", &[5, 8, 10, 11, 16]),
    (&["cast6_generic", "cast_common"], "cast6-generic", "cast6", &[16, 20, 24, 28, 32]),
    (&["des_generic", "libdes"], "des-generic", "des", &[8]),
    (&["des_generic", "libdes"], "des3_ede-generic", "des3_ede", &[24]),
    (&["des3_ede-x86_64", "libdes"], "des3_ede-asm", "des3_ede", &[24]),
    (&["serpent_generic"], "serpent-generic", "serpent", &[16, 24, 32]),
    (&["twofish_generic", "twofish_common"], "twofish-generic", "twofish", &[16, 24, 32]),
    (&["twofish-x86_64", "twofish_common"], "twofish-asm", "twofish", &[16, 24, 32]),
];

/// All of them.
pub fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = CIPHERS
        .into_iter()
        .map(|(modules, driver, cipher, keys)| {
            let run = move |bench: &Bench| blocks(bench, driver, cipher, keys);
            Check::new(modules, format!("{driver}, block by block"), "RustCrypto's block ciphers", run)
        })
        .collect();
    checks.push(Check::new(
        &["fcrypt"],
        "fcrypt-generic",
        "the vectors of Arla and OpenAFS, and back",
        fcrypt,
    ));
    checks
}

fn blocks(bench: &Bench, driver: &str, cipher: &str, keys: &[usize]) -> Result<(), Trouble> {
    let crypto = bench.kernel().machine().crypto();
    let mut random = Random::new(driver);
    for round in 0..200 {
        let key = random.bytes(keys[round % keys.len()]);
        let oracle = Keyed::new(cipher, &key).ok_or_else(|| silent(format!("no crate has {cipher}")))?;
        let block = random.bytes(oracle.size);
        let sealed =
            crypto.cipher_block(driver, &key, &block, false).map_err(|failure| bench.failed(&failure))?;
        let told = || format!("{block:02x?} under {key:02x?}");
        bench.same(&sealed, &oracle.sealed(&block), told)?;
        let mut expected = block.clone();
        oracle.decrypt(&mut expected);
        let opened =
            crypto.cipher_block(driver, &key, &block, true).map_err(|failure| bench.failed(&failure))?;
        bench.same(&opened, &expected, || format!("decrypting {}", told()))?;
    }
    Ok(())
}

fn fcrypt(bench: &Bench) -> Result<(), Trouble> {
    let crypto = bench.kernel().machine().crypto();
    let crypt = |key: &[u8], block: &[u8], decrypt| {
        crypto.cipher_block("fcrypt-generic", key, block, decrypt).map_err(|failure| bench.failed(&failure))
    };
    let vectors: [([u8; 8], [u8; 8], [u8; 8]); 2] = [
        ([0; 8], [0; 8], [0x0e, 0x09, 0x00, 0xc7, 0x3e, 0xf7, 0xed, 0x41]),
        (
            [0x11, 0x44, 0x77, 0xaa, 0xdd, 0x00, 0x33, 0x66],
            [0x12, 0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde, 0xf0],
            [0xd8, 0xed, 0x78, 0x74, 0x77, 0xec, 0x06, 0x80],
        ),
    ];
    for (key, block, sealed) in vectors {
        bench.same(crypt(&key, &block, false)?, sealed.to_vec(), || {
            format!("{block:02x?} under {key:02x?}")
        })?;
    }
    let mut random = Random::new("fcrypt");
    for _ in 0..200 {
        let (key, block) = (random.bytes(8), random.bytes(8));
        let sealed = crypt(&key, &block, false)?;
        bench.same(crypt(&key, &sealed, true)?, block, || format!("back under {key:02x?}"))?;
    }
    Ok(())
}
