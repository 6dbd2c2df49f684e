//! Cutting the signature off, and with it whole files from their bytes to a `Module`, sound, damaged and hostile.

use elf::{Module, modinfo_text, split_signature};
use proptest::prelude::*;

use specimens::{self, hello, said, section, signed, with, with_section};

const MARKER: &[u8] = b"~Module signature appended~\n";

/// What comes with an EBADMSG of which the kernel's log says nothing.
const BAD_MESSAGE: &str = "EBADMSG: Bad message (the kernel prints nothing)";

/// Where the description begins in a signed file.
fn description(file: &[u8]) -> usize {
    file.len() - MARKER.len() - 12
}

/// How many bytes remain of a file, and how many are the signature's.
fn lengths(file: &[u8]) -> Result<(usize, Option<usize>), String> {
    split_signature(file)
        .map(|(module, signature)| (module.len(), signature.map(|signature| signature.blob.len())))
        .map_err(|refusal| refusal.to_string())
}

/// A signed module with one other byte in its description.
fn described(at: usize, value: u8) -> Vec<u8> {
    let file = signed(&hello().build(), b"blob");
    with(&file, description(&file) + at, &[value])
}

#[test]
fn an_unsigned_module_comes_back_whole() {
    let file = hello().build();
    assert_eq!(lengths(&file), Ok((file.len(), None)), "it does not end in the marker");
    assert_eq!(lengths(b""), Ok((0, None)), "nor does an empty file");
}

#[test]
fn the_blob_its_description_and_the_marker_are_cut_off() {
    let (file, blob) = (hello().build(), [0x30; 681]);
    let signed = signed(&file, &blob);
    assert_eq!(
        lengths(&signed),
        Ok((file.len(), Some(681))),
        "721 bytes less, as for each of Debian's modules"
    );
    let (module, signature) = split_signature(&signed).expect("the signature is well formed");
    assert_eq!(module, file, "the kernel goes on with the ELF file alone");
    let signature = signature.expect("there is one");
    assert_eq!(
        (signature.id_type, signature.blob),
        (2, &blob[..]),
        "PKCS#7, and the bytes before the description"
    );
}

#[test]
fn a_marker_that_is_not_at_the_very_end_is_no_signature() {
    let mut file = signed(&hello().build(), b"blob");
    file.push(b'\n');
    assert_eq!(lengths(&file), Ok((file.len(), None)), "one byte more, and memcmp finds no marker");
}

#[test]
fn the_marker_alone_is_an_unsigned_file_because_nothing_is_before_it() {
    assert_eq!(lengths(MARKER), Ok((28, None)), "module_sig_check wants more than the marker");
}

#[test]
fn a_marker_without_room_for_the_description_is_a_bad_message() {
    for before in 1..=12 {
        let file = [&vec![0; before][..], MARKER].concat();
        let expected = Err(BAD_MESSAGE.into());
        assert_eq!(
            lengths(&file),
            expected,
            "{before} bytes before the marker; mod_verify_sig wants over 12"
        );
    }
}

#[test]
fn a_signature_must_be_shorter_than_the_file_it_signs() {
    let file = signed(&hello().build(), b"blob");
    let room = description(&file);
    for length in [room, room + 1, u32::MAX as usize] {
        let changed = with(&file, room + 8, &(length as u32).to_be_bytes());
        let expected = Err(BAD_MESSAGE.into());
        assert_eq!(lengths(&changed), expected, "{length} bytes of signature in {room} bytes");
    }
    let all_but_one = with(&file, room + 8, &(room as u32 - 1).to_be_bytes());
    assert_eq!(lengths(&all_but_one), Ok((1, Some(room - 1))), "one byte remains: that will do here");
}

#[test]
fn the_length_is_big_endian_on_every_machine() {
    let file = signed(&[0x7f; 1000], &[0x30; 0x0102]);
    assert_eq!(lengths(&file), Ok((1000, Some(0x0102))), "be32_to_cpu: the most significant byte first");
}

#[test]
fn a_signature_may_be_empty() {
    assert_eq!(lengths(&signed(&[0x7f; 100], b"")), Ok((100, Some(0))), "nobody looks inside here");
}

#[test]
fn every_other_field_of_the_description_must_be_zero() {
    for field in [0, 1, 3, 4, 5, 6, 7] {
        let came = lengths(&described(field, 1));
        let expected = "EBADMSG: module: PKCS#7 signature info has unexpected non-zero params";
        assert_eq!(came, Err(expected.into()), "byte {field} of struct module_signature");
    }
}

#[test]
fn a_signature_of_another_kind_counts_as_none_and_the_kernel_says_why() {
    for id_type in [0, 1, 3, 255] {
        let file = described(2, id_type);
        let came = lengths(&file);
        let expected = Ok((file.len() - 28, Some(0)));
        assert_eq!(
            came, expected,
            "id_type {id_type}: only the marker has been cut off when the kernel gives up"
        );
        let (_, signature) = split_signature(&file).expect("ENOPKG is not fatal: module_sig_check goes on");
        let complaint = signature.and_then(|signature| signature.complaint());
        assert_eq!(
            complaint,
            Some("module: not signed with expected PKCS#7 message"),
            "and this is in the log"
        );
    }
}

#[test]
fn the_length_is_checked_before_the_kind_and_the_kind_before_the_other_fields() {
    let file = described(2, 1);
    let length = with(&file, description(&file) + 8, &u32::MAX.to_be_bytes());
    assert_eq!(lengths(&length), Err(BAD_MESSAGE.into()), "length and kind are wrong: the length is fatal");
    let other = with(&file, description(&file), &[1]);
    assert_eq!(
        lengths(&other),
        Ok((file.len() - 28, Some(0))),
        "kind and algo are wrong: ENOPKG comes first"
    );
}

// From here on whole files: every task of the lab is at work.

#[test]
fn a_module_signed_or_not_is_read_alike() {
    let file = hello().build();
    let signed = signed(&file, b"blob");
    let (plain, cut) = (Module::parse(&file).expect("sound"), Module::parse(&signed).expect("sound"));
    assert_eq!(cut.sections, plain.sections, "the kernel goes on with what the signature covers");
    assert_eq!(
        cut.signature.map(|signature| signature.blob),
        Some(&b"blob"[..]),
        "and keeps the signature apart"
    );
}

#[test]
fn a_modules_parts_are_all_at_hand() {
    let file = hello().build();
    let module = Module::parse(&file).expect("it is sound");
    assert_eq!(module.name.to_string(), "hello", "setup_load_info has found its name");
    assert_eq!(
        module.modinfo.get("vermagic").map(ToString::to_string),
        Some("6.1.0 SMP preempt ".into()),
        "modinfo"
    );
    let parts = (module.sections.len(), module.symbols.len(), module.relocation_tables().count());
    assert_eq!(parts, (11, 7, 2), "sections, symbols, tables of relocations");
}

#[test]
fn a_module_cut_off_anywhere_is_refused() {
    let file = hello().build();
    for length in 0..file.len() {
        let refusal = Module::parse(&file[..length]).expect_err("the section headers are at the end");
        assert_eq!(refusal.errno, abi::Errno::ENOEXEC, "{length} of {} bytes", file.len());
        read_all(&file[..length]);
    }
}

#[test]
fn what_6_1_believes_and_is_hurt_by_is_refused_by_a_rule_with_a_name() {
    let mut symbol = hello();
    symbol.symbol("beyond", specimens::FUNCTION, 1, 17, 0);
    let mut place = hello();
    place.named(".rela.text").data.extend(specimens::rela(13, specimens::R_X86_64_PLT32, 2, 0));
    for (rule, file) in [
        ("class", with(&hello().build(), specimens::header::CLASS, &[1])),
        ("section-name", with_section(&hello().build(), 2, section::NAME, &[0xff; 4])),
        ("alignment", with_section(&hello().build(), 1, section::ALIGN, &[24])),
        ("symbol-value", symbol.build()),
        ("relocation-place", place.build()),
    ] {
        let said = said(Module::parse(&file));
        let rule_named = said.split(": ").nth(1).unwrap_or_default();
        assert_eq!(
            rule_named,
            format!("stricter than Linux 6.1, {rule}"),
            "abi::Stricter says what it does to 6.1"
        );
    }
}

#[test]
fn every_byte_of_a_signed_module_may_be_wrong() {
    let file = signed(&hello().build(), &[0x30, 0x03, 0x02, 0x01, 0x00]);
    for at in 0..file.len() {
        let mut changed = file.clone();
        changed[at] ^= 1 << (at % 8);
        read_all(&changed);
    }
}

/// Reads everything that can be read of a file: an answer, never a panic.
fn read_all(file: &[u8]) {
    if let Ok(module) = Module::parse(file) {
        assert!(module.symbols.iter().all(|symbol| symbol.name.len() < file.len()));
        let entries = module.relocation_tables().flat_map(|table| table.entries());
        assert!(entries.count() < file.len());
        assert!(module.modinfo.iter().count() < file.len());
    }
    let text = modinfo_text("/x.ko", file, Default::default());
    assert!(text.is_err() || text.is_ok_and(|text| text.starts_with(b"filename:       /x.ko\n")));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_comes_back_whatever_it_is(file in proptest::collection::vec(any::<u8>(), 1..500), blob: Vec<u8>) {
        prop_assert_eq!(lengths(&signed(&file, &blob)), Ok((file.len(), Some(blob.len()))));
    }

    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 64..2000)) {
        read_all(&bytes);
    }

    #[test]
    fn several_wrong_bytes_do_not_make_it_panic(
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let mut file = signed(&hello().build(), &[0x30, 0x03, 0x02, 0x01, 0x00]);
        for (at, value) in changes {
            let at = at.index(file.len());
            file[at] = value;
        }
        read_all(&file);
    }

    #[test]
    fn wrong_section_headers_do_not_make_it_panic(
        number in 0usize..11, field in 0usize..8, value in prop_oneof![any::<u64>(), 0u64..5000],
    ) {
        let fields = [
            section::NAME, section::TYPE, section::FLAGS, section::OFFSET,
            section::SIZE, section::LINK, section::INFO, section::ALIGN,
        ];
        let width = if [0, 1, 5, 6].contains(&field) { 4 } else { 8 };
        let value = value.to_le_bytes();
        read_all(&with_section(&hello().build(), number, fields[field], &value[..width]));
    }
}
