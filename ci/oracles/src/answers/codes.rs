//! Error-correcting codes: bch and reed_solomon. Whatever they write has to be a word of the code, which is proved by
//! evaluating it as a polynomial at the code's roots; and the errors that are put into it have to be found.

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    function::{Function, of, to},
    inputs::Random,
};

/// All of them.
pub fn checks() -> Vec<Check> {
    vec![
        Check::new(&["bch"], "bch_encode(), bch_decode()", "the code's definition in own GF(2^m)", bch),
        Check::new(&["reed_solomon"], "encode_rs8() and repairs", "crate reed-solomon", rs_as_the_crate),
        Check::new(
            &["reed_solomon"],
            "encode_rs8(), decode_rs8(), decode_rs16()",
            "the code's definition in own GF(2^m)",
            |bench| {
                rs(bench, Code { bits: 8, polynomial: 0x187, first: 112, step: 11, roots: 32 })?;
                rs(bench, Code { bits: 8, polynomial: 0x11d, first: 1, step: 1, roots: 10 })?;
                rs(bench, Code { bits: 5, polynomial: 0x25, first: 0, step: 1, roots: 6 })?;
                rs(bench, Code { bits: 10, polynomial: 0x409, first: 0, step: 1, roots: 8 })
            },
        ),
    ]
}

/// GF(2^m), multiplied bit by bit.
#[derive(Clone, Copy)]
struct Field {
    bits: u32,
    polynomial: u32,
}

impl Field {
    fn times(self, mut a: u32, b: u32) -> u32 {
        let mut product = 0;
        for bit in 0..self.bits {
            if b >> bit & 1 == 1 {
                product ^= a;
            }
            a <<= 1;
            if a >> self.bits & 1 == 1 {
                a ^= self.polynomial;
            }
        }
        product
    }

    /// The primitive element, x, to the `exponent`.
    fn power(self, exponent: u32) -> u32 {
        (0..exponent % ((1 << self.bits) - 1)).fold(1, |power, _| self.times(power, 2))
    }

    /// The polynomial with these coefficients, the highest first, at `x`.
    fn evaluate(self, coefficients: impl Iterator<Item = u32>, x: u32) -> u32 {
        coefficients.fold(0, |value, coefficient| self.times(value, x) ^ coefficient)
    }
}

fn bch(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("bch");
    for (m, polynomial, t, length) in [
        (5, 0x25, 2, 2),
        (8, 0x11d, 5, 20),
        (10, 0x409, 4, 100),
        (13, 0x201b, 4, 512),
        (13, 0x201b, 8, 512),
        (13, 0x201b, 24, 700),
        (14, 0x402b, 16, 1024),
    ] {
        bch_code(bench, &mut random, Field { bits: m, polynomial }, t, length)?;
    }
    Ok(())
}

fn bch_code(bench: &Bench, random: &mut Random, field: Field, t: u32, length: usize) -> Result<(), Trouble> {
    let [init, encode] = [bench.function("bch_init")?, bench.function("bch_encode")?];
    let [decode, free] = [bench.function("bch_decode")?, bench.function("bch_free")?];
    // SAFETY: struct bch_control *bch_init(int m, int t, unsigned int prim_poly, bool swap_bits); its members begin with
    // m, n, t, ecc_bits, ecc_bytes.
    let (control, [_, _, _, bits, bytes]) = bench.task(|| unsafe {
        let control = init.call([field.bits.into(), t.into(), field.polynomial.into(), 0]);
        (control, if control == 0 { [0; 5] } else { (control as *const [u32; 5]).read() })
    })?;
    if control == 0 || bits > field.bits * t {
        return Err(silent(format!("bch_init({}, {t}) is {control:#x}, with {bits} bits", field.bits)));
    }
    for round in 0..12 {
        let data = random.bytes(length);
        let mut ecc = vec![0; bytes as usize];
        // SAFETY: void bch_encode(struct bch_control *bch, const uint8_t *data, unsigned int len, uint8_t *ecc)
        bench.task(|| unsafe { encode.call([control, of(&data), length as u64, to(&mut ecc)]) })?;
        let word = [data.as_slice(), &ecc].concat();
        let total = length * 8 + bits as usize;
        for root in 1..=2 * t {
            let coefficients = (0..total).map(|bit| u32::from(word[bit / 8] >> (7 - bit % 8) & 1));
            let value = field.evaluate(coefficients, field.power(root));
            bench.same(value, 0, || format!("m {}, t {t}: the word at root {root}", field.bits))?;
        }
        let count = if round == 0 { 0 } else { 1 + random.below(t as usize) };
        let mut flipped: Vec<u32> = Vec::new();
        while flipped.len() < count {
            // In the kernel's numbers: bit 0 is the lowest of the first byte, and only bits of the word can be wrong.
            let bit = random.below(total);
            let number = (bit / 8 * 8 + 7 - bit % 8) as u32;
            if !flipped.contains(&number) {
                flipped.push(number);
            }
        }
        let mut bad = word.clone();
        flipped.iter().for_each(|&bit| bad[bit as usize / 8] ^= 1 << (bit % 8));
        let mut found = vec![0u32; t as usize];
        // SAFETY: int bch_decode(struct bch_control *bch, const uint8_t *data, unsigned int len, const uint8_t *recv_ecc,
        // const uint8_t *calc_ecc, const unsigned int *syn, unsigned int *errloc)
        let result = bench.task(|| unsafe {
            let (data, ecc) = bad.split_at(length);
            decode.call_with_stack([
                control,
                of(data),
                length as u64,
                of(ecc),
                0,
                0,
                found.as_mut_ptr() as u64,
            ]) as i32
        })?;
        bench.same(result, count as i32, || format!("m {}, t {t}: {count} errors", field.bits))?;
        found.truncate(count);
        found.sort_unstable();
        flipped.sort_unstable();
        bench.same(found, flipped, || format!("m {}, t {t}: where {count} errors are", field.bits))?;
    }
    // SAFETY: void bch_free(struct bch_control *bch)
    bench.task(|| unsafe { free.call([control]) })?;
    Ok(())
}

/// The parameters of init_rs_gfp().
#[derive(Clone, Copy)]
struct Code {
    bits: u32,
    polynomial: u32,
    first: u32,
    step: u32,
    roots: usize,
}

/// A codec of the module.
struct Codec {
    control: u64,
    encode: Function,
    decode8: Function,
    decode16: Function,
}

impl Codec {
    fn new(bench: &Bench, code: Code) -> Result<Codec, Trouble> {
        let init = bench.function("init_rs_gfp")?;
        // SAFETY: struct rs_control *init_rs_gfp(int symsize, int gfpoly, int fcr, int prim, int nroots, gfp_t gfp), with
        // GFP_KERNEL
        let control = bench.task(|| unsafe {
            let [bits, polynomial] = [code.bits.into(), code.polynomial.into()];
            init.call([bits, polynomial, code.first.into(), code.step.into(), code.roots as u64, 0xcc0])
        })?;
        if control == 0 {
            return Err(silent("init_rs_gfp() returned NULL"));
        }
        let (encode, decode8) = (bench.function("encode_rs8")?, bench.function("decode_rs8")?);
        Ok(Codec { control, encode, decode8, decode16: bench.function("decode_rs16")? })
    }

    fn encode(&self, bench: &Bench, data: &[u8], roots: usize) -> Result<Vec<u16>, Trouble> {
        let mut parity = vec![0u16; roots];
        // SAFETY: int encode_rs8(struct rs_control *rs, uint8_t *data, int len, uint16_t *par, uint16_t invmsk)
        bench.task(|| unsafe {
            self.encode.call([self.control, of(data), data.len() as u64, parity.as_mut_ptr() as u64, 0])
        })?;
        Ok(parity)
    }

    /// Repairs data and parity in place; the number of errors.
    fn decode8(
        &self,
        bench: &Bench,
        data: &mut [u8],
        parity: &mut [u16],
        lost: &mut Vec<i32>,
    ) -> Result<i32, Trouble> {
        let (erasures, count) = with_room(lost, parity.len());
        // SAFETY: int decode_rs8(struct rs_control *rs, uint8_t *data, uint16_t *par, int len, uint16_t *s, int no_eras,
        // int *eras_pos, uint16_t invmsk, uint16_t *corr): where there is no `corr`, data and parity are repaired.
        bench.task(|| unsafe {
            let (length, parity) = (data.len() as u64, parity.as_mut_ptr() as u64);
            self.decode8.call_with_stack([self.control, to(data), parity, length, 0, count, erasures, 0, 0])
                as i32
        })
    }

    /// The same with symbols of up to 15 bits.
    fn decode16(
        &self,
        bench: &Bench,
        data: &mut [u16],
        parity: &mut [u16],
        lost: &mut Vec<i32>,
    ) -> Result<i32, Trouble> {
        let (erasures, count) = with_room(lost, parity.len());
        // SAFETY: as decode_rs8(), with uint16_t data
        bench.task(|| unsafe {
            let (length, pointer) = (data.len() as u64, data.as_mut_ptr() as u64);
            let parity = parity.as_mut_ptr() as u64;
            self.decode16.call_with_stack([self.control, pointer, parity, length, 0, count, erasures, 0, 0])
                as i32
        })
    }
}

/// The list of erasures, in which the decoder also writes where the errors were; and how many there are.
fn with_room(lost: &mut Vec<i32>, roots: usize) -> (u64, u64) {
    let count = lost.len() as u64;
    lost.resize(roots.max(lost.len()), 0);
    (lost.as_mut_ptr() as u64, count)
}

fn rs_as_the_crate(bench: &Bench) -> Result<(), Trouble> {
    let mut random = Random::new("crate");
    for roots in [4, 10, 32] {
        let codec = Codec::new(bench, Code { bits: 8, polynomial: 0x11d, first: 0, step: 1, roots })?;
        let encoder = reed_solomon::Encoder::new(roots);
        for length in (1..=255 - roots).step_by(7) {
            let data = random.bytes(length);
            let parity = codec.encode(bench, &data, roots)?;
            let expected: Vec<u16> = encoder.encode(&data).ecc().iter().map(|&byte| byte.into()).collect();
            bench.same(&parity, &expected, || format!("{roots} parity symbols of {length} bytes"))?;
            let (mut bad, mut bad_parity) = (data.clone(), parity.clone());
            for _ in 0..roots / 2 {
                bad[random.below(length)] = random.next() as u8;
            }
            let result = codec.decode8(bench, &mut bad, &mut bad_parity, &mut Vec::new())?;
            bench.same((result >= 0, bad), (true, data), || {
                format!("{length} bytes with {} errors", roots / 2)
            })?;
        }
    }
    Ok(())
}

fn rs(bench: &Bench, code: Code) -> Result<(), Trouble> {
    let codec = Codec::new(bench, code)?;
    let field = Field { bits: code.bits, polynomial: code.polynomial };
    let mut random = Random::new("rs");
    let longest = (1 << code.bits) - 1 - code.roots;
    for round in 0..60 {
        let length = 1 + random.below(longest.min(400));
        // What encode_rs8() takes has eight bits at most, whatever the symbols' size; that is a word of the code too.
        let mask = ((1u32 << code.bits.min(8)) - 1) as u8;
        let data: Vec<u8> = random.bytes(length).iter().map(|byte| byte & mask).collect();
        let parity = codec.encode(bench, &data, code.roots)?;
        let word =
            || data.iter().map(|&byte| u32::from(byte)).chain(parity.iter().map(|&symbol| symbol.into()));
        for root in 0..code.roots as u32 {
            let at = field.power((code.first + root) * code.step);
            bench.same(field.evaluate(word(), at), 0, || format!("{length} symbols at root {root}"))?;
        }
        let erased = random.below(code.roots + 1).min(length);
        let errors = ((code.roots - erased) / 2).min(length - erased);
        let mut places: Vec<usize> = (0..length).collect();
        let bad: Vec<usize> =
            (0..erased + errors).map(|_| places.swap_remove(random.below(places.len()))).collect();
        let mut lost: Vec<i32> = bad.iter().take(erased).map(|&place| place as i32).collect();
        let noise = |symbol: u16, random: &mut Random| symbol ^ (1 + random.below(mask.into())) as u16;
        let mut wide: Vec<u16> = data.iter().map(|&byte| byte.into()).collect();
        bad.iter().for_each(|&place| wide[place] = noise(wide[place], &mut random));
        let (mut parity, told) =
            (parity.clone(), || format!("{length} symbols with {errors} errors and {erased} erasures"));
        let (result, repaired): (i32, Vec<u8>) = if round % 2 == 0 && code.bits <= 8 {
            let mut narrow: Vec<u8> = wide.iter().map(|&symbol| symbol as u8).collect();
            (codec.decode8(bench, &mut narrow, &mut parity, &mut lost)?, narrow)
        } else {
            let result = codec.decode16(bench, &mut wide, &mut parity, &mut lost)?;
            (result, wide.iter().map(|&symbol| symbol as u8).collect())
        };
        bench.same((result >= 0, repaired), (true, data), told)?;
    }
    Ok(())
}
