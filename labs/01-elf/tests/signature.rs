//! Cutting the signature off: kernel/module/signing.c and kernel/module_signature.c.

mod common;

use abi::Errno;
use common::{hello, signed, with};
use elf::split_signature;

/// Where the description begins in a signed file.
fn description(file: &[u8]) -> usize {
    file.len() - 28 - 12
}

fn errno_of(file: &[u8]) -> Errno {
    split_signature(file).expect_err("the kernel refuses this").errno
}

#[test]
fn an_unsigned_module_comes_back_whole() {
    let file = hello().build();
    assert_eq!(split_signature(&file), Ok((&file[..], None)));
}

#[test]
fn the_blob_its_description_and_the_marker_are_cut_off() {
    let (file, blob) = (hello().build(), [0x30; 681]);
    let signed = signed(&file, &blob);
    assert_eq!(signed.len(), file.len() + 721, "what a signature adds to each of Debian's modules");
    let (module, signature) = split_signature(&signed).expect("the signature is well formed");
    assert_eq!(module, file, "the kernel goes on with the ELF file alone");
    assert_eq!(signature.expect("there is one").blob, blob);
}

#[test]
fn a_marker_that_is_not_at_the_very_end_is_no_signature() {
    let mut file = signed(&hello().build(), b"blob");
    file.push(b'\n');
    assert_eq!(split_signature(&file), Ok((&file[..], None)));
}

#[test]
fn the_marker_alone_is_an_unsigned_file_because_nothing_is_before_it() {
    let marker = b"~Module signature appended~\n";
    assert_eq!(
        split_signature(marker),
        Ok((&marker[..], None)),
        "module_sig_check wants more than the marker"
    );
}

#[test]
fn a_marker_without_room_for_the_description_is_a_bad_message() {
    for before in 1..=12 {
        let file = [&vec![0; before][..], b"~Module signature appended~\n"].concat();
        assert_eq!(errno_of(&file), Errno::EBADMSG, "{before} bytes before the marker");
    }
}

#[test]
fn a_signature_must_be_shorter_than_the_file_it_signs() {
    let file = signed(&hello().build(), b"blob");
    let room = (description(&file)) as u32;
    for (length, sound) in [(room - 1, true), (room, false), (room + 1, false), (u32::MAX, false)] {
        let changed = with(&file, description(&file) + 8, &length.to_be_bytes());
        assert_eq!(
            split_signature(&changed).is_ok(),
            sound,
            "{length} bytes of signature, {room} bytes of file"
        );
    }
}

#[test]
fn the_length_is_big_endian_on_every_machine() {
    let file = signed(&[0x7f; 1000], &[0x30; 0x0102]);
    let (module, signature) = split_signature(&file).expect("it is well formed");
    assert_eq!((module.len(), signature.expect("there is one").blob.len()), (1000, 0x0102));
}

#[test]
fn every_other_field_of_the_description_must_be_zero() {
    let file = signed(&hello().build(), b"blob");
    for field in [0, 1, 3, 4, 5, 6, 7] {
        let changed = with(&file, description(&file) + field, &[1]);
        let refusal = split_signature(&changed).expect_err("mod_check_sig refuses this");
        assert_eq!(refusal.errno, Errno::EBADMSG, "byte {field} of struct module_signature");
        assert_eq!(refusal.message, "module: PKCS#7 signature info has unexpected non-zero params");
    }
}

#[test]
fn a_signature_of_another_kind_counts_as_none_and_the_kernel_says_why() {
    let file = signed(&hello().build(), b"blob");
    for id_type in [0, 1, 3, 255] {
        let changed = with(&file, description(&file) + 2, &[id_type]);
        let (module, signature) =
            split_signature(&changed).expect("ENOPKG is not fatal: module_sig_check goes on");
        assert_eq!(module.len(), file.len() - 28, "only the marker has been cut off by then");
        let complaint = signature.expect("it is there").complaint();
        assert_eq!(complaint, Some("module: not signed with expected PKCS#7 message"));
    }
}

#[test]
fn a_length_that_is_wrong_is_worse_than_a_kind_that_is_unknown() {
    let file = signed(&hello().build(), b"blob");
    let unknown = with(&file, description(&file) + 2, &[1]);
    let both = with(&unknown, description(&file) + 8, &u32::MAX.to_be_bytes());
    assert_eq!(errno_of(&both), Errno::EBADMSG, "mod_check_sig looks at the length first");
}
