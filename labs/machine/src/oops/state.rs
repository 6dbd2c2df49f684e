//! The state that an oops shows: who ran, where, with which registers, and the code there
//! (arch/x86/kernel/dumpstack.c, show_opcodes; process_64.c, __show_regs).

use super::Oops;
use crate::host;

/// How many bytes of code are shown, and how many of them before RIP (`OPCODE_BUFSIZE`, `PROLOGUE_SIZE`).
const CODE: usize = 64;
const PROLOGUE: u64 = 42;

impl Oops<'_> {
    /// CPU, task, registers, code (`show_regs`).
    pub(super) fn state(&self) -> Vec<String> {
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
}
