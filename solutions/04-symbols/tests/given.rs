//! Tests of what lab 04 gives its learners: the tables, the books, the checks that are no task.

#[path = "../../../labs/04-symbols/tests/common.rs"]
mod common;

use abi::{Errno, LoadError, Policy, Stricter};
use common::{export, judgement, module, section};
use elf::Modinfo;
use proptest::prelude::*;
use symbols::{
    Export, ExportTable, Image, Importer, ModuleId, ModuleUses, Name, check_module_license_and_versions,
    read_exports,
};
use vermagic::{Judgement, Taint, Taints};

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_table_finds_what_walking_it_finds(
        exports in proptest::collection::vec(("[ab]{0,4}", any::<u64>(), any::<bool>()), 0..40),
        wanted in "[ab]{0,4}",
        gpl_ok: bool,
    ) {
        let exports = exports.iter();
        let all: Vec<_> =
            exports.map(|it| Export { gpl_only: it.2, ..export(&it.0, it.1) }).collect();
        let walk = |gpl_only| all.iter().find(|it| it.gpl_only == gpl_only && it.name == wanted);
        let expected = walk(false).or_else(|| walk(true).filter(|_| gpl_ok));
        let table = ExportTable::new(all.iter().copied());
        prop_assert_eq!(table.find(&Name::from(wanted.as_str()), gpl_ok), expected.copied());
        prop_assert_eq!((table.len(), table.is_empty()), (all.len(), all.is_empty()));
    }

    #[test]
    fn no_memory_makes_the_reader_panic(memory: Vec<u8>, size in 0..100u64, crcs in 0..40u64) {
        let _ = read(&[("__ksymtab", CORE, size), ("__kcrctab", CORE, crcs)], &memory);
    }
}

// Who uses whom

#[test]
fn users_and_used_are_listed_with_the_latest_first() {
    let mut uses = ModuleUses::default();
    let [a, b, c, d] = [1, 2, 3, 4].map(ModuleId);
    for (user, used) in [(a, d), (b, d), (b, c), (c, d)] {
        uses.add_module_usage(user, used);
    }
    assert_eq!(uses.users(d).collect::<Vec<_>>(), [c, b, a]);
    assert_eq!(uses.used_by(b).collect::<Vec<_>>(), [c, d]);
    assert!(uses.already_uses(b, c) && !uses.already_uses(c, b));
    assert_eq!(uses.module_unload_free(b), [c, d]);
    assert_eq!((uses.users(d).collect::<Vec<_>>(), uses.module_unload_free(b)), (vec![c, a], vec![]));
}

// The walk over __ksymtab and __kcrctab

const CORE: u64 = 0x1000;
const CRCS: u64 = 0x1200;

/// Name, value, CRC, GPL-only, namespace.
type Listed = (String, u64, Option<u32>, bool, String);

/// The exports of a module with these sections: name, address, size.
fn read(sections: &[(&str, u64, u64)], memory: &[u8]) -> Result<Vec<Listed>, LoadError> {
    let module = module(sections.iter().map(|&(name, _, size)| section(name, size)).collect(), Vec::new());
    let addresses: Vec<u64> = [0].into_iter().chain(sections.iter().map(|section| section.1)).collect();
    let image = Image { core: (CORE, memory), init: (0, &[]) };
    let list = |it: Export| (it.name.to_string(), it.value, it.crc, it.gpl_only, it.namespace.to_string());
    Ok(read_exports(&module, &addresses, &image)?.iter().map(list).collect())
}

/// Two records, f and g, at 0x1000; their strings at 0x1100; the CRCs 5 and 6 at 0x1200.
fn memory() -> Vec<u8> {
    let mut memory = vec![0; 0x208];
    let offsets = [0x80i32, 0xfc, 0, 0x80, 0xf2, 0];
    let records = offsets.into_iter().flat_map(i32::to_le_bytes).collect::<Vec<_>>();
    memory[..24].copy_from_slice(&records);
    memory[0x100..0x104].copy_from_slice(b"f\0g\0");
    memory[0x200..].copy_from_slice(&[5, 0, 0, 0, 6, 0, 0, 0]);
    memory
}

fn listed(name: &str, value: u64, crc: Option<u32>, gpl_only: bool) -> Listed {
    (name.into(), value, crc, gpl_only, String::new())
}

#[test]
fn records_follow_each_other_and_so_do_versions() {
    let symbols = ("__ksymtab", CORE, 24);
    assert_eq!(
        read(&[symbols, ("__kcrctab", CRCS, 8)], &memory()),
        Ok(vec![listed("f", 0x1080, Some(5), false), listed("g", 0x108c, Some(6), false)])
    );
    assert_eq!(
        read(&[symbols], &memory()),
        Ok(vec![listed("f", 0x1080, None, false), listed("g", 0x108c, None, false)])
    );
}

#[test]
fn gpl_only_symbols_have_tables_of_their_own() {
    let sections = [
        ("__ksymtab", CORE, 12),
        ("__kcrctab", CRCS, 4),
        ("__ksymtab_gpl", CORE + 12, 12),
        ("__kcrctab_gpl", CRCS + 4, 4),
    ];
    assert_eq!(
        read(&sections, &memory()),
        Ok(vec![listed("f", 0x1080, Some(5), false), listed("g", 0x108c, Some(6), true)])
    );
    assert_eq!(
        read(&sections[2..], &memory()),
        Ok(vec![listed("g", 0x108c, Some(6), true)]),
        "a module need not have both"
    );
}

#[test]
fn a_module_without_tables_exports_nothing() {
    for sections in [&[("__other", CORE, 12)][..], &[("__ksymtab", CORE, 0)], &[("__ksymtab", CORE, 11)]] {
        assert_eq!(read(sections, &memory()), Ok(vec![]), "{sections:?}");
    }
}

#[test]
fn fewer_versions_than_symbols_are_refused_where_the_kernel_would_read_on() {
    let expected = LoadError::stricter(Stricter::ExportCrc, "hello: export number 1 has no CRC");
    assert_eq!(read(&[("__ksymtab", CORE, 24), ("__kcrctab", CRCS, 7)], &memory()), Err(expected));
}

#[test]
fn a_record_without_a_name_is_refused() {
    let what = "hello: export number 2 has no name in the module's memory";
    assert_eq!(read(&[("__ksymtab", CORE, 36)], &memory()), Err(LoadError::stricter(Stricter::Export, what)));
}

#[test]
fn a_string_ends_within_512_bytes_and_within_its_part() {
    let long = |length: usize| [vec![b'x'; length], vec![0]].concat();
    let name = |memory: &[u8]| Image { core: (CORE, memory), init: (0, &[]) }.string(CORE).map(|it| it.len());
    assert_eq!([name(&long(511)), name(&long(512)), name(b"abc"), name(b"")], [Some(511), None, None, None]);
}

#[test]
fn an_address_lies_in_one_part_or_nowhere() {
    let image = Image { core: (CORE, &[1, 2]), init: (CRCS, &[3]) };
    assert_eq!(
        [CORE - 1, CORE, CORE + 1, CORE + 2, CRCS, CRCS + 1].map(|address| image.bytes(address)),
        [None, Some(&[1, 2][..]), Some(&[2]), None, Some(&[3]), None]
    );
}

#[test]
fn a_section_lies_wholly_in_its_part() {
    let image = Image { core: (CORE, &[1, 2]), init: (0, &[]) };
    let section = |size| {
        let module = module(vec![section("a", 1), section("b", size)], Vec::new());
        image.section(&module, &[0, CORE, CORE + 1], "b")
    };
    assert_eq!([section(1), section(2)], [Some((CORE + 1, &[2][..])), None]);
}

#[test]
fn an_importer_takes_from_its_file_what_it_says_of_itself() {
    let mut section = section("__versions", 64);
    let record: Vec<u8> = [7, 0, 0, 0, 0, 0, 0, 0, b'f'].into_iter().chain([0; 55]).collect();
    section.data = &record;
    let mut module = module(vec![section], Vec::new());
    module.modinfo = Modinfo::new(b"import_ns=NS\0");
    module.versions = Some(1);
    let importer = Importer::new(&module, ModuleId(3));
    assert_eq!((importer.id, importer.using_gplonly_symbols), (ModuleId(3), false));
    assert_eq!(importer.modinfo.get("import_ns").unwrap(), "NS");
    assert_eq!(importer.versions.unwrap().get(&"f".into()), Some(7));
}

// check_module_license_and_versions

/// Outcome, lines and taints of a module called `name` with these sections of so many bytes.
fn license_and_versions(
    name: &str,
    policy: Policy,
    sections: &[(&str, u64)],
) -> (Result<(), LoadError>, Vec<String>, Taints) {
    let sections = sections.iter().map(|&(name, size)| section(name, size)).collect();
    let module = module(sections, Vec::new());
    let mut judgement = Judgement { name: name.into(), policy, ..judgement() };
    let result = check_module_license_and_versions(&mut judgement, &module);
    (result, judgement.lines, judgement.module)
}

#[test]
fn exports_without_versions_are_loaded_by_force() {
    for table in ["__ksymtab", "__ksymtab_gpl"] {
        let (result, lines, module) = license_and_versions("hello", Policy::DEBIAN_6_1, &[(table, 12)]);
        assert_eq!(result, Ok(()));
        assert_eq!(lines[0], "hello: no versions for exported symbols: kernel tainted.");
        assert!(module.has(Taint::ForcedModule));
        let (result, ..) = license_and_versions("hello", Policy::STRICT, &[(table, 12)]);
        assert_eq!(result, Err(LoadError::silent(Errno::ENOEXEC)));
    }
}

#[test]
fn exports_with_versions_and_no_exports_are_both_fine() {
    for sections in [
        &[][..],
        &[("__ksymtab", 0), ("__ksymtab_gpl", 11)],
        &[("__ksymtab", 12), ("__kcrctab", 4)],
        &[("__ksymtab_gpl", 12), ("__kcrctab_gpl", 4)],
    ] {
        let came = license_and_versions("hello", Policy::STRICT, sections);
        assert_eq!(came, (Ok(()), vec![], Taints::NONE), "{sections:?}");
    }
}

#[test]
fn three_modules_are_known_by_name() {
    for (name, is_tainted) in [("driverloader", true), ("lve", true), ("ndiswrapper", false)] {
        let (_, lines, module) = license_and_versions(name, Policy::DEBIAN_6_1, &[]);
        assert_eq!(lines.last().unwrap(), &format!("{name}: module license taints kernel."));
        assert_eq!(module.has(Taint::ProprietaryModule), is_tainted, "{name}");
    }
}

#[test]
fn that_a_licence_taints_the_kernel_is_said_once() {
    let mut kernel = Taints::NONE;
    kernel.add(Taint::ProprietaryModule);
    let mut judgement = Judgement { name: "lve".into(), kernel, ..judgement() };
    assert_eq!(check_module_license_and_versions(&mut judgement, &module(vec![], vec![])), Ok(()));
    assert_eq!((judgement.lines, judgement.module.has(Taint::ProprietaryModule)), (vec![], true));
}
