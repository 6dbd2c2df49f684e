//! Small things that ciphers share: counters, exclusive or, comparison in constant time. Linux: crypto/algapi.c,
//! lib/crypto/utils.c, lib/crypto/memneq.c.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; crypto_inc/2, __crypto_xor/4, __crypto_memneq/3, alg_test/4);
    // Not one of the kernels that keep to FIPS 140.
    table.data("fips_enabled", 4, 8, &[]);
}

/// Adds one to a big-endian number.
pub unsafe extern "C" fn crypto_inc(number: *mut u8, size: u32) {
    // SAFETY: `size` bytes of the caller's.
    for byte in unsafe { std::slice::from_raw_parts_mut(number, size as usize) }.iter_mut().rev() {
        *byte = byte.wrapping_add(1);
        if *byte != 0 {
            return;
        }
    }
}

/// Byte by byte and forwards, because the buffers may overlap: modules hand over the same one twice.
unsafe extern "C" fn __crypto_xor(to: *mut u8, a: *const u8, b: *const u8, size: u32) {
    for index in 0..size as usize {
        // SAFETY: three buffers of `size` bytes.
        unsafe { *to.add(index) = *a.add(index) ^ *b.add(index) };
    }
}

/// Not 0 if the buffers differ. The time that it takes depends on their length only.
unsafe extern "C" fn __crypto_memneq(a: *const u8, b: *const u8, size: usize) -> u64 {
    // SAFETY: two buffers of `size` bytes; the volatile reads keep the loop from stopping early.
    (0..size).fold(0, |differs, index| unsafe {
        differs | u64::from(a.add(index).read_volatile() ^ b.add(index).read_volatile())
    })
}

/// What a kernel's own tests say of an algorithm; this one has none, like a kernel with CONFIG_CRYPTO_MANAGER_DISABLE_TESTS.
unsafe extern "C" fn alg_test(_driver: u64, _name: u64, _kind: u32, _mask: u32) -> i32 {
    0
}
