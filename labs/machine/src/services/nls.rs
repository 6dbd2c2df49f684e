//! Character sets that modules register, and the Unicode helpers beside them. Linux: fs/nls/nls_base.c.

use crate::exports::Table;

pub(super) fn register(_table: &mut Table) {}
