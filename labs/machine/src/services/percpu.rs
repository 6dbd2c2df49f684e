//! Memory of which every CPU has its own, and sets of CPUs. Linux: mm/percpu.c, lib/cpumask.c.

use abi::Errno;

use crate::services::traced::traced;
use crate::services::{fail, functions, heap};
use crate::{Table, current};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __alloc_percpu/2, __alloc_percpu_gfp/3, free_percpu/1, free_cpumask_var/1, cpumask_local_spread/2);
    traced!(table; alloc_cpumask_var_node/3);
}

/// CONFIG_NR_CPUS of Debian's kernel, in bytes: the size of any struct cpumask.
const MASK: u64 = 8192 / 8;

/// An offset that is the same in every CPU's area, or NULL.
unsafe extern "C" fn __alloc_percpu(size: u64, align: u64) -> u64 {
    current().machine().percpu().allocate(size as usize, align as usize, &[]).unwrap_or(0)
}

unsafe extern "C" fn __alloc_percpu_gfp(size: u64, align: u64, _flags: u32) -> u64 {
    // SAFETY: no requirements.
    unsafe { __alloc_percpu(size, align) }
}

unsafe extern "C" fn free_percpu(offset: u64) {
    if offset != 0 && !current().machine().percpu().free(offset) {
        crate::services::complain::warn(&format!("free_percpu: nothing was allocated at {offset:#x}"));
    }
}

unsafe extern "C" fn alloc_cpumask_var_node(mask: *mut u64, _flags: u32, _node: i32, caller: u64) -> bool {
    let address = heap::allocate(MASK, caller);
    // SAFETY: the caller's variable.
    unsafe { *mask = address };
    address != 0
}

unsafe extern "C" fn free_cpumask_var(mask: u64) {
    heap::free(mask);
}

unsafe extern "C" fn cpumask_local_spread(index: u32, _node: i32) -> i32 {
    let cpus = current().machine().cpus();
    if cpus == 0 { fail(Errno::EINVAL) } else { index as i32 % cpus as i32 }
}
