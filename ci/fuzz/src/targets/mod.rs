//! What is fuzzed, a file each.

mod compressed;
mod damage;
mod elf;
mod genksyms;
mod kallsyms;
mod modinfo;
mod modules_dep;
mod params;
mod script;
mod symvers;
mod verdict;
mod vermagic;
mod versions;

use crate::Target;

/// Everything that is fuzzed.
pub const TARGETS: &[Target] = &[
    elf::TARGET,
    modinfo::TARGET,
    vermagic::TARGET,
    genksyms::TARGET,
    versions::TARGET,
    params::TARGET,
    symvers::TARGET,
    modules_dep::TARGET,
    kallsyms::TARGET,
    script::TARGET,
    compressed::TARGET,
    damage::TARGET,
    verdict::TARGET,
];

/// The parts of the bytes between NULs: at most `N`, and empty ones for those that are missing.
fn parts<const N: usize>(data: &[u8]) -> [&[u8]; N] {
    let mut parts = data.splitn(N, |&byte| byte == 0);
    std::array::from_fn(|_| parts.next().unwrap_or_default())
}
