//! What user space has today for the same bargain: the many pay nothing, and the one who wants to know makes every other
//! thread's processor pass a barrier (`kernel/sched/membarrier.c`, since 4.3; private and expedited since 4.14).

/// Returns once every thread of this process has passed a full memory barrier since the call, wherever it runs. Threads
/// need then nothing but the compiler's own order between a store and a load that follows it.
///
/// # Errors
/// Words: this system has no such call.
#[cfg(target_os = "linux")]
pub fn membarrier() -> Result<(), String> {
    use libc::{MEMBARRIER_CMD_PRIVATE_EXPEDITED, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED};
    use std::sync::OnceLock;
    static REGISTERED: OnceLock<Result<(), String>> = OnceLock::new();

    let call = |command: libc::c_int| {
        // SAFETY: the call takes numbers and touches no memory of ours.
        match unsafe { libc::syscall(libc::SYS_membarrier, command, 0, 0) } {
            0 => Ok(()),
            _ => Err(format!("membarrier: {}", std::io::Error::last_os_error())),
        }
    };
    REGISTERED.get_or_init(|| call(MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED)).clone()?;
    call(MEMBARRIER_CMD_PRIVATE_EXPEDITED)
}

/// Elsewhere there is no such call.
///
/// # Errors
/// Always, in words.
#[cfg(not(target_os = "linux"))]
pub fn membarrier() -> Result<(), String> {
    Err(format!("membarrier is a system call of Linux, and this is {}", std::env::consts::OS))
}
