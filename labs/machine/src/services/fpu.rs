//! What code with vector instructions asks of the kernel: whether and when it may use them.
//! Linux: arch/x86/kernel/fpu/core.c, arch/x86/kernel/cpu/.

use crate::exports::Table;

pub(super) fn register(_table: &mut Table) {}
