//! setup_load_info: the name, the symbols, `struct module`, and the sections that are looked up by name.

use abi::LoadError;
use elf::{LoadInfo, elf_validity_check, sections, setup_load_info};

use specimens::{self, Builder, SHF_ALLOC, SHT_PROGBITS, SHT_SYMTAB, Section, hello, said, struct_module};

/// The section that holds `struct module`.
const THIS_MODULE: &str = ".gnu.linkonce.this_module";

/// What setup_load_info answers, or what of it is asked for.
fn info<T>(file: &[u8], ask: impl Fn(&LoadInfo) -> T) -> Result<T, LoadError> {
    let headers = elf_validity_check(file)?;
    setup_load_info(&sections(file, &headers)).map(|info| ask(&info))
}

fn name(file: &[u8]) -> Result<String, LoadError> {
    info(file, |info| info.name.to_string())
}

/// The module with other strings in `.modinfo`.
fn with_modinfo(strings: &[u8]) -> Builder {
    let mut builder = hello();
    builder.named(".modinfo").data = strings.to_vec();
    builder
}

#[test]
fn the_sections_that_the_loader_needs_are_found_by_number() {
    let file = hello().build();
    assert_eq!(info(&file, |info| info.symbol_table), Ok(8), ".symtab, by its type");
    assert_eq!(info(&file, |info| info.string_table), Ok(9), ".strtab, because .symtab is linked to it");
    assert_eq!(info(&file, |info| info.this_module), Ok(4), ".gnu.linkonce.this_module, by its name");
    let optional = info(&file, |info| (info.modinfo, info.versions, info.percpu));
    assert_eq!(optional, Ok((Some(3), Some(6), None)), ".modinfo, __versions, .data..percpu, by their names");
}

#[test]
fn the_per_cpu_section_is_found_where_there_is_one() {
    let mut builder = hello();
    let number = builder.section(Section::new(".data..percpu", SHT_PROGBITS, SHF_ALLOC, vec![0; 8]));
    let found = info(&builder.build(), |info| info.percpu);
    assert_eq!(found, Ok(Some(number)), "find_pcpusec: every CPU will get a copy of it");
}

#[test]
fn the_name_is_the_first_one_in_modinfo() {
    let file = with_modinfo(b"license=GPL\0name=parrot\0name=second\0").build();
    assert_eq!(name(&file), Ok("parrot".into()), "get_modinfo takes the first name= there is");
}

#[test]
fn without_a_name_in_modinfo_the_one_in_struct_module_counts() {
    let nameless = with_modinfo(b"license=GPL\0").build();
    assert_eq!(name(&nameless), Ok("hello".into()), ".modinfo is there and has no name=");
    let silent = hello().without(".modinfo").build();
    assert_eq!(name(&silent), Ok("hello".into()), "there is no .modinfo");
}

#[test]
fn the_name_in_struct_module_is_known_even_if_modinfo_has_another() {
    let file = with_modinfo(b"name=parrot\0").build();
    let names = info(&file, |info| (info.name.to_string(), info.this_module_name.to_string()));
    assert_eq!(names, Ok(("parrot".into(), "hello".into())), "once loaded, it is known by struct module's");
}

#[test]
fn a_stripped_module_is_refused_by_its_name() {
    let came = said(name(&hello().build_stripped()));
    let expected = "ENOEXEC: hello: module has no symbols (stripped?)";
    assert_eq!(came, expected, "without symbols nothing can be linked");
}

#[test]
fn a_stripped_module_without_a_name_is_refused_as_such() {
    for builder in [with_modinfo(b"license=GPL\0"), hello().without(".modinfo")] {
        let came = said(name(&builder.build_stripped()));
        let expected = "ENOEXEC: (missing .modinfo section or name field): module has no symbols (stripped?)";
        assert_eq!(came, expected, "struct module is not looked at yet, so its name is not known");
    }
}

#[test]
fn a_module_needs_a_struct_module() {
    let came = said(name(&hello().without(THIS_MODULE).build()));
    assert_eq!(came, "ENOEXEC: hello: No module found in object", "any other .o file looks like this");
    let came = said(name(&with_modinfo(b"license=GPL\0").without(THIS_MODULE).build()));
    let expected = "ENOEXEC: (missing .modinfo section or name field): No module found in object";
    assert_eq!(came, expected, "and here nobody knows its name");
}

#[test]
fn symbols_are_missed_before_struct_module() {
    let came = said(name(&hello().without(THIS_MODULE).build_stripped()));
    let expected = "ENOEXEC: hello: module has no symbols (stripped?)";
    assert_eq!(came, expected, "both are missing: the first one looked for is named");
}

#[test]
fn a_section_that_is_not_to_be_loaded_is_not_found_by_its_name() {
    let mut builder = hello();
    builder.named(THIS_MODULE).flags &= !SHF_ALLOC;
    let came = said(name(&builder.build()));
    assert_eq!(
        came, "ENOEXEC: hello: No module found in object",
        "find_sec: ALLOC bit cleared means ignore it"
    );

    let mut builder = hello();
    builder.named("__versions").flags &= !SHF_ALLOC;
    let versions = info(&builder.build(), |info| info.versions);
    assert_eq!(versions, Ok(None), "this is how `modprobe --force-modversion` hides the versions");
}

#[test]
fn of_two_sections_of_one_name_the_first_one_counts() {
    let mut builder = hello();
    builder.section(Section::new(THIS_MODULE, SHT_PROGBITS, SHF_ALLOC, struct_module("second")));
    assert_eq!(info(&builder.build(), |info| info.this_module), Ok(4), "find_sec walks in file order");
}

#[test]
fn of_two_symbol_tables_the_first_one_counts() {
    let mut builder = hello();
    let symbols = Section { link: 3, ..Section::new(".first", SHT_SYMTAB, 0, []) };
    let number = builder.section(symbols);
    let found = info(&builder.build(), |info| (info.symbol_table, info.string_table));
    assert_eq!(found, Ok((number, 3)), "its type counts and not its name, and sh_link tells its strings");
}

#[test]
fn a_struct_module_too_short_for_a_name_has_none() {
    let mut builder = with_modinfo(b"license=GPL\0");
    builder.named(THIS_MODULE).data.truncate(abi::offsets::module::NAME + 55);
    let expected = Ok(String::new());
    assert_eq!(
        name(&builder.build()),
        expected,
        "without one in .modinfo, struct module's name counts, even empty"
    );
}
