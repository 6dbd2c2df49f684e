//! The kernel's crypto API: algorithms that modules register, transforms made from them, and the library functions
//! that vmlinux offers beside. Linux: crypto/api.c, crypto/algapi.c, lib/crypto/.

use crate::exports::Table;

pub(super) fn register(_table: &mut Table) {}
