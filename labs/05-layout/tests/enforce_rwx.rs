//! Never writable and executable at once.

use abi::{Errno, LoadError};
use elf::Module;
use layout::{Layout, RO_AFTER_INIT, module_enforce_rwx_sections};

use crate::common::{
    builder::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_PROGBITS, Section, hello},
    parse,
};

const WX: u64 = SHF_WRITE | SHF_EXECINSTR;

/// hello with these sections added, from number 8 on.
fn with(sections: &[(&str, u64)]) -> Vec<u8> {
    let mut builder = hello();
    for &(name, flags) in sections {
        builder.section(Section::new(name, SHT_PROGBITS, flags, [0; 8]));
    }
    builder.build()
}

fn enforce(module: &Module) -> Result<(), LoadError> {
    module_enforce_rwx_sections(&module.sections, module.this_module_name)
}

fn refusal(name: &str, number: usize) -> Result<(), LoadError> {
    let message = format!("hello: section {name} (index {number}) has invalid WRITE|EXEC flags");
    Err(LoadError::new(Errno::ENOEXEC, message))
}

#[test]
fn a_section_to_be_written_and_executed_is_refused_by_name_and_number() {
    assert_eq!(
        enforce(&parse(&with(&[(".sneaky", SHF_ALLOC | WX)]))),
        refusal(".sneaky", 8),
        "what can be written and executed is where an attacker puts instructions"
    );
}

#[test]
fn sections_with_one_of_the_two_are_fine() {
    let file = with(&[(".text.more", SHF_ALLOC | SHF_EXECINSTR), (".data", SHF_ALLOC | SHF_WRITE)]);
    assert_eq!(
        enforce(&parse(&file)),
        Ok(()),
        "every module has text and data: only both at once is refused"
    );
}

#[test]
fn a_section_that_is_not_even_loaded_is_refused_all_the_same() {
    assert_eq!(
        enforce(&parse(&with(&[(".comment", WX)]))),
        refusal(".comment", 8),
        "module_enforce_rwx_sections does not look at SHF_ALLOC"
    );
}

#[test]
fn the_first_of_several_is_named() {
    assert_eq!(
        enforce(&parse(&with(&[(".fine", SHF_ALLOC), (".a", WX), (".b", WX | SHF_ALLOC)]))),
        refusal(".a", 9),
        "the kernel returns at the first that it finds, and counts all sections"
    );
}

#[test]
fn other_flags_beside_the_two_change_nothing() {
    let file = with(&[(".a", WX | SHF_ALLOC | 0x30 | RO_AFTER_INIT)]);
    assert_eq!(enforce(&parse(&file)), refusal(".a", 8), "the flags are masked before they are compared");
}

#[test]
fn a_module_is_refused_for_it_before_anything_has_a_place() {
    let file = with(&[(".sneaky", SHF_ALLOC | WX)]);
    assert_eq!(
        Layout::of(&parse(&file)).err(),
        refusal(".sneaky", 8).err(),
        "layout_and_allocate checks it before layout_sections"
    );
}
