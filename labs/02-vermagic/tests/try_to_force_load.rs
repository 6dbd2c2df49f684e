//! Loading by force: what the kernel says, what it remembers, and when it does no such thing.

use abi::{Errno, Policy};
use vermagic::{Taint, Taints};

use crate::judging::{LOCK_DEBUGGING, Outcome, taints, with_hello, with_hello_called};

fn force(policy: Policy, kernel: Taints) -> Outcome<Result<(), Errno>> {
    with_hello(policy, kernel, |judgement| judgement.try_to_force_load("bad vermagic"))
}

#[test]
fn the_first_module_loaded_by_force_is_announced_and_taints() {
    let outcome = force(Policy::DEBIAN_6_1, Taints::NONE);
    assert_eq!(outcome.result, Ok(()), "Debian's kernel has CONFIG_MODULE_FORCE_LOAD");
    assert_eq!(
        outcome.lines,
        ["hello: bad vermagic: kernel tainted.", LOCK_DEBUGGING],
        "try_to_force_load prints before add_taint_module does"
    );
    assert_eq!(outcome.module, taints([Taint::ForcedModule]), "/proc/modules shows the F beside the module");
    assert_eq!(outcome.kernel, taints([Taint::ForcedModule]), "and an oops shows it for the kernel");
}

#[test]
fn the_line_says_for_which_reason() {
    let outcome =
        with_hello(Policy::DEBIAN_6_1, Taints::NONE, |judgement| judgement.try_to_force_load("no versions"));
    assert_eq!(
        outcome.lines.first().map(String::as_str),
        Some("hello: no versions: kernel tainted."),
        "a module can lack more than one thing; the caller says which"
    );
}

#[test]
fn a_kernel_that_does_not_force_refuses_in_silence() {
    let outcome = force(Policy::STRICT, Taints::NONE);
    assert_eq!(outcome.result, Err(Errno::ENOEXEC), "without CONFIG_MODULE_FORCE_LOAD there is no force");
    assert_eq!(outcome.lines, [""; 0], "the function is a bare return then");
    assert_eq!(
        (outcome.module, outcome.kernel),
        (Taints::NONE, Taints::NONE),
        "nothing happened, so no taint"
    );
}

#[test]
fn the_second_forced_module_is_not_announced_and_tainted_all_the_same() {
    let outcome = force(Policy::DEBIAN_6_1, taints([Taint::ForcedModule]));
    assert_eq!(outcome.result, Ok(()), "it is loaded like the first");
    assert_eq!(outcome.lines, [""; 0], "it looks whether the kernel is tainted already");
    assert_eq!(outcome.module, taints([Taint::ForcedModule]), "the module's own taint is new");
}

#[test]
fn the_line_calls_the_module_by_the_name_in_struct_module() {
    let outcome = with_hello_called("another", Policy::DEBIAN_6_1, Taints::NONE, |judgement| {
        judgement.try_to_force_load("bad vermagic")
    });
    assert_eq!(
        outcome.lines.first().map(String::as_str),
        Some("hello: bad vermagic: kernel tainted."),
        "the kernel prints mod->name here, the judgement's `name`, not its `info_name`"
    );
}

#[test]
fn force_adds_to_the_taints_that_are_there() {
    let outcome = force(Policy::DEBIAN_6_1, taints([Taint::Warn, Taint::OotModule]));
    let all = taints([Taint::Warn, Taint::OotModule, Taint::ForcedModule]);
    assert_eq!(outcome.kernel, all, "a taint is never washed off");
    assert_eq!(outcome.module, taints([Taint::ForcedModule]), "the kernel's taints are not the module's");
}

#[test]
fn lock_debugging_is_switched_off_only_once() {
    let outcome = force(Policy::DEBIAN_6_1, taints([Taint::ProprietaryModule]));
    assert_eq!(
        outcome.lines,
        ["hello: bad vermagic: kernel tainted."],
        "a proprietary module has ended lock debugging before; add_taint_module knows"
    );
}
