//! What the finished files hold, byte by byte, where the 6.1 kernel looks for it.

use std::{collections::BTreeSet, fs};

use abi::VERMAGIC;
use abi::offsets::{bug_entry, kernel_param, kernel_symbol, module, modversion_info};
use course_modules::{BuiltModule, builtin_symvers, cached};
use elf::{Module, RelocationTable, Symbol};

const SHF_WRITE: u64 = 1;
const SHF_ALLOC: u64 = 2;
const SHF_EXECINSTR: u64 = 4;
const SHN_COMMON: u16 = 0xfff2;
/// The relocation types that the kernel's modules have: 64, PC32, PLT32, 32S.
const KINDS: [u32; 4] = [1, 2, 4, 11];

/// Runs `check` on every module of the course.
fn for_each(check: impl Fn(&BuiltModule, &Module<'_>)) {
    for built in cached().unwrap() {
        let bytes = fs::read(&built.path).unwrap();
        let module = Module::parse(&bytes).unwrap_or_else(|error| panic!("{}: {error}", built.name));
        check(built, &module);
    }
}

/// Runs `check` on one module.
fn in_module(name: &str, check: impl Fn(&BuiltModule, &Module<'_>)) {
    let only = |built: &BuiltModule, module: &Module<'_>| {
        if built.name == name {
            check(built, module);
        }
    };
    for_each(only);
}

/// The contents of the section `name`; empty where there is none.
fn section<'a>(module: &Module<'a>, name: &str) -> &'a [u8] {
    module.section_named(name).map_or(&[], |at| module.sections[at].data)
}

/// The symbols that the relocations of section `name` refer to: offset and symbol, by offset.
fn references<'m, 'a>(module: &'m Module<'a>, name: &str) -> Vec<(u64, &'m Symbol<'a>, i64)> {
    let target = module.section_named(name);
    let tables: Vec<RelocationTable<'_>> =
        module.relocation_tables().filter(|table| Some(table.target) == target).collect();
    let mut found: Vec<_> = tables
        .iter()
        .flat_map(|table| table.entries())
        .map(|rela| (rela.offset, &module.symbols[rela.symbol as usize], rela.addend))
        .collect();
    found.sort_by_key(|(offset, ..)| *offset);
    found
}

fn text(bytes: &[u8]) -> &str {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    std::str::from_utf8(&bytes[..end]).unwrap()
}

fn word(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

#[test]
fn every_file_passes_the_kernels_checks_and_bears_its_name() {
    for_each(|built, module| {
        assert_eq!(
            (module.name, module.this_module_name),
            (built.name.as_str().into(), built.name.as_str().into())
        )
    });
}

#[test]
fn this_module_is_struct_module_with_nothing_but_the_name_and_two_relocations() {
    for_each(|built, elf| {
        let data = section(elf, ".gnu.linkonce.this_module");
        assert_eq!(data.len(), module::SIZE, "{}", built.name);
        assert_eq!(text(&data[module::NAME..]), built.name);
        let others =
            data.iter().enumerate().filter(|(at, _)| !(module::NAME..module::NAME + 56).contains(at));
        assert!(others.map(|(_, byte)| byte).all(|&byte| byte == 0), "the kernel fills in the rest");
        for (offset, symbol, _) in references(elf, ".gnu.linkonce.this_module") {
            let expected = if symbol.name == "init_module" { module::INIT } else { module::EXIT };
            assert_eq!(offset, expected as u64, "{}: {}", built.name, symbol.name);
        }
    });
}

#[test]
fn a_module_without_init_and_exit_has_no_relocations_there() {
    in_module("abacus", |_, module| assert!(references(module, ".gnu.linkonce.this_module").is_empty()));
    in_module("hello", |_, module| assert_eq!(references(module, ".gnu.linkonce.this_module").len(), 2));
}

#[test]
fn modinfo_says_for_which_kernel_and_what_it_needs() {
    for_each(|built, module| {
        let modinfo = &module.modinfo;
        assert_eq!(modinfo.get("vermagic"), Some(VERMAGIC.into()), "{}", built.name);
        assert_eq!(modinfo.get("name"), Some(built.name.as_str().into()));
        assert_eq!(modinfo.get("license"), Some("Dual MIT/GPL".into()));
        assert_eq!(modinfo.get("retpoline"), Some("Y".into()));
        assert_eq!(modinfo.get("depends"), Some(built.depends.join(",").as_str().into()));
        assert!(modinfo.get("description").is_some(), "{}", built.name);
    });
    in_module("merchant", |built, module| {
        assert_eq!(built.depends, ["abacus"]);
        assert_eq!(module.modinfo.get("import_ns"), Some("ABACUS".into()));
    });
}

#[test]
fn versions_lists_module_layout_first_and_then_exactly_what_is_undefined() {
    let kernel = builtin_symvers();
    let exports: Vec<_> = cached().unwrap().iter().flat_map(|module| &module.exports).collect();
    for_each(|built, module| {
        let records = section(module, "__versions").chunks(modversion_info::SIZE);
        let names: Vec<_> = records.clone().map(|record| text(&record[modversion_info::NAME..])).collect();
        assert_eq!(names[0], "module_layout", "{}", built.name);
        let undefined: BTreeSet<_> = module
            .symbols
            .iter()
            .filter(|symbol| symbol.is_undefined() && !symbol.name.is_empty())
            .map(|symbol| symbol.name.to_string())
            .collect();
        assert_eq!(
            names[1..].iter().map(|name| name.to_string()).collect::<BTreeSet<_>>(),
            undefined,
            "{}",
            built.name
        );
        for (record, name) in records.zip(names) {
            let ours = exports.iter().find(|export| export.name == name);
            let crc = ours.map(|export| export.crc).or(kernel.get(name).map(|entry| entry.crc));
            assert_eq!(Some(word(record, modversion_info::CRC)), crc, "{}: {name}", built.name);
        }
    });
}

#[test]
fn exports_stand_in_the_order_of_their_names_with_their_versions_beside_them() {
    in_module("abacus", |built, module| {
        for (table, versions, gpl_only) in
            [("__ksymtab", "__kcrctab", false), ("__ksymtab_gpl", "__kcrctab_gpl", true)]
        {
            let values = references(module, table)
                .into_iter()
                .filter(|(offset, ..)| *offset as usize % kernel_symbol::SIZE == kernel_symbol::VALUE);
            let names: Vec<_> = values.map(|(_, symbol, _)| symbol.name.to_string()).collect();
            let exports = built.exports.iter().filter(|export| export.gpl_only == gpl_only);
            assert_eq!(
                names,
                exports.clone().map(|export| export.name.clone()).collect::<Vec<_>>(),
                "{table}"
            );
            assert_eq!(section(module, table).len(), names.len() * kernel_symbol::SIZE);
            for (at, export) in exports.enumerate() {
                assert_eq!(word(section(module, versions), at * 4), export.crc, "{}", export.name);
            }
        }
    });
}

#[test]
fn an_exports_name_and_namespace_are_strings_of_ksymtab_strings() {
    in_module("abacus", |_, module| {
        let strings = section(module, "__ksymtab_strings");
        let string = |(_, symbol, addend): &(u64, &Symbol<'_>, i64)| {
            text(&strings[(symbol.value as i64 + addend) as usize..]).to_owned()
        };
        let records = references(module, "__ksymtab_gpl");
        let words: Vec<_> =
            records.chunks(3).map(|record| (string(&record[1]), string(&record[2]))).collect();
        assert_eq!(
            words,
            [("abacus_multiply".into(), String::new()), ("abacus_power".into(), "ABACUS".into())]
        );
    });
}

#[test]
fn parameters_are_records_with_name_module_operations_and_variable() {
    in_module("settings", |_, module| {
        let table = section(module, "__param");
        assert_eq!(table.len(), 7 * kernel_param::SIZE);
        let records = references(module, "__param");
        for (at, operations) in [
            "param_ops_int",
            "param_ops_uint",
            "param_ops_bool",
            "param_ops_charp",
            "param_array_ops",
            "param_ops_string",
        ]
        .iter()
        .enumerate()
        {
            let place = (at * kernel_param::SIZE + kernel_param::OPS) as u64;
            let (_, symbol, _) = records.iter().find(|(offset, ..)| *offset == place).unwrap();
            assert_eq!(symbol.name, *operations);
        }
        for record in 0..7 {
            let at = record * kernel_param::SIZE;
            let fields = records
                .iter()
                .filter(|(offset, ..)| (at..at + kernel_param::SIZE).contains(&(*offset as usize)));
            let places: Vec<_> = fields.map(|(offset, ..)| *offset as usize - at).collect();
            assert_eq!(
                places,
                [kernel_param::NAME, kernel_param::OWNER, kernel_param::OPS, kernel_param::ARG]
            );
            assert_eq!(
                table[at + kernel_param::LEVEL] as i8,
                -1,
                "a module's parameters have no initcall level"
            );
        }
        let types: Vec<_> = module.modinfo.all("parmtype").map(ToString::to_string).collect();
        assert_eq!(
            types,
            [
                "volume:int",
                "brightness:uint",
                "quiet:bool",
                "motto:charp",
                "primes:array of int",
                "room:string"
            ]
        );
    });
}

#[test]
fn a_bug_and_a_warning_have_a_place_in_the_bug_table() {
    in_module("mishap", |_, module| {
        let table = section(module, "__bug_table");
        let flags: BTreeSet<_> =
            table.chunks(bug_entry::SIZE).map(|entry| entry[bug_entry::FLAGS] & 1).collect();
        assert_eq!(flags, BTreeSet::from([0, 1]), "BUG() has no flag, WARN_ON() has BUGFLAG_WARNING");
        for (offset, symbol, addend) in references(module, "__bug_table") {
            let target = &module.sections[symbol.section as usize];
            let at = (symbol.value as i64 + addend) as usize;
            match offset as usize % bug_entry::SIZE {
                bug_entry::ADDRESS => assert_eq!(target.data[at..at + 2], [0x0f, 0x0b], "ud2"),
                _ => assert_eq!(text(&target.data[at..]), "mishap.c"),
            }
        }
    });
}

#[test]
fn per_cpu_data_and_data_that_becomes_read_only_have_their_sections() {
    in_module("tally", |_, module| {
        assert_eq!(section(module, ".data..percpu").len(), 8);
        assert!(module.section_named(".data..ro_after_init").is_some());
    });
}

#[test]
fn what_runs_once_lies_where_it_can_be_freed() {
    in_module("hello", |_, module| {
        for (name, symbol) in [(".init.text", "init_module"), (".exit.text", "cleanup_module")] {
            let section = module.section_named(name).unwrap();
            let found = module.symbols.iter().find(|found| found.name == symbol).unwrap();
            assert_eq!(found.section as usize, section);
        }
    });
}

#[test]
fn nothing_is_both_writable_and_executable_and_nothing_is_common() {
    for_each(|built, module| {
        for section in &module.sections {
            assert_ne!(
                section.flags & (SHF_WRITE | SHF_EXECINSTR),
                SHF_WRITE | SHF_EXECINSTR,
                "{}",
                built.name
            );
        }
        assert!(module.symbols.iter().all(|symbol| symbol.section != SHN_COMMON), "{}", built.name);
    });
}

#[test]
fn relocations_are_of_the_kinds_that_the_kernels_modules_have_and_their_places_hold_zero() {
    for_each(|built, module| {
        for table in module.relocation_tables() {
            let target = &module.sections[table.target];
            assert_ne!(target.flags & SHF_ALLOC, 0, "{}: {}", built.name, target.name);
            for rela in table.entries() {
                assert!(KINDS.contains(&rela.kind), "{}: type {} in {}", built.name, rela.kind, target.name);
                let (at, size) = (rela.offset as usize, if rela.kind == 1 { 8 } else { 4 });
                assert!(
                    target.data[at..at + size].iter().all(|&byte| byte == 0),
                    "{}: {}",
                    built.name,
                    target.name
                );
            }
        }
    });
}
