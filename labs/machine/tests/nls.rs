//! Character sets: registered tables, the default one, UTF-8 and UTF-16.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use abi::{Errno, offsets::nls_table};
use common::{boot, export, function};
use machine::Machine;
use machine::services::Failure;

/// A set in which every character is its number and one more, and which knows nothing beyond 9.
struct Shifted([u64; nls_table::SIZE / 8]);

impl Shifted {
    fn new(charset: &'static [u8]) -> Shifted {
        let mut table = Shifted([0; nls_table::SIZE / 8]);
        table.0[nls_table::CHARSET / 8] = charset.as_ptr() as u64;
        table.0[nls_table::UNI2CHAR / 8] = function(uni2char as *const ());
        table.0[nls_table::CHAR2UNI / 8] = function(char2uni as *const ());
        table
    }

    fn register(&self, machine: &Machine) -> i32 {
        let address = self.0.as_ptr() as u64;
        machine.run(0, "insmod", || export("__register_nls", &[address, 0])).unwrap() as i32
    }

    fn unregister(&self, machine: &Machine) -> i32 {
        let address = self.0.as_ptr() as u64;
        machine.run(0, "rmmod", || export("unregister_nls", &[address])).unwrap() as i32
    }
}

unsafe extern "C" fn uni2char(character: u16, out: *mut u8, _room: i32) -> i32 {
    if character > 9 {
        return Errno::EINVAL.to_return() as i32;
    }
    // SAFETY: called as nls_table.uni2char, with room for a byte.
    unsafe { *out = character as u8 + 1 };
    1
}

unsafe extern "C" fn char2uni(raw: *const u8, _length: i32, character: *mut u16) -> i32 {
    // SAFETY: called as nls_table.char2uni.
    unsafe { *character = u16::from(*raw) - 1 };
    1
}

#[test]
fn a_registered_set_converts_and_an_unregistered_one_is_gone() {
    let machine = boot();
    let table = Shifted::new(b"shifted\0");
    assert_eq!(table.register(&machine), 0);
    assert_eq!(machine.nls().list(), ["shifted"]);
    assert_eq!(machine.nls().uni2char("shifted", 7), Ok(vec![8]));
    assert_eq!(machine.nls().char2uni("shifted", &[8]), Ok((7, 1)));
    assert_eq!(machine.nls().uni2char("shifted", 10), Err(Failure::Errno(Errno::EINVAL)));
    assert_eq!(table.unregister(&machine), 0);
    assert_eq!(machine.nls().uni2char("shifted", 7), Err(Failure::Errno(Errno::ENOENT)));
    assert_eq!(table.unregister(&machine), Errno::EINVAL.to_return() as i32, "it is not there");
}

#[test]
fn a_table_is_registered_only_once() {
    let machine = boot();
    let (first, second) = (Shifted::new(b"first\0"), Shifted::new(b"second\0"));
    let busy = Errno::EBUSY.to_return() as i32;
    assert_eq!((first.register(&machine), first.register(&machine)), (0, busy));
    assert_eq!((second.register(&machine), second.register(&machine)), (0, busy), "one with a next");
    assert_eq!(machine.nls().list(), ["second", "first"], "the newest first");
}

#[test]
fn the_default_set_is_latin_1_where_nobody_brings_a_better_one() {
    let machine = boot();
    let table = machine.run(0, "mount", || export("load_nls_default", &[])).unwrap();
    // SAFETY: a struct nls_table of the machine's.
    let (name, to) = unsafe {
        let name = std::ffi::CStr::from_ptr(*(table as *const *const i8));
        (name, *((table + nls_table::UNI2CHAR as u64) as *const u64))
    };
    assert_eq!(name, c"default");
    let mut byte = 0u8;
    let out = &raw mut byte as u64;
    // SAFETY: the table's own function.
    let convert = |character| unsafe { machine::call_module(to, &[character, out, 1, 0, 0, 0]) as i32 };
    assert_eq!(machine.run(0, "mount", || convert(0xe9)), Ok(1));
    assert_eq!(byte, 0xe9);
    assert_eq!(machine.run(0, "mount", || convert(0x20ac)), Ok(Errno::EINVAL.to_return() as i32));
}

#[test]
fn utf_8_becomes_utf_16_and_comes_back() {
    let machine = boot();
    let text = "Grüße, \u{1f600}";
    let (mut units, mut back) = ([0u16; 32], [0u8; 32]);
    let (from, wide, narrow) = (text.as_ptr() as u64, units.as_mut_ptr() as u64, back.as_mut_ptr() as u64);
    let (count, length) = machine
        .run(0, "mount", || {
            let count = export("utf8s_to_utf16s", &[from, text.len() as u64, 0, wide, 32]);
            (count, export("utf16s_to_utf8s", &[wide, count, 0, narrow, 32]))
        })
        .unwrap();
    assert_eq!(&units[..count as usize], text.encode_utf16().collect::<Vec<_>>());
    assert_eq!(&back[..length as usize], text.as_bytes());
    // Big endian, and room for three units only.
    let count = machine
        .run(0, "mount", || export("utf8s_to_utf16s", &[from, text.len() as u64, 2, wide, 3]))
        .unwrap();
    assert_eq!((count, units[0]), (3, u16::from(b'G') << 8));
}
