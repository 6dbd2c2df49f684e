//! Block ciphers of independent crates, under one roof: a key, and blocks in place.

use cipher::{BlockCipherDecrypt, BlockCipherEncrypt, BlockSizeUser, KeyInit};

/// What is done to a block in place.
type OnBlock = Box<dyn Fn(&mut [u8])>;

/// A cipher with a key.
pub struct Keyed {
    /// Bytes in a block.
    pub size: usize,
    encrypt: OnBlock,
    decrypt: OnBlock,
}

impl Keyed {
    /// The cipher that the kernel calls `name`; `None` where no crate has it, or not for such keys.
    pub fn new(name: &str, key: &[u8]) -> Option<Keyed> {
        match (name, key.len()) {
            ("aes", 16) => keyed::<aes::Aes128>(key),
            ("aes", 24) => keyed::<aes::Aes192>(key),
            ("aes", 32) => keyed::<aes::Aes256>(key),
            ("blowfish", _) => keyed::<blowfish::Blowfish>(key),
            ("camellia", 16) => keyed::<camellia::Camellia128>(key),
            ("camellia", 24) => keyed::<camellia::Camellia192>(key),
            ("camellia", 32) => keyed::<camellia::Camellia256>(key),
            ("cast5", _) => keyed::<cast5::Cast5>(key),
            ("cast6", _) => keyed::<cast6::Cast6>(key),
            ("des", _) => keyed::<des::Des>(key),
            ("des3_ede", _) => keyed::<des::TdesEde3>(key),
            ("serpent", _) => keyed::<serpent::Serpent>(key),
            ("twofish", _) => keyed::<twofish::Twofish>(key),
            _ => None,
        }
    }

    /// Encrypts a block.
    pub fn encrypt(&self, block: &mut [u8]) {
        (self.encrypt)(block);
    }

    /// Decrypts a block.
    pub fn decrypt(&self, block: &mut [u8]) {
        (self.decrypt)(block);
    }

    /// A block, encrypted.
    pub fn sealed(&self, block: &[u8]) -> Vec<u8> {
        let mut block = block.to_vec();
        self.encrypt(&mut block);
        block
    }
}

fn keyed<C>(key: &[u8]) -> Option<Keyed>
where
    C: BlockCipherEncrypt + BlockCipherDecrypt + BlockSizeUser + KeyInit + Clone + 'static,
{
    let cipher = C::new_from_slice(key).ok()?;
    let other = cipher.clone();
    let encrypt = move |block: &mut [u8]| {
        if let Ok(block) = block.try_into() {
            cipher.encrypt_block(block);
        }
    };
    let decrypt = move |block: &mut [u8]| {
        if let Ok(block) = block.try_into() {
            other.decrypt_block(block);
        }
    };
    Some(Keyed { size: C::block_size(), encrypt: Box::new(encrypt), decrypt: Box::new(decrypt) })
}
