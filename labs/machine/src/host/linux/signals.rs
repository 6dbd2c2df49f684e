//! Exceptions reach a process as signals. The handler keeps the registers, turns the thread to [`crate::fault`] on the
//! task's own stack, and does nothing else: whatever is not safe in a signal handler happens after it.
//!
//! A fault that is not a module's goes to whoever handled it before, which usually ends the process: it is a bug here.

use std::{
    arch::naked_asm,
    io, mem, ptr,
    sync::{OnceLock, atomic::Ordering},
};

use crate::{
    fault::{self, Frame},
    memory::PATCHES,
    task::trap_state,
};

/// The signals that exceptions of the processor become.
const EXCEPTIONS: [libc::c_int; 5] = [libc::SIGSEGV, libc::SIGBUS, libc::SIGILL, libc::SIGFPE, libc::SIGTRAP];

/// The stack for the handler; bytes.
const HANDLER_STACK: usize = 64 << 10;

/// Who handled the signals before, in the order of `EXCEPTIONS`.
static BEFORE: OnceLock<Vec<libc::sigaction>> = OnceLock::new();

/// The watchdog's signal.
fn watchdog_signal() -> libc::c_int {
    libc::SIGRTMIN() + 3
}

/// Sets the handlers of this process, once.
pub(crate) fn install_handlers() -> io::Result<()> {
    let mut failed = Ok(());
    BEFORE.get_or_init(|| {
        let mut before = Vec::new();
        for signal in EXCEPTIONS.into_iter().chain([watchdog_signal()]) {
            match install(signal) {
                Ok(old) => before.push(old),
                Err(error) => failed = Err(error),
            }
        }
        before
    });
    failed
}

fn install(signal: libc::c_int) -> io::Result<libc::sigaction> {
    // SAFETY: all zeroes is a valid sigaction; sigaction reads the one and writes the other.
    unsafe {
        let mut action: libc::sigaction = mem::zeroed();
        action.sa_sigaction = handler as *const () as usize;
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_RESTART;
        libc::sigemptyset(&mut action.sa_mask);
        let mut old: libc::sigaction = mem::zeroed();
        if libc::sigaction(signal, &action, &mut old) != 0 {
            return Err(io::Error::last_os_error());
        }
        Ok(old)
    }
}

/// A CPU thread's stack for signal handlers, in use until dropped.
pub(crate) struct HandlerStack(Vec<u8>);

impl HandlerStack {
    /// Sets one for this thread.
    pub(crate) fn install() -> io::Result<HandlerStack> {
        let mut stack = HandlerStack(vec![0; HANDLER_STACK]);
        let description =
            libc::stack_t { ss_sp: stack.0.as_mut_ptr().cast(), ss_flags: 0, ss_size: HANDLER_STACK };
        // SAFETY: the memory stays until the stack is taken out of use in `drop`.
        let answer = unsafe { libc::sigaltstack(&description, ptr::null_mut()) };
        if answer == 0 { Ok(stack) } else { Err(io::Error::last_os_error()) }
    }
}

impl Drop for HandlerStack {
    fn drop(&mut self) {
        let none = libc::stack_t { ss_sp: ptr::null_mut(), ss_flags: libc::SS_DISABLE, ss_size: 0 };
        // SAFETY: this runs on the thread that installed it, outside any handler.
        unsafe { libc::sigaltstack(&none, ptr::null_mut()) };
    }
}

/// A thread of this process, to be interrupted and asked for its CPU time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Thread(libc::pthread_t);

impl Thread {
    /// The calling thread.
    pub(crate) fn current() -> Thread {
        // SAFETY: always valid.
        Thread(unsafe { libc::pthread_self() })
    }

    /// How long it has run; nanoseconds.
    ///
    /// # Safety
    /// The thread has not been joined.
    pub(crate) unsafe fn cpu_time(self) -> u64 {
        let mut clock = 0;
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the caller vouches for the thread; both calls write to what they are given.
        let answer = unsafe {
            libc::pthread_getcpuclockid(self.0, &mut clock) | libc::clock_gettime(clock, &mut time)
        };
        if answer == 0 { time.tv_sec as u64 * 1_000_000_000 + time.tv_nsec as u64 } else { 0 }
    }

    /// Has the handler below look at it.
    ///
    /// # Safety
    /// The thread has not been joined.
    pub(crate) unsafe fn interrupt(self) {
        // SAFETY: the caller vouches for the thread.
        unsafe { libc::pthread_kill(self.0, watchdog_signal()) };
    }
}

extern "C" fn handler(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel hands a handler set with SA_SIGINFO a valid context, which is nobody else's.
    let registers = unsafe { &mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs };
    if signal == watchdog_signal() {
        return watchdog(registers);
    }
    let trap = trap_state().filter(|trap| trap.in_module());
    if signal == libc::SIGTRAP && trap.is_some() && being_patched(registers) {
        return;
    }
    match trap {
        Some(trap) if trap.begin() => {
            trap.keep(frame_of(registers));
            divert(registers, trap.frame(), trap.stack(), trap.emergency());
        }
        // A fault while an oops is written: no more words, and another stack.
        Some(trap) if trap.begin_again() => {
            trap.keep(Frame { trap: fault::RECURSIVE, ..frame_of(registers) });
            divert(registers, trap.frame(), (0, 0), trap.emergency());
        }
        _ => forward(signal, info, context),
    }
}

/// Whether the `int3` just executed belongs to an instruction that another CPU is replacing, or has replaced meanwhile:
/// then it is executed again (arch/x86/kernel/alternative.c, poke_int3_handler).
fn being_patched(registers: &mut [libc::greg_t; 23]) -> bool {
    const INT3: u8 = 0xcc;
    let rip = &mut registers[libc::REG_RIP as usize];
    let at = (*rip as u64).wrapping_sub(1);
    // SeqCst: pairs with the counting in `memory::region`.
    let patching = PATCHES.load(Ordering::SeqCst) > 0;
    // SAFETY: this byte was executed a moment ago on this thread, and module text is readable.
    let gone = at < 1 << 31 && unsafe { (at as *const u8).read_volatile() } != INT3;
    if patching || gone {
        *rip -= 1;
    }
    patching || gone
}

/// The watchdog's signal: the task ends here if it is in module code. In Rust code it may hold locks that others need;
/// the watchdog asks again.
fn watchdog(registers: &mut [libc::greg_t; 23]) {
    let Some(trap) = trap_state() else { return };
    let low = (registers[libc::REG_RIP as usize] as u64) < 1 << 31;
    if low && trap.in_module() && trap.locked_up() && trap.begin() {
        trap.keep(Frame { trap: fault::WATCHDOG, ..frame_of(registers) });
        divert(registers, trap.frame(), trap.stack(), trap.emergency());
    }
}

fn frame_of(registers: &[libc::greg_t; 23]) -> Frame {
    // SAFETY: the frame is 23 words in the order of the signal context.
    unsafe { mem::transmute::<[libc::greg_t; 23], Frame>(*registers) }
}

/// When the handler returns, the thread goes on in `entry`, on the task's stack where that has room.
fn divert(registers: &mut [libc::greg_t; 23], frame: *mut Frame, stack: (u64, u64), emergency: u64) {
    /// What writing an oops may need, and what lies below the stack pointer and is in use all the same.
    const ROOM: u64 = 40 << 10;
    const RED_ZONE: u64 = 256;
    const DIRECTION_AND_TRAP: libc::greg_t = 0x400 | 0x100;
    let rsp = registers[libc::REG_RSP as usize] as u64;
    let roomy = rsp > stack.0.saturating_add(ROOM) && rsp <= stack.1;
    let top = if roomy { rsp - RED_ZONE } else { emergency } & !15;
    registers[libc::REG_RSP as usize] = (top - 8) as libc::greg_t;
    registers[libc::REG_RDI as usize] = frame as libc::greg_t;
    registers[libc::REG_RIP as usize] = entry as *const () as libc::greg_t;
    registers[libc::REG_EFL as usize] &= !DIRECTION_AND_TRAP;
}

/// Where a diverted thread goes on, with the frame in RDI and the stack as after a call. When `handle` comes back, so
/// do all the registers as the frame has them then. Module code keeps nothing below its stack pointer (-mno-red-zone).
#[unsafe(naked)]
extern "C" fn entry(_: *mut Frame) {
    naked_asm!(
        "push rdi",
        "call {handle}",
        "pop rdi",
        "mov rsp, [rdi + 15*8]",
        "push [rdi + 16*8]",
        "push [rdi + 17*8]",
        "mov r8, [rdi]",
        "mov r9, [rdi + 1*8]",
        "mov r10, [rdi + 2*8]",
        "mov r11, [rdi + 3*8]",
        "mov r12, [rdi + 4*8]",
        "mov r13, [rdi + 5*8]",
        "mov r14, [rdi + 6*8]",
        "mov r15, [rdi + 7*8]",
        "mov rsi, [rdi + 9*8]",
        "mov rbp, [rdi + 10*8]",
        "mov rbx, [rdi + 11*8]",
        "mov rdx, [rdi + 12*8]",
        "mov rax, [rdi + 13*8]",
        "mov rcx, [rdi + 14*8]",
        "mov rdi, [rdi + 8*8]",
        "popfq",
        "ret",
        handle = sym fault::handle,
    )
}

/// Hands the signal to whoever had it before.
fn forward(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let at = EXCEPTIONS.iter().position(|&exception| exception == signal);
    let before = at.and_then(|at| BEFORE.get()?.get(at));
    match before.map(|before| (before.sa_sigaction, before.sa_flags)) {
        Some((action, flags)) if action != libc::SIG_DFL && action != libc::SIG_IGN => {
            // SAFETY: what was registered as a handler is one, with three arguments or one as its flags say; a handler
            // of one argument ignores the others in their registers.
            unsafe {
                if flags & libc::SA_SIGINFO != 0 {
                    mem::transmute::<
                        usize,
                        extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void),
                    >(action)(signal, info, context);
                } else {
                    mem::transmute::<usize, extern "C" fn(libc::c_int)>(action)(signal);
                }
            }
        }
        // SAFETY: the instruction runs again and the default action ends the process.
        _ => unsafe {
            libc::signal(signal, libc::SIG_DFL);
        },
    }
}
