//! The GS base: user space leaves GS alone, so a CPU's thread can keep its per-CPU area there as the kernel does.

/// Makes `%gs:0` of this thread the byte at `base`.
pub(crate) fn set_gs_base(base: u64) -> std::io::Result<()> {
    const ARCH_SET_GS: libc::c_int = 0x1001;
    // SAFETY: nothing in a Rust or C program uses GS on x86-64 Linux, so changing its base changes nothing for them.
    let answer = unsafe { libc::syscall(libc::SYS_arch_prctl, ARCH_SET_GS, base) };
    if answer == 0 { Ok(()) } else { Err(std::io::Error::last_os_error()) }
}
