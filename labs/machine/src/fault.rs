//! What to do about an exception in module code: a warning, a fixup, or an oops (arch/x86/kernel/traps.c,
//! arch/x86/mm/fault.c).
//!
//! The signal handler only keeps the registers; what is here runs as ordinary code on the task's own stack.

use std::sync::Arc;

use crate::{
    Bug, Current, Fixup, Killed, Level, Machine,
    exports::Trap,
    format::{VaList, format},
    host,
    oops::{Kind, Oops},
    ports,
    task::{current, kill, with_local},
};

/// The registers at an exception, in the order of a signal context's.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
#[allow(missing_docs)]
pub(crate) struct Frame {
    pub(crate) r8: u64,
    pub(crate) r9: u64,
    pub(crate) r10: u64,
    pub(crate) r11: u64,
    pub(crate) r12: u64,
    pub(crate) r13: u64,
    pub(crate) r14: u64,
    pub(crate) r15: u64,
    pub(crate) rdi: u64,
    pub(crate) rsi: u64,
    pub(crate) rbp: u64,
    pub(crate) rbx: u64,
    pub(crate) rdx: u64,
    pub(crate) rax: u64,
    pub(crate) rcx: u64,
    pub(crate) rsp: u64,
    pub(crate) rip: u64,
    pub(crate) flags: u64,
    pub(crate) segments: u64,
    pub(crate) error: u64,
    pub(crate) trap: u64,
    pub(crate) old_mask: u64,
    pub(crate) cr2: u64,
}

/// `Frame::trap` for what is no exception of the processor: the watchdog's interruption.
pub(crate) const WATCHDOG: u64 = 0x100;
/// `Frame::trap` for a fault within the code below.
pub(crate) const RECURSIVE: u64 = 0x101;

/// Divide error, breakpoint, invalid opcode, stack segment, general protection, page fault: the processor's numbers.
pub(crate) const DIVIDE: u64 = 0;
pub(crate) const BREAKPOINT: u64 = 3;
pub(crate) const INVALID_OPCODE: u64 = 6;
pub(crate) const STACK_SEGMENT: u64 = 12;
pub(crate) const GENERAL_PROTECTION: u64 = 13;
pub(crate) const PAGE_FAULT: u64 = 14;

/// Called where the exception was, with its registers. Comes back where the code goes on, with the registers that it
/// goes on with; otherwise the task has ended.
pub(crate) extern "C" fn handle(frame: &mut Frame) {
    if frame.trap == RECURSIVE {
        let reason = "fault while an oops was written".to_owned();
        current().machine().printk(Level::EMERG, &format!("{reason}\n"));
        end(Killed { reason, missing: None });
    }
    let current = current();
    if goes_on(frame, &current) {
        with_local(|local| local.trap().finish());
        return;
    }
    let killed = report(frame, &current);
    end(killed);
}

fn end(killed: Killed) -> ! {
    with_local(|local| local.trap().finish());
    kill(killed)
}

/// Whether this was a warning or has a fixup, and then does what it asks for.
fn goes_on(frame: &mut Frame, current: &Current) -> bool {
    let hooks = current.machine().hooks();
    if frame.trap == WATCHDOG {
        return false;
    }
    if frame.trap == INVALID_OPCODE
        && let Some(bug) = hooks.bug_at(frame.rip)
        && bug.flags & Bug::WARNING != 0
    {
        let silent = bug.flags & Bug::ONCE != 0 && !hooks.bug_done(frame.rip);
        if !silent {
            Oops::new(frame, current).warn(&bug);
            hooks.add_taint('W');
        }
        frame.rip += 2;
        return true;
    }
    match hooks.fixup_at(frame.rip) {
        Some(fixup) => fix_up(frame, fixup),
        None => frame.trap == GENERAL_PROTECTION && ports::emulate(frame),
    }
}

/// `fixup_exception` (arch/x86/mm/extable.c): the types of records that make sense here.
fn fix_up(frame: &mut Frame, fixup: Fixup) -> bool {
    const DEFAULT: u32 = 1;
    const FAULT: u32 = 2;
    const UACCESS: u32 = 3;
    const IMM_REG: u32 = 17;
    const FAULT_SGX: u32 = 18;
    let immediate = i64::from(fixup.data as i32 >> 16) as u64;
    match fixup.data & 0xff {
        DEFAULT | UACCESS => {}
        FAULT | FAULT_SGX => frame.rax = frame.trap,
        IMM_REG => match register(frame, fixup.data >> 8 & 0xf) {
            Some(register) => *register = immediate,
            None => return false,
        },
        _ => return false,
    }
    frame.rip = fixup.address;
    true
}

/// A register by the number that instructions use.
fn register(frame: &mut Frame, number: u32) -> Option<&mut u64> {
    Some(match number {
        0 => &mut frame.rax,
        1 => &mut frame.rcx,
        2 => &mut frame.rdx,
        3 => &mut frame.rbx,
        5 => &mut frame.rbp,
        6 => &mut frame.rsi,
        7 => &mut frame.rdi,
        8 => &mut frame.r8,
        9 => &mut frame.r9,
        10 => &mut frame.r10,
        11 => &mut frame.r11,
        12 => &mut frame.r12,
        13 => &mut frame.r13,
        14 => &mut frame.r14,
        15 => &mut frame.r15,
        _ => return None,
    })
}

/// Writes the oops; what to tell those who wait for the task.
fn report(frame: &Frame, current: &Current) -> Killed {
    let machine = current.machine();
    let hooks = machine.hooks();
    let oops = Oops::new(frame, current);
    if frame.trap == WATCHDOG {
        return oops.die(Kind::SoftLockup);
    }
    // Code that must not be reached: an export that is not there, or one that ends in a panic.
    match machine.exports().trap_at(frame.rip) {
        Some(Trap::Missing(name)) => return missing(oops, machine, frame, name),
        Some(Trap::Panic(words)) => {
            return oops.die(Kind::Panic(words.replace("%pB", &oops.caller())));
        }
        Some(Trap::PanicFormat) => {
            let registers = [frame.rdi, frame.rsi, frame.rdx, frame.rcx, frame.r8, frame.r9];
            let mut list = VaList::of_call(&registers, 1, frame.rsp.wrapping_add(8));
            // SAFETY: the module called panic() with a format and its arguments; a fault here ends the task as well.
            let words = unsafe { format(frame.rdi as *const u8, &mut list) };
            return oops.die(Kind::Panic(String::from_utf8_lossy(&words).trim_end().to_owned()));
        }
        None => {}
    }
    let bug = (frame.trap == INVALID_OPCODE).then(|| hooks.bug_at(frame.rip)).flatten();
    let killed = match bug {
        Some(bug) => oops.die(Kind::Bug(bug)),
        None => oops.die(Kind::Exception),
    };
    hooks.add_taint('D');
    killed
}

fn missing(oops: Oops<'_>, machine: &Arc<Machine>, frame: &Frame, name: Arc<str>) -> Killed {
    // A call pushes where it came from, whether it reached a trap or a page that cannot be executed.
    let caller =
        host::peek(frame.rsp, 8).and_then(|bytes| bytes.first_chunk().map(|word| u64::from_le_bytes(*word)));
    let caller = caller.and_then(|caller| machine.symbolize(caller.wrapping_sub(1)));
    let caller = caller.map_or_else(String::new, |place| format!(" by {place}"));
    let words = format!("BUG: {name} was called{caller}, and this machine does not implement it");
    Killed { missing: Some(name), ..oops.die(Kind::Words(words)) }
}

/// Ends the task if the watchdog has given it up: to be called in every loop of the machine's own code that waits for
/// other CPUs without sleeping, because the watchdog only interrupts module code.
pub fn relax() {
    std::hint::spin_loop();
    if with_local(|local| local.trap().locked_up()) == Some(true) {
        let current = current();
        let frame = Frame { trap: WATCHDOG, ..Frame::default() };
        let killed = Oops::new(&frame, &current).die(Kind::SoftLockup);
        kill(killed);
    }
}
