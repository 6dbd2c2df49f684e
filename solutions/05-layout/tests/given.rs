//! What the starter is given: per-CPU data, and the room for names.

use abi::{Errno, LoadError};
use elf::Module;
use layout::{Layout, MODULES_LEN, PAGE_SIZE, PerCpu};
use specimens::{
    FUNCTION, OBJECT, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_PROGBITS, Section, WANTED, hello,
};

const PLAIN: PerCpu = PerCpu { size: 0x28, wanted_alignment: 32 };

#[test]
fn per_cpu_data_has_the_alignment_that_it_asks_for() {
    assert_eq!((PLAIN.alignment(), PLAIN.warning("m".into())), (32, None));
}

#[test]
fn where_there_is_no_room_for_per_cpu_data_the_kernel_says_how_much_it_was() {
    let refusal = PLAIN.could_not_allocate("m".into());
    assert_eq!(refusal, LoadError::new(Errno::ENOMEM, "m: Could not allocate 40 bytes percpu data"));
}

#[test]
fn per_cpu_data_cannot_be_aligned_to_more_than_a_page() {
    let percpu = PerCpu { size: 8, wanted_alignment: 0x4000 };
    assert_eq!(percpu.alignment(), PAGE_SIZE);
    assert_eq!(percpu.warning("m".into()).as_deref(), Some("m: per-cpu alignment 16384 > 4096"));
}

#[test]
fn a_page_is_not_too_much_to_ask_for() {
    let percpu = PerCpu { size: 8, wanted_alignment: PAGE_SIZE };
    assert_eq!((percpu.alignment(), percpu.warning("m".into())), (PAGE_SIZE, None));
}

#[test]
fn per_cpu_data_must_fit_into_the_room_for_modules() {
    let refused_at = |size| {
        let mut builder = hello();
        let section = Section::new(".data..percpu", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, []);
        builder.section(Section { nobits: size, ..section });
        Layout::of(&Module::parse(&builder.build()).unwrap()).err()
    };
    assert_eq!(refused_at(MODULES_LEN), None);
    let message = format!("hello: Could not allocate {} bytes percpu data", MODULES_LEN + 1);
    assert_eq!(refused_at(MODULES_LEN + 1), Some(LoadError::new(Errno::ENOMEM, message)));
}

#[test]
fn a_module_without_per_cpu_data_is_not_warned_about() {
    assert_eq!(PerCpu::default().warning("m".into()), None);
}

/// hello with these symbols, a section of init and one for each CPU; sections 8 and 9.
fn with(symbols: &[(&str, u8, u16)]) -> Vec<u8> {
    let mut builder = hello();
    builder.section(Section::new(".init.text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, [0; 8]));
    builder.section(Section::new(".data..percpu", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, [0; 8]));
    for &(name, info, section) in symbols {
        builder.symbol(name, info, section, 0, 0);
    }
    builder.build()
}

#[test]
fn named_symbols_of_the_core_part_and_of_per_cpu_data_stay() {
    for (name, info, section, expected) in [
        ("function", FUNCTION, 1, true),
        ("variable", OBJECT, 7, true),
        ("counter", OBJECT, 9, true),
        ("", FUNCTION, 1, false),
        ("start", FUNCTION, 8, false),
        ("elsewhere", WANTED, 0, false),
        ("absolute", OBJECT, 0xfff1, false),
        ("license", OBJECT, 3, false),
    ] {
        let file = with(&[(name, info, section)]);
        let module = Module::parse(&file).unwrap();
        let stays = Layout::of(&module).unwrap().is_core_symbol(module.symbols.last().unwrap());
        assert_eq!(stays, expected, "{name:?} in section {section}");
    }
}

/// The size of the core part behind its last section, with so many more symbols of seven letters that stay.
fn room(symbols: usize) -> u64 {
    let many = vec![("symbol_", OBJECT, 7); symbols];
    let layout = Layout::of(&Module::parse(&with(&many)).unwrap()).unwrap();
    layout.core.size - 0x2000
}

#[test]
fn names_take_the_room_that_the_kernel_takes_for_them() {
    // The three symbols of hello that stay, and number 0: 24 bytes each, their letters, their names with NULs.
    let few = 4 * 25 + "\0hello_init\0__this_module\0init_module\0".len();
    let fits = (0x1000 - few) / (24 + 8 + 1);
    assert_eq!(room(fits), 0x1000, "{fits} fit into the page");
    assert_eq!(room(fits + 1), 0x2000, "one more does not");
}
