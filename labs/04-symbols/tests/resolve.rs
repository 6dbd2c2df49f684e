//! One undefined symbol on its way to an exporter, and everything that may stop it.

mod common;

use abi::Errno;
use common::{ME, Patience, TestKernel, Wants, export, gpl};
use symbols::{Export, ModuleId, ModuleState};
use vermagic::{Taint, Taints};

const UNKNOWN: &str = "hello: Unknown symbol f (err -2)";

fn proprietary() -> Taints {
    [Taint::ProprietaryModule].into_iter().collect()
}

/// A kernel with the module `other`, which exports f and g.
fn with_other() -> (TestKernel, ModuleId) {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [export("f", 7), export("g", 8)]);
    (kernel, id)
}

fn refused(wants: &Wants, kernel: &mut TestKernel) -> (Errno, Vec<String>) {
    wants.resolve(kernel).refusal()
}

fn lines(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|&line| line.into()).collect()
}

// resolve_symbol

#[test]
fn a_symbol_of_vmlinux_has_vmlinuxs_value() {
    let outcome = Wants::these(&["f"]).resolve(&mut TestKernel::new([export("f", 0xffff_ffff_8100_0000)]));
    assert_eq!(outcome.last(), [0xffff_ffff_8100_0000]);
    assert_eq!(outcome.lines, [""; 0]);
}

#[test]
fn a_symbol_that_nobody_exports_is_unknown() {
    let refusal = refused(&Wants::these(&["f"]), &mut TestKernel::new([]));
    assert_eq!(refusal, (Errno::ENOENT, lines(&[UNKNOWN])));
}

#[test]
fn a_proprietary_module_does_not_see_gpl_only_symbols() {
    let mut kernel = TestKernel::new([gpl("f", 1)]);
    let wants = Wants { taints: proprietary(), ..Wants::these(&["f"]) };
    assert_eq!(refused(&wants, &mut kernel), (Errno::ENOENT, lines(&[UNKNOWN])));
    assert_eq!(Wants::these(&["f"]).resolve(&mut kernel).last(), [1]);
}

#[test]
fn a_wrong_version_is_refused_with_einval() {
    let mut kernel = TestKernel::new([Export { crc: Some(5), ..export("f", 1) }]);
    let wants = Wants { versions: Some(vec![(6, "f")]), ..Wants::these(&["f"]) };
    let expected =
        lines(&["hello: disagrees about version of symbol f", "hello: Unknown symbol f (err -22)"]);
    assert_eq!(refused(&wants, &mut kernel), (Errno::EINVAL, expected));
}

#[test]
fn a_namespace_must_be_imported() {
    let mut kernel = TestKernel::new([Export { namespace: "CRYPTO_INTERNAL".into(), ..export("f", 1) }]);
    let expected = lines(&[
        "hello: module uses symbol (f) from namespace CRYPTO_INTERNAL, but does not import it.",
        "hello: Unknown symbol f (err -22)",
    ]);
    assert_eq!(refused(&Wants::these(&["f"]), &mut kernel), (Errno::EINVAL, expected));

    let other = Wants { imports: vec!["CRYPTO"], ..Wants::these(&["f"]) };
    assert!(other.resolve(&mut kernel).result.is_err(), "the whole name counts");
    let wants = Wants { imports: vec!["USB", "CRYPTO_INTERNAL"], ..Wants::these(&["f"]) };
    assert_eq!(wants.resolve(&mut kernel).last(), [1], "any of several imports will do");
}

#[test]
fn the_version_is_checked_before_the_namespace() {
    let mut kernel = TestKernel::new([Export { crc: Some(5), namespace: "NS".into(), ..export("f", 1) }]);
    let wants = Wants { versions: Some(vec![(6, "f")]), ..Wants::these(&["f"]) };
    let (_, lines) = refused(&wants, &mut kernel);
    assert_eq!(lines[0], "hello: disagrees about version of symbol f");
    assert_eq!(lines.len(), 2);
}

#[test]
fn the_owners_state_is_looked_at_last() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [Export { namespace: "NS".into(), ..export("f", 1) }]);
    kernel.module(id).state = ModuleState::Going;
    assert_eq!(refused(&Wants::these(&["f"]), &mut kernel).0, Errno::EINVAL);
}

#[test]
fn a_module_that_is_going_has_nothing_to_give() {
    let (mut kernel, id) = with_other();
    kernel.module(id).state = ModuleState::Going;
    assert_eq!(refused(&Wants::these(&["f"]), &mut kernel), (Errno::ENOENT, lines(&[UNKNOWN])));
    assert!(
        Wants::weakly("f").resolve(&mut kernel).result.is_err(),
        "it was found and could not be had: that is not the same as not found, even for a weak symbol"
    );
}

#[test]
fn a_module_that_is_coming_is_waited_for() {
    let (mut kernel, id) = with_other();
    kernel.module(id).state = ModuleState::Coming;
    kernel.patience = Patience::Succeeds;
    assert_eq!(Wants::these(&["f"]).resolve(&mut kernel).last(), [7]);
    assert_eq!(kernel.waits, 1);
}

#[test]
fn a_module_whose_init_fails_meanwhile_is_gone() {
    let (mut kernel, id) = with_other();
    kernel.module(id).state = ModuleState::Coming;
    kernel.patience = Patience::Fails;
    assert_eq!(refused(&Wants::these(&["f"]), &mut kernel), (Errno::ENOENT, lines(&[UNKNOWN])));
}

#[test]
fn after_thirty_seconds_the_kernel_gives_up() {
    let (mut kernel, id) = with_other();
    kernel.module(id).state = ModuleState::Coming;
    let expected =
        lines(&["hello: gave up waiting for init of module other.", "hello: Unknown symbol f (err -16)"]);
    assert_eq!(refused(&Wants::these(&["f"]), &mut kernel), (Errno::EBUSY, expected));
}

// inherit_taint

#[test]
fn who_uses_a_proprietary_modules_symbols_becomes_proprietary() {
    let (mut kernel, id) = with_other();
    kernel.module(id).is_proprietary = true;
    let outcome = Wants::these(&["f"]).resolve(&mut kernel);
    assert_eq!(outcome.last(), [7]);
    let expected = "hello: module uses symbols f from proprietary module other, inheriting taint.";
    assert_eq!(outcome.lines, [expected]);
    assert_eq!(outcome.module, proprietary());
}

#[test]
fn the_taint_is_inherited_and_announced_once() {
    let (mut kernel, id) = with_other();
    kernel.module(id).is_proprietary = true;
    assert_eq!(Wants::these(&["f", "g"]).resolve(&mut kernel).lines.len(), 1);
    let wants = Wants { taints: proprietary(), ..Wants::these(&["f"]) };
    assert_eq!(wants.resolve(&mut kernel).lines, [""; 0], "it is proprietary already");
}

#[test]
fn gpl_only_first_and_proprietary_later_do_not_go_together() {
    let mut kernel = TestKernel::new([gpl("g", 1)]);
    let id = kernel.load("other", [export("f", 7)]);
    kernel.module(id).is_proprietary = true;
    let expected = lines(&[
        "hello: module using GPL-only symbols uses symbols f from proprietary module other.",
        UNKNOWN,
    ]);
    assert_eq!(refused(&Wants::these(&["g", "f"]), &mut kernel), (Errno::ENOENT, expected));
}

#[test]
fn proprietary_first_and_gpl_only_later_do_not_go_together_either() {
    let mut kernel = TestKernel::new([gpl("g", 1)]);
    let id = kernel.load("other", [export("f", 7)]);
    kernel.module(id).is_proprietary = true;
    let expected = lines(&[
        "hello: module uses symbols f from proprietary module other, inheriting taint.",
        "hello: Unknown symbol g (err -2)",
    ]);
    assert_eq!(refused(&Wants::these(&["f", "g"]), &mut kernel), (Errno::ENOENT, expected));
}

#[test]
fn a_gpl_only_symbol_of_a_proprietary_module_is_a_contradiction_in_itself() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [gpl("f", 7)]);
    kernel.module(id).is_proprietary = true;
    let (errno, lines) = refused(&Wants::these(&["f"]), &mut kernel);
    assert_eq!(errno, Errno::ENOENT);
    assert!(
        lines[0].contains("using GPL-only symbols uses symbols f"),
        "the symbol itself counts: {lines:?}"
    );
}

#[test]
fn a_weak_symbol_that_would_bring_the_taint_is_left_out() {
    let mut kernel = TestKernel::new([gpl("g", 1)]);
    let id = kernel.load("other", [export("f", 7)]);
    kernel.module(id).is_proprietary = true;
    let mut wants = Wants::these(&["g"]);
    wants.symbols.push(("f", common::file::WANTED_WEAKLY));
    assert_eq!(
        wants.resolve(&mut kernel).last(),
        [1, 0],
        "inherit_taint makes it look as if it were not there"
    );
}

// ref_module

#[test]
fn using_a_module_takes_one_reference_however_many_symbols_are_used() {
    let (mut kernel, id) = with_other();
    Wants::these(&["f", "g"]).resolve(&mut kernel).result.unwrap();
    assert_eq!(kernel.module(id).references, 1);
    assert!(kernel.uses.already_uses(ME, id));
}

#[test]
fn vmlinux_is_used_without_a_reference() {
    let mut kernel = TestKernel::new([export("f", 1)]);
    Wants::these(&["f"]).resolve(&mut kernel).result.unwrap();
    assert_eq!(kernel.uses.used_by(ME).count(), 0, "it cannot be unloaded");
}

#[test]
fn a_refused_module_still_holds_what_it_took_so_that_it_can_be_given_back() {
    let (mut kernel, id) = with_other();
    assert!(Wants::these(&["f", "nowhere"]).resolve(&mut kernel).result.is_err());
    assert_eq!(kernel.uses.module_unload_free(ME), [id], "one module_put for each of these");
    assert!(!kernel.uses.already_uses(ME, id));
    assert_eq!(kernel.uses.module_unload_free(ME), []);
}

#[test]
fn a_symbol_with_a_wrong_version_makes_nobody_a_user() {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [Export { crc: Some(5), ..export("f", 7) }]);
    let wants = Wants { versions: Some(vec![(6, "f")]), ..Wants::these(&["f"]) };
    assert!(wants.resolve(&mut kernel).result.is_err());
    assert_eq!((kernel.module(id).references, kernel.uses.users(id).count()), (0, 0));
}

#[test]
fn users_are_listed_with_the_latest_first() {
    let (mut kernel, id) = with_other();
    for user in [ModuleId(5), ModuleId(6), ModuleId(7)] {
        kernel.uses.add_module_usage(user, id);
    }
    kernel.uses.module_unload_free(ModuleId(6));
    assert_eq!(kernel.uses.users(id).collect::<Vec<_>>(), [ModuleId(7), ModuleId(5)]);
}

#[test]
fn a_module_that_is_used_already_is_not_asked_again() {
    let (mut kernel, id) = with_other();
    kernel.uses.add_module_usage(ME, id);
    kernel.module(id).state = ModuleState::Going;
    assert_eq!(
        Wants::these(&["f"]).resolve(&mut kernel).last(),
        [7],
        "the reference taken before still holds"
    );
}
