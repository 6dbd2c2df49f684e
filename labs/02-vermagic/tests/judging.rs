//! A module called hello, and what a kernel makes of it: what the tests of several tasks share.

use abi::{LoadError, Policy};
use elf::Module;
use vermagic::{Judgement, Taint, Taints, check_modinfo};

use specimens::hello;

/// The version magic of the kernel that judges.
pub const OURS: &str = "6.1.0 SMP preempt ";

/// What the first taint of a certain kind makes the kernel say besides (`kernel/panic.c, add_taint`).
pub const LOCK_DEBUGGING: &str = "Disabling lock debugging due to kernel taint";

/// What a judgement came to.
#[derive(Debug)]
pub struct Outcome<T> {
    pub result: T,
    pub lines: Vec<String>,
    pub module: Taints,
    pub kernel: Taints,
}

/// Calls `judge` with the judgement of hello in a kernel with these taints, of which nothing has been said yet.
pub fn with_hello<T>(policy: Policy, kernel: Taints, judge: impl FnOnce(&mut Judgement) -> T) -> Outcome<T> {
    with_hello_called("hello", policy, kernel, judge)
}

/// The same, where hello's `.modinfo` says that the name is `info_name`.
pub fn with_hello_called<T>(
    info_name: &str,
    policy: Policy,
    kernel: Taints,
    judge: impl FnOnce(&mut Judgement) -> T,
) -> Outcome<T> {
    with_modinfo(policy, kernel, &[&format!("name={info_name}")], |judgement, _| judge(judgement))
}

/// Judges hello with these `.modinfo` strings by `check_modinfo`, in a kernel with these taints.
pub fn judge_in(policy: Policy, kernel: Taints, modinfo: &[&str]) -> Outcome<Result<(), LoadError>> {
    with_modinfo(policy, kernel, modinfo, |judgement, module| check_modinfo(judgement, module, OURS.into()))
}

/// The same, by Debian's policy in a clean kernel.
pub fn judge(modinfo: &[&str]) -> Outcome<Result<(), LoadError>> {
    judge_in(Policy::DEBIAN_6_1, Taints::NONE, modinfo)
}

fn with_modinfo<T>(
    policy: Policy,
    kernel: Taints,
    modinfo: &[&str],
    judge: impl FnOnce(&mut Judgement, &Module) -> T,
) -> Outcome<T> {
    let mut builder = hello();
    builder.named(".modinfo").data =
        modinfo.iter().map(|line| format!("{line}\0")).collect::<String>().into();
    let file = builder.build();
    let module = Module::parse(&file).expect("a sound file");
    let mut judgement = Judgement::new(&module, policy, kernel);
    let result = judge(&mut judgement, &module);
    Outcome { result, lines: judgement.lines, module: judgement.module, kernel: judgement.kernel }
}

/// The `.modinfo` of a module about which there is nothing to complain, and `more`.
pub fn sound(more: &[&'static str]) -> Vec<&'static str> {
    [&["vermagic=6.1.0 SMP preempt ", "name=hello", "intree=Y", "retpoline=Y", "license=GPL"], more].concat()
}

/// The sound module's strings without those that begin with `key`.
pub fn sound_without(key: &str) -> Vec<&'static str> {
    sound(&[]).into_iter().filter(|line| !line.starts_with(key)).collect()
}

pub fn taints<const N: usize>(taints: [Taint; N]) -> Taints {
    taints.into_iter().collect()
}
