//! setup_load_info: the name, the symbols, `struct module`.

mod common;

use abi::{Errno, LoadError};
use common::{Builder, SHF_ALLOC, SHT_PROGBITS, Section, hello, struct_module};
use elf::{LoadInfo, elf_validity_check, sections, setup_load_info};

/// What setup_load_info says of a file, as text: the name, or the refusal.
fn name(file: &[u8]) -> Result<String, LoadError> {
    info(file, |info| info.name.to_string())
}

fn info<T>(file: &[u8], ask: impl Fn(&LoadInfo) -> T) -> Result<T, LoadError> {
    let headers = elf_validity_check(file)?;
    setup_load_info(&sections(file, &headers)).map(|info| ask(&info))
}

fn refused<T>(message: &str) -> Result<T, LoadError> {
    Err(LoadError::new(Errno::ENOEXEC, message))
}

/// The module with other strings in `.modinfo`.
fn with_modinfo(strings: &[u8]) -> Builder {
    let mut builder = hello();
    builder.named(".modinfo").data = strings.to_vec();
    builder
}

#[test]
fn the_sections_that_the_loader_needs_are_found() {
    let found = info(&hello().build(), |info| {
        (info.symbol_table, info.string_table, info.this_module, info.modinfo, info.versions, info.percpu)
    });
    assert_eq!(found, Ok((8, 9, 4, Some(3), Some(6), None)));
}

#[test]
fn the_name_is_the_one_in_modinfo() {
    assert_eq!(name(&with_modinfo(b"license=GPL\0name=parrot\0name=second\0").build()), Ok("parrot".into()));
}

#[test]
fn without_a_name_in_modinfo_the_one_in_struct_module_counts() {
    assert_eq!(name(&with_modinfo(b"license=GPL\0").build()), Ok("hello".into()));
    assert_eq!(name(&hello().without(".modinfo").build()), Ok("hello".into()));
}

#[test]
fn the_name_in_struct_module_is_known_even_if_modinfo_has_another() {
    let file = with_modinfo(b"name=parrot\0").build();
    let names = info(&file, |info| (info.name.to_string(), info.this_module_name.to_string()));
    assert_eq!(names, Ok(("parrot".into(), "hello".into())), "once loaded, it is known by struct module's");
}

#[test]
fn a_stripped_module_is_refused_by_its_name() {
    let file = hello().build_stripped();
    assert_eq!(name(&file), refused("hello: module has no symbols (stripped?)"));
}

#[test]
fn a_stripped_module_without_a_name_is_refused_as_such() {
    for builder in [with_modinfo(b"license=GPL\0"), hello().without(".modinfo")] {
        let message = "(missing .modinfo section or name field): module has no symbols (stripped?)";
        assert_eq!(name(&builder.build_stripped()), refused(message), "struct module is not looked at yet");
    }
}

#[test]
fn a_module_needs_a_struct_module() {
    let builder = hello().without(".gnu.linkonce.this_module");
    assert_eq!(name(&builder.build()), refused("hello: No module found in object"));
}

#[test]
fn symbols_are_missed_before_struct_module() {
    let builder = hello().without(".gnu.linkonce.this_module");
    assert_eq!(name(&builder.build_stripped()), refused("hello: module has no symbols (stripped?)"));
}

#[test]
fn a_section_that_is_not_to_be_loaded_is_not_found_by_its_name() {
    let mut builder = hello();
    builder.named(".gnu.linkonce.this_module").flags &= !SHF_ALLOC;
    assert_eq!(name(&builder.build()), refused("hello: No module found in object"));

    let mut builder = hello();
    builder.named("__versions").flags &= !SHF_ALLOC;
    let versions = info(&builder.build(), |info| info.versions);
    assert_eq!(versions, Ok(None), "this is how `modprobe --force-modversion` hides the versions");
}

#[test]
fn of_two_sections_of_one_name_the_first_one_counts() {
    let mut builder = hello();
    let this_module = ".gnu.linkonce.this_module";
    builder.section(Section::new(this_module, SHT_PROGBITS, SHF_ALLOC, struct_module("second")));
    assert_eq!(info(&builder.build(), |info| info.this_module), Ok(4));
}

#[test]
fn a_struct_module_too_short_for_a_name_has_none() {
    let mut builder = with_modinfo(b"license=GPL\0");
    builder.named(".gnu.linkonce.this_module").data.truncate(70);
    assert_eq!(name(&builder.build()), Ok(String::new()), "never a read outside the section");
}
