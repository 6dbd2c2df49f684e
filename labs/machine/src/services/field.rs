//! Fields of structures in module memory, by the offsets of [`abi::offsets`].

/// Reads a field.
///
/// # Safety
/// A structure lies at `structure` that has a field of type `T` at `offset`. Where nothing is mapped the task faults
/// here, as the kernel would.
pub unsafe fn get<T: Copy>(structure: u64, offset: usize) -> T {
    // SAFETY: the caller's promise.
    unsafe { ((structure + offset as u64) as *const T).read_unaligned() }
}

/// Writes a field.
///
/// # Safety
/// As [`get`], and the caller may write it.
pub unsafe fn put<T>(structure: u64, offset: usize, value: T) {
    // SAFETY: the caller's promise.
    unsafe { ((structure + offset as u64) as *mut T).write_unaligned(value) }
}
