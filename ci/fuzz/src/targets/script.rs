//! Scripts of the simulated kernel's shell: every line is taken apart, and what only looks is done.

use std::{
    cell::RefCell,
    io::sink,
    sync::{Arc, LazyLock},
};

use loader::{
    Kernel, KernelConfig,
    shell::{Line, Shell},
};

use crate::{Target, modules};

pub(super) const TARGET: Target = Target {
    name: "script",
    about: "lines of the shell, and the commands that run no module's code",
    is_module: false,
    run,
    seeds,
};

/// What runs code at addresses of its caller's choice, reads this computer's files, starts threads or sleeps is only
/// taken apart.
const HARMLESS: [&str; 17] = [
    "lsmod", "dmesg", "echo", "cat", "ls", "open", "read", "write", "ioctl", "close", "buffer", "xxd",
    "digest", "cipher", "search", "nls", "help",
];

fn run(data: &[u8]) {
    static KERNEL: LazyLock<Arc<Kernel>> =
        LazyLock::new(|| Kernel::boot(KernelConfig::default()).expect("the simulated kernel boots here"));
    thread_local!(static SHELL: RefCell<Shell> = RefCell::new(Shell::new(KERNEL.clone())));
    let text = String::from_utf8_lossy(data);
    for line in text.lines().take(40) {
        let Ok(Line::Command { words, .. }) = Line::parse(line) else { continue };
        let is_harmless = words.first().is_some_and(|word| HARMLESS.contains(&word.as_str()));
        if is_harmless && !line.trim_end().ends_with('&') {
            let outcome = SHELL.with(|shell| shell.borrow_mut().run_line(line, &mut sink()));
            assert!(outcome.is_ok(), "{line}: what is written nowhere cannot fail to be written");
        }
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let scripts = ["solutions/14-loader/tests/sessions", "book/sessions"];
    scripts.iter().flat_map(|folder| modules::files_in(folder, "txt")).collect()
}
