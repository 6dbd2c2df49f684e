//! Hashing as the kernel's own users do it: `crypto_alloc_shash` by the driver's name, `setkey`, `init`, `update`,
//! `final` (include/crypto/hash.h).

use abi::{
    Errno,
    offsets::{crypto_shash, crypto_tfm, shash_alg, shash_desc},
};

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::{Function, of, to},
    inputs::{Random, lengths},
};

/// What of the crypto API is needed.
struct Api {
    alloc: Function,
    setkey: Function,
    update: Function,
    last: Function,
    digest: Function,
    destroy: Function,
}

impl Api {
    fn new(bench: &Bench) -> Result<Api, Trouble> {
        Ok(Api {
            alloc: bench.function("crypto_alloc_shash")?,
            setkey: bench.function("crypto_shash_setkey")?,
            update: bench.function("crypto_shash_update")?,
            last: bench.function("crypto_shash_final")?,
            digest: bench.function("crypto_shash_digest")?,
            destroy: bench.function("crypto_destroy_tfm")?,
        })
    }
}

/// One question: a key, where there has to be one, and the message in pieces.
pub struct Question<'a> {
    /// The key.
    pub key: Option<&'a [u8]>,
    /// The message, in the pieces in which it is to be given; a single piece is hashed by `digest` at once.
    pub pieces: Vec<&'a [u8]>,
}

/// The digests that `driver` gives for each question; `None` where there is no such driver.
pub fn digests(
    bench: &Bench,
    driver: &str,
    questions: &[Question<'_>],
) -> Result<Option<Vec<Vec<u8>>>, Trouble> {
    /// `CRYPTO_ALG_INTERNAL`, which those whose names begin with two underscores have to be asked for.
    const INTERNAL: u64 = 0x2000;
    let visibility = if driver.starts_with("__") { INTERNAL } else { 0 };
    let api = Api::new(bench)?;
    let name = [driver.as_bytes(), b"\0"].concat();
    bench.task(|| {
        // SAFETY: struct crypto_shash *crypto_alloc_shash(const char *alg_name, u32 type, u32 mask)
        let tfm = unsafe { api.alloc.call([of(&name), visibility, visibility]) } as i64;
        if tfm == Errno::ENOENT.to_return() {
            return Ok(None);
        }
        if (-4095..=0).contains(&tfm) {
            return Err(silent(format!("crypto_alloc_shash(\"{driver}\") is {tfm}")));
        }
        let tfm = tfm as u64;
        let answers = questions.iter().map(|question| api.answer(tfm, question)).collect::<Result<_, _>>();
        // SAFETY: void crypto_destroy_tfm(void *mem, struct crypto_tfm *tfm)
        unsafe { api.destroy.call([tfm, tfm + crypto_shash::BASE as u64]) };
        answers.map(Some)
    })?
}

impl Api {
    fn answer(&self, tfm: u64, question: &Question<'_>) -> Result<Vec<u8>, Trouble> {
        let check = |returned: u64, what: &str| match returned as i32 {
            0 => Ok(()),
            errno => Err(silent(format!("{what} returned {errno}"))),
        };
        let tfm_base = tfm + crypto_shash::BASE as u64;
        // SAFETY: a struct crypto_shash that crypto_alloc_shash() returned, and its struct shash_alg.
        let (state, size, init) = unsafe {
            let state = ((tfm + crypto_shash::DESCSIZE as u64) as *const u32).read();
            let alg = ((tfm_base + crypto_tfm::ALG as u64) as *const u64).read() - shash_alg::BASE as u64;
            let size = ((alg + shash_alg::DIGESTSIZE as u64) as *const u32).read();
            (state as usize, size as usize, ((alg + shash_alg::INIT as u64) as *const u64).read())
        };
        let mut desc = vec![0u64; shash_desc::CTX / 8 + state.div_ceil(8)];
        desc[0] = tfm;
        let desc = desc.as_mut_ptr() as u64;
        let mut digest = vec![0; size];
        // SAFETY: int crypto_shash_setkey(struct crypto_shash *tfm, const u8 *key, unsigned int keylen), and then
        // init(desc), crypto_shash_update(desc, data, len), crypto_shash_final(desc, out), as the interface has them.
        unsafe {
            if let Some(key) = question.key {
                check(self.setkey.call([tfm, of(key), key.len() as u64]), "setkey")?;
            }
            if let [whole] = question.pieces[..] {
                let arguments = [desc, of(whole), whole.len() as u64, to(&mut digest)];
                check(self.digest.call(arguments), "digest")?;
                return Ok(digest);
            }
            check(Function::at(init).call([desc]), "init")?;
            for piece in &question.pieces {
                check(self.update.call([desc, of(piece), piece.len() as u64]), "update")?;
            }
            check(self.last.call([desc, to(&mut digest)]), "final")?;
        }
        Ok(digest)
    }
}

/// Asks each driver that there is, and compares; one there has to be.
fn ask(
    bench: &Bench,
    drivers: &[&str],
    questions: &[Question<'_>],
    oracle: impl Fn(&[u8], &[u8]) -> Vec<u8>,
) -> Result<(), Trouble> {
    let mut found = 0;
    for driver in drivers {
        let Some(answers) = digests(bench, driver, questions)? else { continue };
        found += 1;
        for (question, digest) in questions.iter().zip(answers) {
            let (key, message) = (question.key.unwrap_or_default(), question.pieces.concat());
            let told = || {
                let pieces = question.pieces.len();
                format!("{driver}: key of {}, {} bytes in {pieces} pieces", key.len(), message.len())
            };
            bench.same(digest, oracle(key, &message), told)?;
        }
    }
    if found > 0 { Ok(()) } else { Err(silent(format!("there is no {}", drivers.join(", no ")))) }
}

/// A check of an unkeyed hash, or one with a fixed key, against `oracle`: messages of every length, at once and in
/// pieces. Of several drivers those are asked that this processor has.
pub fn check(
    modules: &[&'static str],
    drivers: &'static [&'static str],
    key: Option<&'static [u8]>,
    against: &'static str,
    oracle: fn(&[u8]) -> Vec<u8>,
) -> Check {
    Check::new(modules, drivers.join(", "), against, move |bench| {
        let mut random = Random::new(drivers[0]);
        let messages: Vec<Vec<u8>> = lengths().map(|length| random.bytes(length)).collect();
        let mut questions = Vec::new();
        for message in &messages {
            questions.push(Question { key, pieces: vec![message] });
            questions.push(Question { key, pieces: random.pieces(message) });
        }
        ask(bench, drivers, &questions, |_, message| oracle(message))
    })
}

/// A check of a keyed hash: as [`check`], with a key of one of the lengths for every message.
pub fn check_keyed(
    modules: &[&'static str],
    driver: &'static str,
    keys: &'static [usize],
    against: &'static str,
    oracle: fn(&[u8], &[u8]) -> Vec<u8>,
) -> Check {
    Check::new(modules, driver, against, move |bench| {
        let mut random = Random::new(driver);
        let sizes = keys.iter().cycle();
        let messages: Vec<(Vec<u8>, Vec<u8>)> =
            lengths().zip(sizes).map(|(length, &size)| (random.bytes(size), random.bytes(length))).collect();
        let mut questions = Vec::new();
        for (key, message) in &messages {
            questions.push(Question { key: Some(key), pieces: vec![message] });
            questions.push(Question { key: Some(key), pieces: random.pieces(message) });
        }
        ask(bench, &[driver], &questions, oracle)
    })
}
