//! A module's description as kmod prints it. That it is equal to kmod's for every module of Debian's is
//! what `oracles modinfo` shows; here are the corners.

use elf::{ModinfoStyle, Signer, modinfo_text};
use proptest::prelude::*;
use specimens::{hello, signed};

/// An element of DER, with as few bytes of length as will do.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = (contents.len() as u32).to_be_bytes();
    let zeroes = length.iter().take_while(|&&byte| byte == 0).count();
    let header: &[u8] = if contents.len() < 128 { &[] } else { &[0x80 + (4 - zeroes) as u8] };
    [&[tag], header, &length[zeroes.min(3)..], &contents].concat()
}

/// A PKCS#7 message as the kernel's sign-file writes it: one signer, no certificates.
fn message(digest: &[u8], signature: &[u8]) -> Vec<u8> {
    message_with(digest, signature, &[], &[])
}

/// A message with more elements behind the data, and behind the signer's digest.
fn message_with(digest: &[u8], signature: &[u8], behind_data: &[u8], behind_digest: &[u8]) -> Vec<u8> {
    let version = der(2, &[&[1]]);
    let digest = der(0x30, &[&der(6, &[digest])]);
    let attribute = |kind: u8, value: &[u8]| {
        der(0x31, &[&der(0x30, &[&der(6, &[&[0x55, 4, kind]]), &der(0x0c, &[value])])])
    };
    let issuer =
        der(0x30, &[&attribute(10, b"Organisation"), &attribute(3, b"Build key"), &attribute(11, b"Unit")]);
    let certificate = der(0x30, &[&issuer, &der(2, &[&[0, 0xaa, 0xbb]])]);
    let rsa = der(0x30, &[&der(6, &[&[0x2a, 3]])]);
    let signer = der(0x30, &[&version, &certificate, &digest, behind_digest, &rsa, &der(4, &[signature])]);
    let data = der(0x30, &[&der(6, &[&[0x2a, 4]])]);
    let signed = der(0x30, &[&version, &der(0x31, &[&digest]), &data, behind_data, &der(0x31, &[&signer])]);
    der(0x30, &[&der(6, &[&[0x2a, 5]]), &der(0xa0, &[&signed])])
}

const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];

fn text(file: &[u8], field: Option<&str>, end: u8) -> String {
    let text = modinfo_text("/lib/hello.ko", file, ModinfoStyle { field, end }).expect("it is an ELF file");
    String::from_utf8(text).expect("it is text")
}

/// The module with parameters, signed.
fn file(modinfo: &[u8]) -> Vec<u8> {
    let mut builder = hello();
    builder.named(".modinfo").data.extend_from_slice(modinfo);
    signed(&builder.build(), &message(SHA256, &[0x5a; 21]))
}

const PARAMETERS: &[u8] =
    b"parm=first:Described\0parmtype=first:int\0parmtype=second:bool\0parm=third:Without a type\0";

#[test]
fn strings_then_signature_then_parameters_the_last_one_first() {
    insta::assert_snapshot!(text(&file(PARAMETERS), None, b'\n'));
}

#[test]
fn a_field_is_printed_without_its_key() {
    let file = file(PARAMETERS);
    assert_eq!(text(&file, Some("license"), b'\n'), "GPL\n");
    assert_eq!(text(&file, Some("filename"), b'\n'), "/lib/hello.ko\n");
    assert_eq!(text(&file, Some("signer"), b'\n'), "Build key\n");
    assert_eq!(
        text(&file, Some("parm"), b'\n'),
        "third:Without a type\nsecond: (bool)\nfirst:Described (int)\n"
    );
    assert_eq!(text(&file, Some("nothing"), b'\n'), "");
}

#[test]
fn with_nul_at_the_end_of_each_line_keys_and_values_are_written_as_in_the_file() {
    let text = text(&file(PARAMETERS), None, 0);
    let lines: Vec<_> = text.split('\0').take(2).collect();
    assert_eq!(lines, ["filename:       /lib/hello.ko", "license=GPL"]);
}

#[test]
fn a_key_of_more_than_fifteen_letters_is_followed_by_its_value_at_once() {
    let text = text(&file(b"a_key_of_sixteen=x\0fifteen_letters=y\0"), None, b'\n');
    assert!(text.contains("\na_key_of_sixteen:x\nfifteen_letters:y\n"), "{text}");
}

#[test]
fn a_string_without_an_equals_sign_is_a_key_without_a_value() {
    let text = text(&file(b"odd\0"), None, b'\n');
    assert!(text.contains("\nodd:            \n"), "{text}");
}

#[test]
fn a_digest_that_openssl_does_not_name_is_printed_as_its_identifier() {
    let file = signed(&hello().build(), &message(&[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 99], b"signature"));
    assert_eq!(text(&file, Some("sig_hashalgo"), b'\n'), "2.16.840.1.101.3.4.2.99\n");
}

/// The digest that a message names by these bytes.
fn digest(identifier: &[u8]) -> Option<String> {
    Signer::of(&message(identifier, b"signature")).map(|signer| signer.digest)
}

#[test]
fn the_digests_that_openssl_names_have_its_names() {
    let nist = |last| [&SHA256[..8], &[last]].concat();
    for (identifier, name) in [
        (vec![0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 4], "md4"),
        (vec![0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5], "md5"),
        (vec![0x2b, 14, 3, 2, 26], "sha1"),
        (vec![0x2b, 36, 3, 2, 1], "ripemd160"),
        (nist(1), "sha256"),
        (nist(2), "sha384"),
        (nist(3), "sha512"),
        (nist(4), "sha224"),
        (nist(8), "sha3-256"),
        (nist(9), "sha3-384"),
        (nist(10), "sha3-512"),
        (vec![0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x11], "sm3"),
    ] {
        assert_eq!(digest(&identifier).as_deref(), Some(name), "{identifier:x?}");
    }
}

#[test]
fn the_first_number_of_an_identifier_holds_two() {
    for (identifier, dotted) in [
        (&[0x00][..], "0.0"),
        (&[0x27], "0.39"),
        (&[0x28], "1.0"),
        (&[0x4f, 7], "1.39.7"),
        (&[0x50], "2.0"),
        (&[0x81, 0x34], "2.100"),
    ] {
        assert_eq!(digest(identifier).as_deref(), Some(dotted), "{identifier:x?}");
    }
}

#[test]
fn an_identifier_that_is_cut_short_or_far_too_long_is_none() {
    let long = [&[0x2a][..], &[0xff; 10], &[0x7f]].concat();
    for identifier in [&[][..], &[0x2a, 0x86], &long] {
        assert_eq!(digest(identifier), None, "{identifier:x?}");
    }
}

#[test]
fn lengths_of_several_bytes_are_read() {
    for length in [127, 128, 255, 256, 300, 70_000, 1 << 24] {
        let message = message(SHA256, &vec![0x5a; length]);
        let signature = Signer::of(&message).map(|signer| signer.signature.len());
        assert_eq!(signature, Some(length));
    }
    assert_eq!(Signer::of(&[0x30, 0x80]), None, "an indefinite length is not DER");
    assert_eq!(Signer::of(&[0x30, 0x85, 0, 0, 0, 0, 0]), None, "five bytes of length are too many");
}

#[test]
fn certificates_revocation_lists_and_attributes_may_be_there() {
    let behind_data = [der(0xa0, &[b"certificates"]), der(0xa1, &[b"revocation lists"])].concat();
    let message = message_with(SHA256, b"signature", &behind_data, &der(0xa0, &[b"attributes"]));
    let signer = Signer::of(&message).expect("it is sound");
    assert_eq!(signer.issuer, "Build key");
    assert_eq!(signer.serial, [0xaa, 0xbb], "without leading zeroes");
    assert_eq!((signer.digest.as_str(), signer.signature), ("sha256", &b"signature"[..]));
}

#[test]
fn a_signature_that_cannot_be_read_is_left_out() {
    for blob in [&b"blob"[..], &message(SHA256, b"signature")[1..]] {
        assert!(!text(&signed(&hello().build(), blob), None, b'\n').contains("sig"));
    }
}

#[test]
fn a_module_for_another_machine_is_described_too() {
    let file = specimens::with(&hello().build(), specimens::header::MACHINE, &[183, 0]);
    assert_eq!(text(&file, Some("name"), b'\n'), "hello\n");
}

#[test]
fn what_is_no_elf_file_is_refused_in_the_kernels_words() {
    let refusal = modinfo_text("/x.ko", b"#!/bin/sh\n", ModinfoStyle::default()).expect_err("no ELF file");
    assert_eq!(refusal.message, "Invalid ELF header len 10");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_signature_makes_it_panic(
        at in any::<proptest::sample::Index>(), value: u8, length in any::<proptest::sample::Index>(),
    ) {
        let mut blob = message(SHA256, b"signature");
        let at = at.index(blob.len());
        blob[at] = value;
        blob.truncate(length.index(blob.len()) + 1);
        text_of_any(&signed(&hello().build(), &blob));
    }
}

fn text_of_any(file: &[u8]) {
    assert!(modinfo_text("/x.ko", file, ModinfoStyle::default()).is_ok());
}
