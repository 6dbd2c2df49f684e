//! A module's description as kmod prints it. That it is equal to kmod's for every module of Debian's is
//! what `oracles modinfo` shows; here are the corners.

#[path = "../../../labs/01-elf/tests/common/mod.rs"]
mod common;

use common::{hello, signed};
use elf::{ModinfoStyle, modinfo_text};
use proptest::prelude::*;

/// An element of DER; the contents must be shorter than 128 bytes, or 256 with `0x81`.
fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let contents = parts.concat();
    let length = contents.len() as u8;
    let header: &[u8] = if contents.len() < 128 { &[tag, length] } else { &[tag, 0x81, length] };
    [header, &contents].concat()
}

/// A PKCS#7 message as the kernel's sign-file writes it: one signer, no certificates.
fn message(digest: &[u8], signature: &[u8]) -> Vec<u8> {
    let version = der(2, &[&[1]]);
    let digest = der(0x30, &[&der(6, &[digest])]);
    let attribute = |kind: u8, value: &[u8]| {
        der(0x31, &[&der(0x30, &[&der(6, &[&[0x55, 4, kind]]), &der(0x0c, &[value])])])
    };
    let issuer =
        der(0x30, &[&attribute(10, b"Organisation"), &attribute(3, b"Build key"), &attribute(11, b"Unit")]);
    let certificate = der(0x30, &[&issuer, &der(2, &[&[0, 0xaa, 0xbb]])]);
    let rsa = der(0x30, &[&der(6, &[&[0x2a, 3]])]);
    let signer = der(0x30, &[&version, &certificate, &digest, &rsa, &der(4, &[signature])]);
    let data = der(0x30, &[&der(6, &[&[0x2a, 4]])]);
    let signed = der(0x30, &[&version, &der(0x31, &[&digest]), &data, &der(0x31, &[&signer])]);
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

#[test]
fn a_signature_that_cannot_be_read_is_left_out() {
    for blob in [&b"blob"[..], &message(SHA256, b"signature")[1..]] {
        assert!(!text(&signed(&hello().build(), blob), None, b'\n').contains("sig"));
    }
}

#[test]
fn a_module_for_another_machine_is_described_too() {
    let file = common::with(&hello().build(), common::header::MACHINE, &[183, 0]);
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
