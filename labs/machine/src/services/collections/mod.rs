//! The kernel's data structures as far as their code lies in vmlinux: lists, trees, identifiers, queues.

mod idr;
mod kfifo;
mod list;
mod radix;
mod rbtree;
pub(super) mod tree;
mod xarray;

use crate::exports::Table;

pub(super) fn register(table: &mut Table) {
    list::register(table);
    rbtree::register(table);
    idr::register(table);
    xarray::register(table);
    radix::register(table);
    kfifo::register(table);
}
