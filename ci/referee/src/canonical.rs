//! Lines made comparable: an address is never the same twice, and `printk` cuts long lines off.

/// As much of a line as a record of the kernel's log holds, in bytes: LOG_LINE_MAX, which is CONSOLE_LOG_MAX less
/// PREFIX_MAX, without its NUL and the two bytes of its level, which are cut off later (`kernel/printk/printk.c`,
/// vprintk_store, printk_sprint).
const LINE_MAX: usize = 1024 - 32 - 1 - 2;

/// The words before an address or a value made of one, in the messages of `arch/x86/kernel/module.c`.
const BEFORE_ADDRESSES: [&str; 2] = [", loc ", " val "];

/// `line` with every address replaced by `ADDRESS`, and cut where the kernel's log would have cut it.
pub fn canonical(line: &str) -> String {
    let mut line = line.to_owned();
    if line.len() > LINE_MAX {
        let end = (0..=LINE_MAX).rev().find(|&end| line.is_char_boundary(end)).unwrap_or(0);
        line.truncate(end);
    }
    if line.starts_with("module: ") || line.starts_with("x86/modules: ") {
        for word in BEFORE_ADDRESSES {
            if let Some(at) = line.find(word).map(|at| at + word.len()) {
                let address = line.get(at..).unwrap_or_default();
                let length = address.find(|c: char| c == ',' || c.is_whitespace()).unwrap_or(address.len());
                line.replace_range(at..at + length, "ADDRESS");
            }
        }
    }
    if let Some((_, rest)) = line.strip_prefix(KOBJECT).and_then(|rest| rest.split_once("): ")) {
        line = format!("{KOBJECT}ADDRESS): {rest}");
    }
    line
}

/// What comes before an address in the WARNs of `lib/kobject.c`.
const KOBJECT: &str = "kobject: (";

/// How the lines end, or begin, that a kernel prints only once per boot (`kernel/module/main.c`, `kernel/panic.c`).
const ONCE: [&str; 6] = [
    "loading out-of-tree module taints kernel.",
    "module verification failed: signature and/or required key missing - tainting kernel",
    "loading test module taints kernel.",
    "tainting kernel with TAINT_LIVEPATCH",
    ": kernel tainted.",
    "Disabling lock debugging due to kernel taint",
];

/// Whether a kernel prints such a line only once per boot, so that it says nothing about a file that it is missing.
pub fn is_once(line: &str) -> bool {
    let is_licence = line.contains(": module license '") && line.ends_with("' taints kernel.");
    is_licence || ONCE.iter().any(|once| line.ends_with(once))
}

/// How the lines begin that a kernel prints in its first seconds whatever it is asked.
const ABOUT_ITSELF: [&str; 3] =
    ["tsc: Refined TSC clocksource calibration", "clocksource: ", "random: crng init done"];

/// Whether a kernel prints such a line of its own accord.
pub fn is_about_itself(line: &str) -> bool {
    ABOUT_ITSELF.iter().any(|begin| line.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kernel_that_talks_about_its_clock_answers_nobody() {
        assert!(is_about_itself("tsc: Refined TSC clocksource calibration: 2095.078 MHz"));
        assert!(!is_about_itself("crc7: module license 'tsc: Refined' taints kernel."));
    }

    #[test]
    fn addresses_are_replaced_where_the_kernel_prints_some() {
        let line = "x86/modules: Skipping invalid relocation target, existing value is nonzero for type 1, loc \
                    00000000b2d5c3a1, val ffffffffc0203010";
        assert_eq!(
            canonical(line),
            "x86/modules: Skipping invalid relocation target, existing value is nonzero for type 1, loc ADDRESS, val ADDRESS"
        );
        assert_eq!(
            canonical("module: overflow in relocation type 10 val ffffffffc0203010"),
            "module: overflow in relocation type 10 val ADDRESS"
        );
        for address in ["00000000b2d5c3a1", "(____ptrval____)"] {
            assert_eq!(canonical(&format!("kobject: ({address}): what")), "kobject: (ADDRESS): what");
        }
        assert_eq!(canonical("crc7: Unknown symbol val 12 (err -2)"), "crc7: Unknown symbol val 12 (err -2)");
    }

    #[test]
    fn long_lines_end_where_the_log_ends_them() {
        let long = "é".repeat(600);
        assert_eq!(canonical(&long).len(), 988);
        assert_eq!(canonical(&canonical(&long)), canonical(&long));
    }

    #[test]
    fn lines_that_come_once_are_known() {
        for line in [
            "x: loading out-of-tree module taints kernel.",
            "x: module license 'Proprietary' taints kernel.",
            "x: bad vermagic: kernel tainted.",
            "Disabling lock debugging due to kernel taint",
        ] {
            assert!(is_once(line), "{line}");
        }
        assert!(!is_once("x: disagrees about version of symbol module_layout"));
    }
}
