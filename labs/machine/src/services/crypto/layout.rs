//! The crypto API's structures as modules lay them out. Linux: include/linux/crypto.h, include/crypto/.
//!
//! Pointers and functions are `u64`; the fields have the kernel's names. Their places are proved below against
//! `abi::offsets`, and those against the kernel's own type information.

use std::mem::offset_of;

use abi::offsets;

/// CRYPTO_MAX_ALG_NAME: the room for a name with its NUL.
pub const MAX_ALG_NAME: usize = 128;

/// `struct crypto_alg`: what every kind of algorithm contains.
#[repr(C)]
pub struct Alg {
    pub list: [u64; 2],
    pub users: [u64; 2],
    pub flags: u32,
    pub blocksize: u32,
    pub ctxsize: u32,
    pub alignmask: u32,
    pub priority: i32,
    pub refcnt: u32,
    pub name: [u8; MAX_ALG_NAME],
    pub driver_name: [u8; MAX_ALG_NAME],
    /// The `struct crypto_type`; 0 for plain ciphers and compressors.
    pub kind: u64,
    /// What a plain cipher is; a plain compressor has its two functions where the key sizes and setkey are.
    pub cipher: CipherAlg,
    pub init: u64,
    pub exit: u64,
    pub destroy: u64,
    pub module: u64,
}

/// `struct cipher_alg`.
#[repr(C)]
#[derive(Default)]
pub struct CipherAlg {
    pub min_keysize: u32,
    pub max_keysize: u32,
    pub setkey: u64,
    pub encrypt: u64,
    pub decrypt: u64,
}

/// `struct compress_alg`, in the place of [`CipherAlg`].
#[repr(C)]
pub struct CompressAlg {
    pub compress: u64,
    pub decompress: u64,
}

/// `struct shash_alg`.
#[repr(C)]
pub struct ShashAlg {
    pub init: u64,
    pub update: u64,
    pub final_: u64,
    pub finup: u64,
    pub digest: u64,
    pub export: u64,
    pub import: u64,
    pub setkey: u64,
    pub init_tfm: u64,
    pub exit_tfm: u64,
    pub descsize: u32,
    pub _hole: u32,
    pub digestsize: u32,
    pub statesize: u32,
    pub base: Alg,
}

/// `struct ahash_alg`; also what `struct crypto_ahash` begins with.
#[repr(C)]
pub struct AhashAlg {
    pub functions: AhashFunctions,
    pub init_tfm: u64,
    pub exit_tfm: u64,
    pub digestsize: u32,
    pub statesize: u32,
    pub base: Alg,
}

/// The functions of an asynchronous hash.
#[repr(C)]
#[derive(Clone, Copy, Default)]
pub struct AhashFunctions {
    pub init: u64,
    pub update: u64,
    pub final_: u64,
    pub finup: u64,
    pub digest: u64,
    pub export: u64,
    pub import: u64,
    pub setkey: u64,
}

/// `struct skcipher_alg`.
#[repr(C)]
pub struct SkcipherAlg {
    pub setkey: u64,
    pub encrypt: u64,
    pub decrypt: u64,
    pub init: u64,
    pub exit: u64,
    pub min_keysize: u32,
    pub max_keysize: u32,
    pub ivsize: u32,
    pub chunksize: u32,
    pub walksize: u32,
    pub base: Alg,
}

/// `struct aead_alg`.
#[repr(C)]
pub struct AeadAlg {
    pub setkey: u64,
    pub setauthsize: u64,
    pub encrypt: u64,
    pub decrypt: u64,
    pub init: u64,
    pub exit: u64,
    pub ivsize: u32,
    pub maxauthsize: u32,
    pub chunksize: u32,
    pub base: Alg,
}

/// `struct rng_alg`.
#[repr(C)]
pub struct RngAlg {
    pub generate: u64,
    pub seed: u64,
    pub set_ent: u64,
    pub seedsize: u32,
    pub base: Alg,
}

/// `struct akcipher_alg`.
#[repr(C)]
pub struct AkcipherAlg {
    pub sign: u64,
    pub verify: u64,
    pub encrypt: u64,
    pub decrypt: u64,
    pub set_pub_key: u64,
    pub set_priv_key: u64,
    pub max_size: u64,
    pub init: u64,
    pub exit: u64,
    pub reqsize: u32,
    pub base: Alg,
}

/// `struct kpp_alg`.
#[repr(C)]
pub struct KppAlg {
    pub set_secret: u64,
    pub generate_public_key: u64,
    pub compute_shared_secret: u64,
    pub max_size: u64,
    pub init: u64,
    pub exit: u64,
    pub reqsize: u32,
    pub base: Alg,
}

/// `struct scomp_alg`.
#[repr(C)]
pub struct ScompAlg {
    pub alloc_ctx: u64,
    pub free_ctx: u64,
    pub compress: u64,
    pub decompress: u64,
    pub base: Alg,
}

/// `struct crypto_tfm`: an algorithm with a key, ready for use. The context follows.
#[repr(C)]
pub struct Tfm {
    pub refcnt: u32,
    pub crt_flags: u32,
    pub node: i32,
    pub exit: u64,
    pub alg: *mut Alg,
}

/// `struct crypto_shash` and `struct crypto_skcipher`: a size, and the tfm.
#[repr(C)]
pub struct SizedTfm {
    /// `descsize` of a hash, `reqsize` of a cipher.
    pub size: u32,
    pub base: Tfm,
}

/// `struct crypto_aead`.
#[repr(C)]
pub struct Aead {
    pub authsize: u32,
    pub reqsize: u32,
    pub base: Tfm,
}

/// `struct crypto_ahash`.
#[repr(C)]
pub struct Ahash {
    pub functions: AhashFunctions,
    pub reqsize: u32,
    pub base: Tfm,
}

/// `struct shash_desc`: a digest on its way. The state follows.
#[repr(C)]
pub struct ShashDesc {
    pub tfm: *mut SizedTfm,
}

/// `struct crypto_async_request`.
#[repr(C)]
pub struct Request {
    pub list: [u64; 2],
    pub complete: u64,
    pub data: u64,
    pub tfm: *mut Tfm,
    pub flags: u32,
}

/// `struct skcipher_request`.
#[repr(C)]
pub struct SkcipherRequest {
    pub cryptlen: u32,
    pub iv: u64,
    pub src: u64,
    pub dst: u64,
    pub base: Request,
}

/// `struct aead_request`.
#[repr(C)]
pub struct AeadRequest {
    pub base: Request,
    pub assoclen: u32,
    pub cryptlen: u32,
    pub iv: u64,
    pub src: u64,
    pub dst: u64,
}

/// `struct ahash_request`.
#[repr(C)]
pub struct AhashRequest {
    pub base: Request,
    pub nbytes: u32,
    pub src: u64,
    pub result: u64,
    pub private: u64,
}

/// `struct kpp_request`.
#[repr(C)]
pub struct KppRequest {
    pub base: Request,
    pub src: u64,
    pub dst: u64,
    pub src_len: u32,
    pub dst_len: u32,
}

/// `struct crypto_template`.
#[repr(C)]
pub struct Template {
    pub list: [u64; 2],
    pub instances: u64,
    pub module: u64,
    pub create: u64,
    pub name: [u8; MAX_ALG_NAME],
}

/// `struct crypto_instance`: an algorithm that a template made. The template's context follows.
#[repr(C)]
pub struct Instance {
    pub alg: Alg,
    pub tmpl: u64,
    /// A list node once it is registered; before that the first of its spawns.
    pub spawns: [u64; 2],
    pub free_work: [u64; 4],
}

/// `struct crypto_spawn`: an instance's hold on the algorithm below it.
#[repr(C)]
pub struct Spawn {
    pub list: [u64; 2],
    pub alg: *mut Alg,
    pub inst: u64,
    pub frontend: u64,
    pub mask: u32,
    pub dead: bool,
    pub registered: bool,
}

/// `struct crypto_type`.
#[repr(C)]
pub struct Type {
    pub functions: [u64; 7],
    pub kind: u32,
    pub maskclear: u32,
    pub maskset: u32,
    pub tfmsize: u32,
}

macro_rules! prove {
    ($($type:ident = $module:ident { $($field:ident: $offset:ident),* })*) => {
        $(const _: () = {
            assert!(size_of::<$type>() == offsets::$module::SIZE);
            $(assert!(offset_of!($type, $field) == offsets::$module::$offset);)*
        };)*
    };
}

prove! {
    Alg = crypto_alg { flags: FLAGS, blocksize: BLOCKSIZE, ctxsize: CTXSIZE, name: NAME, driver_name: DRIVER_NAME,
        cipher: UNION, init: INIT, module: MODULE, refcnt: REFCNT, kind: TYPE, priority: PRIORITY }
    CipherAlg = cipher_alg { setkey: SETKEY, encrypt: ENCRYPT, decrypt: DECRYPT }
    ShashAlg = shash_alg { digest: DIGEST, setkey: SETKEY, descsize: DESCSIZE, digestsize: DIGESTSIZE, base: BASE }
    AhashAlg = ahash_alg { functions: INIT, base: BASE }
    SkcipherAlg = skcipher_alg { encrypt: ENCRYPT, min_keysize: MIN_KEYSIZE, ivsize: IVSIZE, walksize: WALKSIZE, base: BASE }
    AeadAlg = aead_alg { encrypt: ENCRYPT, ivsize: IVSIZE, maxauthsize: MAXAUTHSIZE, base: BASE }
    RngAlg = rng_alg { seedsize: SEEDSIZE, base: BASE }
    AkcipherAlg = akcipher_alg { init: INIT, base: BASE }
    KppAlg = kpp_alg { init: INIT, base: BASE }
    ScompAlg = scomp_alg { compress: COMPRESS, base: BASE }
    Tfm = crypto_tfm { crt_flags: FLAGS, exit: EXIT, alg: ALG }
    SizedTfm = crypto_shash { base: BASE }
    Aead = crypto_aead { base: BASE }
    Ahash = crypto_ahash { reqsize: REQSIZE, base: BASE }
    ShashDesc = shash_desc { tfm: TFM }
    Request = crypto_async_request { complete: COMPLETE, tfm: TFM, flags: FLAGS }
    SkcipherRequest = skcipher_request { iv: IV, src: SRC, dst: DST, base: BASE }
    AeadRequest = aead_request { assoclen: ASSOCLEN, iv: IV, src: SRC, dst: DST }
    AhashRequest = ahash_request { nbytes: NBYTES, src: SRC, result: RESULT }
    KppRequest = kpp_request { src: SRC, dst: DST, src_len: SRC_LEN }
    Template = crypto_template { module: MODULE, create: CREATE, name: NAME }
    Instance = crypto_instance { tmpl: TMPL }
    Spawn = crypto_spawn { alg: ALG, frontend: FRONTEND, dead: DEAD }
    Type = crypto_type { kind: TYPE, tfmsize: TFMSIZE }
}

impl Alg {
    /// The name up to its NUL.
    pub fn text(name: &[u8; MAX_ALG_NAME]) -> &[u8] {
        name.split(|&byte| byte == 0).next().unwrap_or_default()
    }

    /// Room for a name: cut, and with a NUL behind it.
    pub fn name_of(text: &[u8]) -> [u8; MAX_ALG_NAME] {
        let mut name = [0; MAX_ALG_NAME];
        for (place, byte) in name.iter_mut().take(MAX_ALG_NAME - 1).zip(text) {
            *place = *byte;
        }
        name
    }
}

impl Tfm {
    /// Where the context lies.
    pub fn ctx(tfm: *mut Tfm) -> u64 {
        tfm as u64 + size_of::<Tfm>() as u64
    }
}

impl ShashAlg {
    /// An algorithm without any function yet.
    pub fn new(base: Alg) -> ShashAlg {
        ShashAlg {
            init: 0,
            update: 0,
            final_: 0,
            finup: 0,
            digest: 0,
            export: 0,
            import: 0,
            setkey: 0,
            init_tfm: 0,
            exit_tfm: 0,
            descsize: 0,
            _hole: 0,
            digestsize: 0,
            statesize: 0,
            base,
        }
    }
}
