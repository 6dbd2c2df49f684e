//! The crypto API with what vmlinux has built in: names, priorities, templates, errors.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use abi::Errno;
use common::boot;
use machine::services::{Cipher, Failure};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_hash_answers_to_its_name_and_to_its_drivers_name() {
    let machine = boot();
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    for name in ["sha256", "sha256-generic"] {
        assert_eq!(hex(&machine.crypto().digest(name, None, b"abc").unwrap()), expected);
    }
    assert_eq!(
        hex(&machine.crypto().digest("sha1", None, b"abc").unwrap()),
        "a9993e364706816aba3e25717850c26c9cd0d89d"
    );
}

#[test]
fn what_nobody_registers_is_not_there() {
    let machine = boot();
    for name in ["no-such-hash", "", "sha256(", "nosuch(sha256)", "hmac(nosuch)"] {
        let refused = machine.crypto().digest(name, None, b"");
        assert_eq!(refused, Err(Failure::Errno(Errno::ENOENT)), "{name}");
    }
    let refused = machine.crypto().cipher_block("sha256", &[0; 16], &[0; 16], false);
    assert_eq!(refused, Err(Failure::Errno(Errno::ENOENT)), "a hash is no cipher");
}

#[test]
fn a_template_is_applied_when_its_formula_is_asked_for() {
    let machine = boot();
    // RFC 4231, test case 2.
    let digest =
        machine.crypto().digest("hmac(sha256)", Some(b"Jefe"), b"what do ya want for nothing?").unwrap();
    assert_eq!(hex(&digest), "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    // Test case 6: a key longer than a block.
    let text = b"Test Using Larger Than Block-Size Key - Hash Key First";
    let digest = machine.crypto().digest("hmac(sha256)", Some(&[0xaa; 131]), text).unwrap();
    assert_eq!(hex(&digest), "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    let list = machine.crypto().list().unwrap();
    assert!(list.starts_with("name         : hmac(sha256)\ndriver       : hmac(sha256-generic)\n"), "{list}");
}

#[test]
fn a_hash_with_a_key_refuses_to_work_without_one() {
    let machine = boot();
    let refused = machine.crypto().digest("hmac(sha1)", None, b"data");
    assert_eq!(refused, Err(Failure::Errno(Errno::ENOKEY)));
}

#[test]
fn a_block_goes_through_aes_and_back() {
    let machine = boot();
    let key: Vec<u8> = (0..16).collect();
    let block: Vec<u8> = (0..16).map(|index| index * 0x11).collect();
    let encrypted = machine.crypto().cipher_block("aes", &key, &block, false).unwrap();
    assert_eq!(hex(&encrypted), "69c4e0d86a7b0430d8cdb78070b4c55a");
    assert_eq!(machine.crypto().cipher_block("aes-generic", &key, &encrypted, true).unwrap(), block);
    let refused = machine.crypto().cipher_block("aes", &[0; 15], &block, false);
    assert_eq!(refused, Err(Failure::Errno(Errno::EINVAL)), "a key of 15 bytes");
}

#[test]
fn a_message_in_pieces_is_encrypted_as_one_in_a_single_buffer() {
    let machine = boot();
    // NIST SP 800-38A, F.2.1, the first two blocks.
    let key =
        [0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c];
    let iv: Vec<u8> = (0..16).collect();
    let plain = [
        0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40, 0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11, 0x73, 0x93, 0x17, 0x2a, 0xae,
        0x2d, 0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c, 0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf, 0x8e, 0x51,
    ];
    for pieces in [0, 1, 5, 16, 17, 32] {
        let cipher = Cipher { key: &key, iv: &iv, decrypt: false, pieces };
        let encrypted = machine.crypto().skcipher("cbc(aes)", cipher, &plain).unwrap();
        assert_eq!(
            hex(&encrypted),
            "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
            "pieces of {pieces}"
        );
        let back =
            machine.crypto().skcipher("cbc(aes)", Cipher { decrypt: true, ..cipher }, &encrypted).unwrap();
        assert_eq!(back, plain, "pieces of {pieces}");
    }
}

#[test]
fn a_message_that_is_no_whole_number_of_blocks_is_refused() {
    let machine = boot();
    for (length, pieces) in [(15, 0), (17, 0), (17, 3)] {
        let cipher = Cipher { key: &[0; 16], iv: &[0; 16], decrypt: false, pieces };
        let refused = machine.crypto().skcipher("cbc(aes)", cipher, &vec![0; length]);
        assert_eq!(refused, Err(Failure::Errno(Errno::EINVAL)), "{length} bytes in pieces of {pieces}");
    }
}

#[test]
fn proc_crypto_says_what_there_is() {
    let machine = boot();
    let list = machine.crypto().list().unwrap();
    let aes = "name         : aes\ndriver       : aes-generic\nmodule       : kernel\npriority     : 100\nrefcnt       : 1\n\
        selftest     : passed\ninternal     : no\ntype         : cipher\nblocksize    : 16\nmin keysize  : 16\n\
        max keysize  : 32\n\n";
    assert!(list.ends_with(aes), "{list}");
}
