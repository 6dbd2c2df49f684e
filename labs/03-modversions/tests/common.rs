//! What the tests of this lab share: lab 01's maker of modules, and the question that each check is asked.

use abi::{LoadError, Policy};
use elf::Module;
use modversions::{Versions, check_modstruct_version, check_version};
use vermagic::{Judgement, Taints};

pub use specimens::{hello, put, version};

/// What `check_version` says of `symbol`, whose CRC in the kernel is `crc`, to a module with these versions.
pub fn check_in(
    policy: Policy,
    kernel: Taints,
    versions: Option<&[(u64, &str)]>,
    symbol: &str,
    crc: Option<u32>,
) -> (bool, Vec<String>, Taints) {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    let mut judgement = Judgement::new(&module, policy, kernel);
    let data = versions
        .map(|versions| versions.iter().flat_map(|&(crc, name)| version(crc, name)).collect::<Vec<_>>());
    let versions = data.as_deref().map(Versions::new);
    let accepted = check_version(&mut judgement, versions.as_ref(), &symbol.into(), crc);
    (accepted, judgement.lines, judgement.module)
}

/// The same under Debian's policy, in an untainted kernel.
pub fn check(versions: Option<&[(u64, &str)]>, symbol: &str, crc: Option<u32>) -> (bool, Vec<String>) {
    let (accepted, lines, _) = check_in(Policy::DEBIAN_6_1, Taints::NONE, versions, symbol, crc);
    (accepted, lines)
}

/// What `check_modstruct_version` says under `policy`, the kernel's own CRC being `crc`.
pub fn layout_under(
    policy: Policy,
    versions: Option<&[(u64, &str)]>,
    crc: Option<u32>,
) -> Result<Vec<String>, LoadError> {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    let mut judgement = Judgement::new(&module, policy, Taints::NONE);
    let data = versions
        .map(|versions| versions.iter().flat_map(|&(crc, name)| version(crc, name)).collect::<Vec<_>>());
    let versions = data.as_deref().map(Versions::new);
    check_modstruct_version(&mut judgement, versions.as_ref(), crc).map(|()| judgement.lines)
}
