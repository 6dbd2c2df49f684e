//! Text search: algorithms that modules register and searches prepared with them. Linux: lib/textsearch.c.

use crate::exports::Table;

pub(super) fn register(_table: &mut Table) {}
