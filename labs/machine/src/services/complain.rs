//! WARN and BUG for what the machine itself finds wrong. Linux: kernel/panic.c, lib/bug.c.

use crate::task::{Killed, kill};
use crate::{Level, current, printk};

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
