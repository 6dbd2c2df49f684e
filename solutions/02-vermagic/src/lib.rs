//! Lab 02: may this module meet this kernel at all? The version magic, what else `.modinfo` says of a
//! module, and the taints that follow. The kernel does the same in `kernel/module/main.c, check_modinfo`
//! and `kernel/module/version.c, same_magic`.

mod build;
mod check;
mod judgement;
mod magic;
mod taint;

pub use build::{Build, Preemption};
pub use check::{check_modinfo, check_vermagic, license_is_gpl_compatible, set_license};
pub use judgement::Judgement;
pub use magic::same_magic;
pub use taint::{LOCK_DEBUGGING_ENDS, Taint, Taints};
