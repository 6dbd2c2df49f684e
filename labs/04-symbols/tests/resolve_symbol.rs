//! One undefined symbol on its way to an exporter, and everything that may stop it.

use abi::Errno;
use symbols::{Export, ModuleId, ModuleState, Unusable, resolve_symbol, resolve_symbol_wait};

use crate::common::{Came, Hello, ME, NOTHING, Patience, TestKernel, export, gpl};

type Resolved = Result<Option<u64>, Unusable>;

/// hello's one try at the symbol f.
fn resolve(hello: &Hello, kernel: &mut TestKernel) -> Came<Resolved> {
    hello.tries(|judgement, importer| resolve_symbol(judgement, importer, kernel, &"f".into()))
}

/// The same, with patience for an owner that is COMING.
fn resolve_wait(hello: &Hello, kernel: &mut TestKernel) -> Came<Result<Option<u64>, Errno>> {
    hello.tries(|judgement, importer| resolve_symbol_wait(judgement, importer, kernel, &"f".into()))
}

/// A kernel in which the module `other` exports f.
fn kernel_with(f: Export) -> (TestKernel, ModuleId) {
    let mut kernel = TestKernel::new([]);
    let id = kernel.load("other", [f]);
    (kernel, id)
}

fn unusable(errno: Errno, owner: Option<ModuleId>) -> Resolved {
    Err(Unusable { errno, owner })
}

/// The versions that hello has of f, which are not those of the kernels here.
const WRONG_VERSION: Hello = Hello { is_proprietary: false, versions: Some(&[(6, "f")]), imports: &[] };

#[test]
fn a_symbol_of_vmlinux_has_vmlinuxs_value() {
    let came = resolve(&Hello::default(), &mut TestKernel::new([export("f", 7)]));
    assert_eq!(came.result, Ok(Some(7)), "the export's value");
    assert_eq!(came.lines, NOTHING, "a symbol that is found is not worth a line");
    assert!(!came.using_gplonly_symbols, "f is a plain export");
}

#[test]
fn a_symbol_that_nobody_exports_is_none_and_no_error() {
    let came = resolve(&Hello::default(), &mut TestKernel::new([]));
    assert_eq!(
        came.result,
        Ok(None),
        "whether that is bad is for simplify_symbols to say: a weak symbol may be absent"
    );
    assert_eq!(came.lines, NOTHING, "and simplify_symbols is who prints \"Unknown symbol\"");
}

#[test]
fn using_a_module_takes_one_reference_and_makes_hello_a_user() {
    let (mut kernel, other) = kernel_with(export("f", 7));
    assert_eq!(resolve(&Hello::default(), &mut kernel).result, Ok(Some(7)), "the export's value");
    assert_eq!(kernel.users(other), [ME], "the user is the importer");
    assert_eq!(kernel.module(other).references, 1, "ref_module takes it");
}

#[test]
fn a_proprietary_module_does_not_see_gpl_only_symbols() {
    let hello = Hello { is_proprietary: true, ..Hello::default() };
    let mut kernel = TestKernel::new([gpl("f", 1)]);
    assert_eq!(
        resolve(&hello, &mut kernel).result,
        Ok(None),
        "gplok is !(mod->taints & (1 << TAINT_PROPRIETARY_MODULE))"
    );
    assert_eq!(resolve(&Hello::default(), &mut kernel).result, Ok(Some(1)), "and any other module does");
}

#[test]
fn a_gpl_only_symbol_is_remembered() {
    let came = resolve(&Hello::default(), &mut TestKernel::new([gpl("f", 1)]));
    assert!(
        came.using_gplonly_symbols,
        "mod->using_gplonly_symbols: from now on hello may not become proprietary"
    );
    let mut kernel = TestKernel::new([gpl("f", 1), gpl("g", 2), export("h", 3)]);
    for (second, value) in [("g", 2), ("h", 3)] {
        let came = Hello::default().tries(|judgement, importer| {
            ["f", second].map(|name| resolve_symbol(judgement, importer, &mut kernel, &name.into()))
        });
        assert_eq!(came.result, [Ok(Some(1)), Ok(Some(value))], "f and {second} are there");
        assert!(came.using_gplonly_symbols, "{second} after f does not make it forgotten that f is GPL-only");
    }
}

#[test]
fn a_gpl_only_symbol_of_a_proprietary_module_is_a_contradiction_in_itself() {
    let (mut kernel, other) = kernel_with(gpl("f", 7));
    kernel.module(other).is_proprietary = true;
    let came = resolve(&Hello::default(), &mut kernel);
    assert_eq!(
        came.result,
        Ok(None),
        "to inherit_taint's no the kernel answers NULL, as if f were not there"
    );
    assert_eq!(
        came.lines,
        ["hello: module using GPL-only symbols uses symbols f from proprietary module other."],
        "using_gplonly_symbols is set before inherit_taint looks at it: f itself counts"
    );
    assert_eq!(kernel.asked, 0, "a symbol that is not used costs no reference");
}

#[test]
fn gpl_only_first_and_proprietary_later_do_not_go_together() {
    let mut kernel = TestKernel::new([gpl("g", 1)]);
    let id = kernel.load("other", [export("f", 7)]);
    kernel.module(id).is_proprietary = true;
    let came = Hello::default().tries(|judgement, importer| {
        ["g", "f"].map(|name| resolve_symbol(judgement, importer, &mut kernel, &name.into()))
    });
    assert_eq!(came.result, [Ok(Some(1)), Ok(None)], "the second symbol is as if it were not there");
    assert!(!came.is_proprietary, "and hello stays clean");
}

#[test]
fn proprietary_first_and_gpl_only_later_do_not_go_together_either() {
    let mut kernel = TestKernel::new([gpl("g", 1)]);
    let id = kernel.load("other", [export("f", 7)]);
    kernel.module(id).is_proprietary = true;
    let came = Hello::default().tries(|judgement, importer| {
        ["f", "g"].map(|name| resolve_symbol(judgement, importer, &mut kernel, &name.into()))
    });
    assert_eq!(
        came.result,
        [Ok(Some(7)), Ok(None)],
        "with f came the taint, and a proprietary module does not see g"
    );
    assert!(came.is_proprietary, "inherited from other");
}

#[test]
fn a_wrong_version_is_refused_with_einval() {
    let (mut kernel, other) = kernel_with(Export { crc: Some(5), ..export("f", 1) });
    let came = resolve(&WRONG_VERSION, &mut kernel);
    assert_eq!(came.result, unusable(Errno::EINVAL, Some(other)), "check_version said no: ERR_PTR(-EINVAL)");
    assert_eq!(came.lines, ["hello: disagrees about version of symbol f"], "check_version has said why");
    assert_eq!(kernel.asked, 0, "a symbol that is refused costs no reference");

    let right = Hello { versions: Some(&[(5, "f")]), ..Hello::default() };
    assert_eq!(resolve(&right, &mut kernel).result, Ok(Some(1)), "with the right version it is given out");
}

#[test]
fn a_namespace_that_is_not_imported_is_refused_with_einval() {
    let mut kernel = TestKernel::new([Export { namespace: "CRYPTO_INTERNAL".into(), ..export("f", 1) }]);
    let came = resolve(&Hello::default(), &mut kernel);
    assert_eq!(came.result, unusable(Errno::EINVAL, None), "hello imports nothing; the owner is vmlinux");
    assert_eq!(
        came.lines,
        ["hello: module uses symbol (f) from namespace CRYPTO_INTERNAL, but does not import it."],
        "verify_namespace_is_imported has said why"
    );
    for (imports, expected) in
        [(&["CRYPTO"][..], unusable(Errno::EINVAL, None)), (&["USB", "CRYPTO_INTERNAL"], Ok(Some(1)))]
    {
        let hello = Hello { imports, ..Hello::default() };
        assert_eq!(
            resolve(&hello, &mut kernel).result,
            expected,
            "{imports:?}: the whole name counts, and any of several imports will do"
        );
    }
}

#[test]
fn the_version_is_checked_before_the_namespace() {
    let f = Export { crc: Some(5), namespace: "NS".into(), ..export("f", 1) };
    assert_eq!(
        resolve(&WRONG_VERSION, &mut TestKernel::new([f])).lines,
        ["hello: disagrees about version of symbol f"],
        "resolve_symbol leaves at the first no, and check_version is asked before \
         verify_namespace_is_imported"
    );
}

#[test]
fn the_taint_is_inherited_before_the_version_is_checked() {
    let (mut kernel, other) = kernel_with(Export { crc: Some(5), ..export("f", 1) });
    kernel.module(other).is_proprietary = true;
    let came = resolve(&WRONG_VERSION, &mut kernel);
    assert_eq!(
        came.lines,
        [
            "hello: module uses symbols f from proprietary module other, inheriting taint.",
            "hello: disagrees about version of symbol f",
        ],
        "inherit_taint comes first in resolve_symbol, even if nothing comes of it"
    );
}

#[test]
fn the_owners_state_is_looked_at_last() {
    let (mut kernel, other) = kernel_with(Export { namespace: "NS".into(), ..export("f", 1) });
    kernel.module(other).state = ModuleState::Coming;
    assert_eq!(
        resolve(&Hello::default(), &mut kernel).result,
        unusable(Errno::EINVAL, Some(other)),
        "nobody waits thirty seconds for a module whose symbol may not be used anyway"
    );
    assert_eq!(kernel.asked, 0, "ref_module comes last, when nothing can fail any more");
}

#[test]
fn a_module_that_is_coming_or_going_is_named_as_the_owner() {
    for (state, errno) in [(ModuleState::Coming, Errno::EBUSY), (ModuleState::Going, Errno::ENOENT)] {
        let (mut kernel, other) = kernel_with(export("f", 7));
        kernel.module(other).state = state;
        assert_eq!(
            resolve(&Hello::default(), &mut kernel).result,
            unusable(errno, Some(other)),
            "{state:?}: the errno is ref_module's; resolve_symbol_wait has to know for whom to wait"
        );
    }
}

#[test]
fn a_module_that_is_coming_is_waited_for() {
    let (mut kernel, other) = kernel_with(export("f", 7));
    kernel.module(other).state = ModuleState::Coming;
    kernel.patience = Patience::Succeeds;
    assert_eq!(resolve_wait(&Hello::default(), &mut kernel).result, Ok(Some(7)), "its init ended well");
    assert_eq!(kernel.waits, 1, "once was enough");
}

#[test]
fn a_module_whose_init_fails_meanwhile_is_gone() {
    let (mut kernel, other) = kernel_with(export("f", 7));
    kernel.module(other).state = ModuleState::Coming;
    kernel.patience = Patience::Fails;
    assert_eq!(
        resolve_wait(&Hello::default(), &mut kernel).result,
        Ok(None),
        "resolve_symbol is called again and finds nobody who exports f"
    );
}

#[test]
fn a_module_that_is_going_is_not_waited_for() {
    let (mut kernel, other) = kernel_with(export("f", 7));
    kernel.module(other).state = ModuleState::Going;
    assert_eq!(
        resolve_wait(&Hello::default(), &mut kernel).result,
        Err(Errno::ENOENT),
        "only -EBUSY promises that waiting helps"
    );
    assert_eq!(kernel.waits, 0, "nobody slept");
}

#[test]
fn after_thirty_seconds_the_kernel_gives_up() {
    let (mut kernel, other) = kernel_with(export("f", 7));
    kernel.module(other).state = ModuleState::Coming;
    let came = resolve_wait(&Hello::default(), &mut kernel);
    assert_eq!(came.result, Err(Errno::EBUSY), "wait_event_interruptible_timeout returned 0");
    assert_eq!(
        came.lines,
        ["hello: gave up waiting for init of module other."],
        "resolve_symbol_wait has to know the owner for this line"
    );
}
