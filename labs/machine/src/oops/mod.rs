//! The text of an oops, as the kernel writes it (arch/x86/kernel/dumpstack.c, arch/x86/mm/fault.c, kernel/panic.c).

mod state;
mod trace;

use std::sync::Arc;

use crate::{
    Bug, Current, Killed, Level, Machine,
    fault::{BREAKPOINT, DIVIDE, Frame, GENERAL_PROTECTION, INVALID_OPCODE, PAGE_FAULT, STACK_SEGMENT},
    host,
    task::with_local,
};

/// Why.
pub(crate) enum Kind {
    /// The exception in the frame.
    Exception,
    /// `BUG()`, with its file and line.
    Bug(Bug),
    /// The watchdog.
    SoftLockup,
    /// `panic()`: here it ends the task only.
    Panic(String),
    /// Something the machine itself found, in these words.
    Words(String),
}

/// An oops about to be written.
pub(crate) struct Oops<'a> {
    frame: &'a Frame,
    current: &'a Current,
    machine: &'a Arc<Machine>,
}

impl<'a> Oops<'a> {
    pub(crate) fn new(frame: &'a Frame, current: &'a Current) -> Oops<'a> {
        Oops { frame, current, machine: current.machine() }
    }

    /// Writes it all. The answer's reason is the first line.
    pub(crate) fn die(&self, kind: Kind) -> Killed {
        let mut lines = self.headline(&kind);
        if matches!(kind, Kind::Exception | Kind::Bug(_)) {
            lines.push(self.oops_line(&kind));
        }
        let reason = lines.iter().find(|line| !line.starts_with("----")).cloned().unwrap_or_default();
        lines.extend(self.body());
        if self.frame.trap == PAGE_FAULT {
            lines.push(format!("CR2: {:016x}", self.frame.cr2));
        }
        lines.push("---[ end trace 0000000000000000 ]---".to_owned());
        self.print(Level::ALERT, &lines);
        let reason = reason.split(" [#").next().unwrap_or_default();
        Killed { reason: reason.trim_end_matches('!').to_owned(), missing: None }
    }

    /// `__warn`.
    pub(crate) fn warn(&self, bug: &Bug) {
        let mut lines = Vec::new();
        if bug.flags & Bug::NO_CUT_HERE == 0 {
            lines.push("------------[ cut here ]------------".to_owned());
        }
        let (cpu, pid, place) = (self.current.cpu(), self.current.task().pid(), self.name(self.frame.rip));
        lines.push(format!("WARNING: CPU: {cpu} PID: {pid} at {}:{} {place}", bug.file, bug.line));
        lines.push(self.modules());
        lines.extend(self.state());
        lines.extend(self.calls());
        lines.push("---[ end trace 0000000000000000 ]---".to_owned());
        self.print(Level::WARNING, &lines);
    }

    /// The function that called what trapped.
    pub(crate) fn caller(&self) -> String {
        match self.word(self.frame.rsp) {
            Some(address) => self.name(address.wrapping_sub(1)),
            None => "?".to_owned(),
        }
    }

    /// What happened, in the first lines.
    fn headline(&self, kind: &Kind) -> Vec<String> {
        match kind {
            Kind::Words(words) => vec![words.clone()],
            Kind::Panic(words) => vec![format!("Kernel panic - not syncing: {words}")],
            Kind::Bug(bug) => vec![
                "------------[ cut here ]------------".to_owned(),
                format!("kernel BUG at {}:{}!", bug.file, bug.line),
            ],
            Kind::SoftLockup => {
                let (cpu, task) = (self.current.cpu(), self.current.task());
                let seconds = self.machine.config().soft_lockup.as_secs();
                vec![format!(
                    "watchdog: BUG: soft lockup - CPU#{cpu} stuck for {seconds}s! [{}:{}]",
                    task.name(),
                    task.pid()
                )]
            }
            Kind::Exception if self.frame.trap == PAGE_FAULT => self.page_fault(),
            Kind::Exception => Vec::new(),
        }
    }

    /// `show_fault_oops`.
    fn page_fault(&self) -> Vec<String> {
        let (address, error) = (self.frame.cr2, self.frame.error);
        if let Some((low, high)) = with_local(|local| local.trap().stack())
            && address < low
            && low - address <= 64 << 10
        {
            return vec![format!(
                "BUG: TASK stack guard page was hit at {address:#x} (stack is {low:#x}..{high:#x})"
            )];
        }
        let mut lines = vec![if address < 4096 {
            format!("BUG: kernel NULL pointer dereference, address: {address:016x}")
        } else {
            format!("BUG: unable to handle page fault for address: {address:016x}")
        }];
        let access = match error {
            _ if error & 0x10 != 0 => "instruction fetch",
            _ if error & 2 != 0 => "write access",
            _ => "read access",
        };
        lines.push(format!("#PF: supervisor {access} in kernel mode"));
        let present = if error & 1 == 0 { "not-present page" } else { "permissions violation" };
        // Bit 2 says user mode, which is where the simulated kernel really runs.
        lines.push(format!("#PF: error_code({:#06x}) - {present}", error & !4));
        if let Some(owner) = self.machine.memory().owner(address)
            && owner.freed
        {
            let what = if error & 0x10 != 0 { "freed module text" } else { "freed module memory" };
            let offset = address - owner.start;
            lines.insert(0, format!("BUG: {what}: {}+{offset:#x} ({address:#x})", owner.label));
        }
        lines
    }

    /// `__die_header`: the exception's name.
    fn oops_line(&self, kind: &Kind) -> String {
        let error = self.frame.error & 0xffff & !4;
        let name = match self.frame.trap {
            _ if matches!(kind, Kind::Bug(_)) => "invalid opcode: 0000".to_owned(),
            DIVIDE => "divide error: 0000".to_owned(),
            BREAKPOINT => "int3: 0000".to_owned(),
            INVALID_OPCODE => "invalid opcode: 0000".to_owned(),
            STACK_SEGMENT => format!("stack segment: {error:04x}"),
            GENERAL_PROTECTION => match self.non_canonical() {
                Some(address) => format!(
                    "general protection fault, probably for non-canonical address {address:#x}: {error:04x}"
                ),
                None => format!("general protection fault: {error:04x}"),
            },
            PAGE_FAULT => format!("Oops: {error:04x}"),
            other => format!("exception {other}: {error:04x}"),
        };
        format!("{name} [#{}] PREEMPT SMP NOPTI", self.machine.count_oops())
    }

    /// A register whose value cannot be an address: most likely the one that was used as one.
    fn non_canonical(&self) -> Option<u64> {
        let frame = self.frame;
        let registers = [
            frame.rax, frame.rdi, frame.rsi, frame.rdx, frame.rcx, frame.rbx, frame.r8, frame.r9, frame.r10,
            frame.r11, frame.r12, frame.r13, frame.r14, frame.r15, frame.rbp,
        ];
        registers.into_iter().find(|&value| !matches!(value >> 47, 0 | 0x1ffff))
    }

    fn body(&self) -> Vec<String> {
        let mut lines = self.state();
        lines.extend(self.calls());
        lines.push(self.modules());
        lines
    }

    fn modules(&self) -> String {
        format!("Modules linked in: {}", self.machine.hooks().modules_linked_in()).trim_end().to_owned()
    }

    fn name(&self, address: u64) -> String {
        self.machine.symbolize(address).map_or_else(|| format!("{address:#x}"), |place| place.to_string())
    }

    fn word(&self, at: u64) -> Option<u64> {
        host::peek(at, 8)?.first_chunk().map(|word| u64::from_le_bytes(*word))
    }

    fn print(&self, level: Level, lines: &[String]) {
        for line in lines {
            self.machine.printk(level, &format!("{line}\n"));
        }
    }
}
