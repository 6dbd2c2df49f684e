//! WARN and BUG for what the machine itself finds wrong. Linux: kernel/panic.c, lib/bug.c.

use crate::task::{Killed, kill};
use crate::{Level, current, printk};

const CUT_HERE: &str = "------------[ cut here ]------------";
const END_TRACE: &str = "---[ end trace 0000000000000000 ]---";

/// Where Linux says WARN_ON or BUG_ON of a matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Complaint {
    /// The source file, from the root of Linux.
    pub file: &'static str,
    /// The line in it, as of 6.1.192.
    pub line: u32,
    /// The function.
    pub function: &'static str,
}

impl Complaint {
    /// `WARN_ON(1)`: says so, taints the kernel (W), and goes on. In a task.
    pub fn warn_on(self) {
        let Complaint { file, line, function } = self;
        let here = current();
        let (cpu, pid, hooks) = (here.cpu(), here.task().pid(), here.machine().hooks());
        let modules = hooks.modules_linked_in();
        say(
            Level::WARNING,
            &format!(
                "{CUT_HERE}\nWARNING: CPU: {cpu} PID: {pid} at {file}:{line} {function}\n\
                 Modules linked in: {modules}\n{END_TRACE}"
            ),
        );
        hooks.add_taint('W');
    }

    /// `BUG_ON(1)`: an oops, and the task ends here. Whoever calls this holds no lock and nothing to be dropped.
    pub fn bug_on(self) -> ! {
        let reason = self.oops();
        kill(Killed { reason, missing: None })
    }

    fn oops(self) -> String {
        let Complaint { file, line, function } = self;
        let here = current();
        let (cpu, pid, number) = (here.cpu(), here.task().pid(), here.machine().count_oops());
        let (comm, hooks) = (here.task().name(), here.machine().hooks());
        let (tainted, modules) = (hooks.tainted(), hooks.modules_linked_in());
        let reason = format!("kernel BUG at {file}:{line}");
        say(
            Level::EMERG,
            &format!(
                "{CUT_HERE}\n{reason}!\ninvalid opcode: 0000 [#{number}] PREEMPT SMP NOPTI\n\
                 CPU: {cpu} PID: {pid} Comm: {comm} {tainted}\nRIP: 0010:{function}\n\
                 Modules linked in: {modules}\n{END_TRACE}"
            ),
        );
        hooks.add_taint('D');
        reason
    }
}

fn say(level: Level, lines: &str) {
    lines.lines().for_each(|line| printk(level, &format!("{}\n", line.trim_end())));
}

/// `WARN(1, ...)`: says it and goes on.
pub fn warn(message: &str) {
    let current = current();
    printk(
        Level::WARNING,
        &format!(
            "------------[ cut here ]------------\n{message}\nWARNING: CPU: {} PID: {}\n",
            current.cpu(),
            current.task().pid()
        ),
    );
}

/// `BUG()` after its message: the task ends here.
pub fn bug(message: &str) -> ! {
    printk(Level::EMERG, &format!("------------[ cut here ]------------\n{message}\nkernel BUG\n"));
    kill(Killed { reason: message.to_owned(), missing: None })
}
