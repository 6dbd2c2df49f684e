//! Every symbol of a module gets its value, or the module is refused with everything that is wrong.

mod common;

use abi::{Errno, LoadError, Policy};
use common::file::{FUNCTION, OBJECT, SHF_ALLOC, SHT_PROGBITS, Section, hello};
use common::{TestKernel, Wants, export, gpl, resolve};
use elf::Module;
use symbols::{Export, ExportTable, check_module_license_and_versions, verify_exported_symbols};
use vermagic::{Judgement, Taint, Taints};

const ABS: u16 = 0xfff1;
const COMMON: u16 = 0xfff2;

/// What becomes of hello with this symbol added, in a kernel that has what hello needs.
fn with_symbol(name: &str, info: u8, section: u16, value: u64) -> common::Outcome {
    let mut builder = hello();
    builder.symbol(name, info, section, value, 0);
    resolve(&builder, Taints::NONE, &mut TestKernel::new([export("_printk", 0x1234)]))
}

// simplify_symbols

#[test]
fn a_symbol_lies_in_its_section() {
    assert_eq!(with_symbol("here", FUNCTION, 1, 8).last(), [0x1_0008], "section 1 was put at 0x10000");
}

#[test]
fn an_absolute_symbol_keeps_its_value() {
    assert_eq!(with_symbol("absolute", OBJECT, ABS, 0x77).last(), [0x77]);
}

#[test]
fn a_symbol_for_live_patching_is_left_alone() {
    assert_eq!(with_symbol(".klp.sym.vmlinux.f,0", OBJECT, 0xff20, 3).last(), [3]);
}

#[test]
fn a_weak_symbol_that_nobody_exports_is_zero() {
    assert_eq!(Wants::weakly("f").resolve(&mut TestKernel::new([])).last(), [0]);
    assert_eq!(Wants::weakly("f").resolve(&mut TestKernel::new([export("f", 9)])).last(), [9]);
}

#[test]
fn a_weak_symbol_with_the_wrong_crc_is_still_refused() {
    let mut kernel = TestKernel::new([Export { crc: Some(5), ..export("f", 1) }]);
    let wants = Wants { versions: Some(vec![(6, "f")]), ..Wants::weakly("f") };
    let (errno, lines) = wants.resolve(&mut kernel).refusal();
    assert_eq!(errno, Errno::EINVAL, "weak forgives only what is not found; see simplify_symbols");
    assert_eq!(lines[1], "hello: Unknown symbol f (err -22)");
}

#[test]
fn the_assemblers_global_offset_table_is_not_missed() {
    assert_eq!(Wants::these(&["_GLOBAL_OFFSET_TABLE_"]).resolve(&mut TestKernel::new([])).last(), [0]);
    assert!(Wants::these(&["_GLOBAL_OFFSET_TABLE"]).resolve(&mut TestKernel::new([])).result.is_err());
}

#[test]
fn a_common_symbol_is_refused() {
    let (errno, lines) = with_symbol("uninitialised", OBJECT, COMMON, 8).refusal();
    assert_eq!((errno, lines), (Errno::ENOEXEC, vec!["hello: please compile with -fno-common".into()]));
}

#[test]
fn what_link_time_optimisation_leaves_behind_may_be_common() {
    assert_eq!(with_symbol("__gnu_lto_slim", OBJECT, COMMON, 1).last(), [1]);
}

#[test]
fn everything_that_is_wrong_is_said_and_the_last_failure_is_the_answer() {
    let mut kernel = TestKernel::new([Export { crc: Some(5), ..export("b", 1) }]);
    let wants = Wants { versions: Some(vec![(6, "b")]), ..Wants::these(&["a", "b", "c", "b"]) };
    let (errno, lines) = wants.resolve(&mut kernel).refusal();
    assert_eq!(errno, Errno::EINVAL, "the last to fail was b, with -22");
    assert_eq!(
        lines,
        [
            "hello: Unknown symbol a (err -2)",
            "hello: disagrees about version of symbol b",
            "hello: Unknown symbol b (err -22)",
            "hello: Unknown symbol c (err -2)",
            "hello: disagrees about version of symbol b",
            "hello: Unknown symbol b (err -22)",
        ]
    );
}

#[test]
fn symbol_number_0_is_nobody() {
    let outcome = Wants::these(&[]).resolve(&mut TestKernel::new([]));
    assert_eq!(outcome.result, Ok(vec![0]), "it is undefined, and is not looked up");
}

#[test]
fn an_undefined_symbol_without_a_name_is_unknown_too() {
    let (errno, lines) = Wants::these(&[""]).resolve(&mut TestKernel::new([])).refusal();
    assert_eq!((errno, lines), (Errno::ENOENT, vec!["hello: Unknown symbol  (err -2)".into()]));
}

#[test]
fn a_symbol_in_a_section_that_does_not_exist_is_refused() {
    let mut builder = hello();
    builder.symbol("lost", OBJECT, 1, 0, 0);
    let bytes = builder.build();
    let mut module = Module::parse(&bytes).unwrap();
    let max = module.sections.len() - 1;
    module.symbols.last_mut().unwrap().section = 200;
    let mut judgement = Judgement::new(&module, Policy::DEBIAN_6_1, Taints::NONE);
    let refusal = symbols::simplify_symbols(&mut judgement, &module, &[], |_, _| Ok(Some(1))).unwrap_err();
    let expected = format!("hello: Symbol lost has an invalid section index 200 (max {max})");
    assert_eq!(refusal, LoadError::new(Errno::ENOEXEC, expected));
}

// verify_exported_symbols

fn verify(exports: &[Export], kernel: &TestKernel) -> Result<(), LoadError> {
    let bytes = hello().build();
    let module = Module::parse(&bytes).unwrap();
    let judgement = Judgement::new(&module, Policy::DEBIAN_6_1, Taints::NONE);
    verify_exported_symbols(&judgement, &ExportTable::new(exports.iter().copied()), kernel)
}

#[test]
fn a_name_that_nobody_has_may_be_exported() {
    assert_eq!(verify(&[export("f", 1), gpl("g", 2)], &TestKernel::new([export("h", 1)])), Ok(()));
}

#[test]
fn what_vmlinux_exports_cannot_be_exported_again() {
    let refusal = verify(&[export("f", 1)], &TestKernel::new([gpl("f", 1)])).unwrap_err();
    let expected = "hello: exports duplicate symbol f (owned by kernel)";
    assert_eq!(refusal, LoadError::new(Errno::ENOEXEC, expected), "GPL-only or not makes no difference");
}

#[test]
fn what_another_module_exports_cannot_be_exported_again() {
    let mut kernel = TestKernel::new([]);
    kernel.load("other", [export("f", 1)]);
    let refusal = verify(&[gpl("f", 1)], &kernel).unwrap_err();
    assert_eq!(refusal.message, "hello: exports duplicate symbol f (owned by other)");
}

#[test]
fn only_the_first_duplicate_is_named_and_plain_exports_come_first() {
    let kernel = TestKernel::new([export("f", 1), export("g", 2)]);
    let refusal = verify(&[gpl("f", 1), export("g", 1)], &kernel).unwrap_err();
    assert_eq!(refusal.message, "hello: exports duplicate symbol g (owned by kernel)");
}

#[test]
fn of_two_modules_that_are_both_unformed_neither_sees_the_other() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [export("f", 1)]);
    kernel.module(id).state = symbols::ModuleState::Unformed;
    assert_eq!(verify(&[export("f", 1)], &kernel), Ok(()), "the one that is formed first has the name");
}

// check_module_license_and_versions

/// Taints and lines of a module called `name` with these sections.
fn license_and_versions(
    name: &str,
    policy: Policy,
    sections: &[&str],
) -> (Result<(), LoadError>, Vec<String>, Taints) {
    let mut builder = hello();
    for section in sections {
        builder.section(Section::new(section, SHT_PROGBITS, SHF_ALLOC, [0; 12]));
    }
    builder.named(".gnu.linkonce.this_module").data = common::file::struct_module(name);
    let bytes = builder.build();
    let module = Module::parse(&bytes).unwrap();
    let mut judgement = Judgement::new(&module, policy, Taints::NONE);
    let result = check_module_license_and_versions(&mut judgement, &module);
    (result, judgement.lines, judgement.module)
}

#[test]
fn exports_without_versions_are_loaded_by_force() {
    for table in ["__ksymtab", "__ksymtab_gpl"] {
        let (result, lines, module) = license_and_versions("hello", Policy::DEBIAN_6_1, &[table]);
        assert_eq!(result, Ok(()));
        assert_eq!(lines[0], "hello: no versions for exported symbols: kernel tainted.");
        assert!(module.has(Taint::ForcedModule));
        let (result, ..) = license_and_versions("hello", Policy::STRICT, &[table]);
        assert_eq!(result, Err(LoadError::silent(Errno::ENOEXEC)));
    }
}

#[test]
fn exports_with_versions_and_no_exports_are_both_fine() {
    for sections in [&[][..], &["__ksymtab", "__kcrctab"], &["__ksymtab_gpl", "__kcrctab_gpl"]] {
        assert_eq!(
            license_and_versions("hello", Policy::STRICT, sections),
            (Ok(()), vec![], Taints::NONE),
            "{sections:?}"
        );
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
