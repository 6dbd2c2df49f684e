//! The text of an oops, as the kernel writes it (arch/x86/kernel/dumpstack.c, arch/x86/mm/fault.c, kernel/panic.c).

use std::sync::Arc;

use crate::{
    Bug, Current, Killed, Level, Machine, Place,
    fault::{BREAKPOINT, DIVIDE, Frame, GENERAL_PROTECTION, INVALID_OPCODE, PAGE_FAULT, STACK_SEGMENT},
    host,
    task::with_local,
};

/// How much of the stack is searched for return addresses; bytes.
const STACK_SEARCHED: u64 = 16 << 10;
/// How many return addresses are shown.
const MOST_CALLS: usize = 24;
/// How many bytes of code are shown, and how many of them before RIP (`OPCODE_BUFSIZE`, `PROLOGUE_SIZE`).
const CODE: usize = 64;
const PROLOGUE: u64 = 42;

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
        let reason = lines.iter().find(|line| !line.starts_with("----")).cloned().unwrap_or_default();
        if matches!(kind, Kind::Exception | Kind::Bug(_)) {
            lines.push(self.oops_line(&kind));
        }
        lines.extend(self.body());
        if self.frame.trap == PAGE_FAULT {
            lines.push(format!("CR2: {:016x}", self.frame.cr2));
        }
        lines.push("---[ end trace 0000000000000000 ]---".to_owned());
        self.print(Level::ALERT, &lines);
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

    /// CPU, task, registers, code (`show_regs`).
    fn state(&self) -> Vec<String> {
        let (current, frame, config) = (self.current, self.frame, self.machine.config());
        let task = current.task();
        let taint = self.machine.hooks().tainted();
        let mut lines = vec![format!(
            "CPU: {} PID: {} Comm: {} {taint} {}",
            current.cpu(),
            task.pid(),
            task.name(),
            config.release
        )];
        lines.push("Hardware name: Loadable simulated machine".to_owned());
        if frame.rip == 0 && frame.rsp == 0 {
            return lines;
        }
        lines.push(format!("RIP: 0010:{}", self.rip()));
        lines.push(self.code());
        lines.push(format!("RSP: 0018:{:016x} EFLAGS: {:08x}", frame.rsp, frame.flags));
        let rows = [
            [("RAX", frame.rax), ("RBX", frame.rbx), ("RCX", frame.rcx)],
            [("RDX", frame.rdx), ("RSI", frame.rsi), ("RDI", frame.rdi)],
            [("RBP", frame.rbp), ("R08", frame.r8), ("R09", frame.r9)],
            [("R10", frame.r10), ("R11", frame.r11), ("R12", frame.r12)],
            [("R13", frame.r13), ("R14", frame.r14), ("R15", frame.r15)],
        ];
        for row in rows {
            lines.push(row.map(|(name, value)| format!("{name}: {value:016x}")).join(" "));
        }
        let base = self.machine.percpu().base(current.cpu()).unwrap_or(0);
        lines.push(format!("FS:  {:016x}(0000) GS:{base:016x}(0000) knlGS:{:016x}", 0, 0));
        lines.push(format!("CS:  0010 DS: 0000 ES: 0000 CR0: {:016x}", 0x8005_0033u32));
        lines.push(format!("CR2: {:016x} CR3: {:016x} CR4: {:016x}", frame.cr2, 0, 0));
        lines
    }

    /// Where it happened: a symbol, or the export whose Rust code was at work.
    fn rip(&self) -> String {
        match self.machine.symbolize(self.frame.rip) {
            Some(place) => place.to_string(),
            // Code of this process above 2 GiB: an export, entered through its stub, whose address is on the stack.
            None if self.frame.rip >> 31 != 0 => {
                match self.return_addresses().find(|(_, place)| place.module.is_none()) {
                    Some((_, place)) => place.to_string(),
                    None => format!("{:#x}", self.frame.rip),
                }
            }
            None => format!("{:#x}", self.frame.rip),
        }
    }

    fn code(&self) -> String {
        let start = self.frame.rip.wrapping_sub(PROLOGUE);
        let unable = || format!("Code: Unable to access opcode bytes at {start:#x}.");
        if host::peek(self.frame.rip, 1).is_none() {
            return unable();
        }
        // What lies before may be another page, which need not be there.
        let Some((at, bytes)) = [PROLOGUE, self.frame.rip & 0xfff]
            .into_iter()
            .filter(|&back| back <= PROLOGUE)
            .find_map(|back| {
                let at = self.frame.rip.wrapping_sub(back);
                let length = CODE.min((0x1000 - (self.frame.rip & 0xfff)) as usize + back as usize);
                host::peek(at, length).map(|bytes| (at, bytes))
            })
        else {
            return unable();
        };
        let shown = bytes.iter().zip(at..).map(|(byte, address)| {
            if address == self.frame.rip { format!(" <{byte:02x}>") } else { format!(" {byte:02x}") }
        });
        format!("Code:{}", shown.collect::<String>())
    }

    /// The call trace. Nothing says for certain which words on the stack are return addresses, so each has the mark of
    /// doubt that the kernel's unwinder gives to what it merely found.
    fn calls(&self) -> Vec<String> {
        let mut lines = vec!["Call Trace:".to_owned(), " <TASK>".to_owned()];
        lines.extend(self.return_addresses().take(MOST_CALLS).map(|(_, place)| format!(" ? {place}")));
        lines.push(" </TASK>".to_owned());
        lines
    }

    /// Words on the stack that point behind a call in module code or in an export's stub, innermost first.
    fn return_addresses(&self) -> impl Iterator<Item = (u64, Place)> + '_ {
        let high = with_local(|local| local.trap().stack().1).unwrap_or(0);
        let end = high.min(self.frame.rsp.saturating_add(STACK_SEARCHED));
        (self.frame.rsp & !7..end).step_by(8).filter_map(|at| {
            let word = self.word(at).filter(|&word| self.follows_a_call(word))?;
            let mut place = self.machine.symbolize(word.wrapping_sub(1))?;
            place.offset += 1;
            Some((word, place))
        })
    }

    /// Whether `address` is in text and the instruction before it can be read as a call.
    fn follows_a_call(&self, address: u64) -> bool {
        let low = (4096..1 << 31).contains(&address) && self.machine.memory().owner(address).is_some();
        let text = low
            && (self.machine.hooks().is_text(address.wrapping_sub(1))
                || self.machine.exports().place(address.wrapping_sub(1)).is_some());
        // call rel32; and call r/m, whose length depends on the addressing, with 2 in the middle of its ModRM byte.
        let begins = |length: u64| host::peek(address.wrapping_sub(length), 2);
        let direct = || begins(5).is_some_and(|bytes| bytes[0] == 0xe8);
        let indirect =
            |length| begins(length).is_some_and(|bytes| bytes[0] == 0xff && bytes[1] >> 3 & 7 == 2);
        text && (direct() || [2, 3, 4, 6, 7].into_iter().any(indirect))
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
