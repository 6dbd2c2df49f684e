//! The kernel's own warnings: the blocks that WARN and ftrace print into the log, with registers and a trace that are
//! never the same twice.

/// How a block begins (`kernel/panic.c, __warn`; `kernel/trace/ftrace.c, ftrace_bug`). The second has no end of its own, but
/// a WARN after it.
const BEGINS: [&str; 2] = ["------------[ cut here ]------------", "------------[ ftrace bug ]------------"];

/// How it ends (`kernel/panic.c, print_oops_end_marker`).
const ENDS: &str = "---[ end trace ";

/// `lines` without such blocks, and for each block the source file whose WARN it is.
pub fn without_warnings(lines: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut others, mut files, mut is_inside) = (Vec::new(), Vec::new(), false);
    for line in lines {
        is_inside |= BEGINS.contains(&line.as_str());
        if !is_inside {
            others.push(line.clone());
        }
        files.extend(file(line).filter(|_| is_inside).map(str::to_owned));
        is_inside &= !line.starts_with(ENDS);
    }
    (others, files)
}

/// The file in `WARNING: CPU: 0 PID: 1 at FILE:LINE FUNCTION`.
fn file(line: &str) -> Option<&str> {
    let (_, place) = line.strip_prefix("WARNING: CPU: ")?.split_once(" at ")?;
    Some(place.split_once(':')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_parted_from_what_the_loader_would_say_too() {
        let lines = [
            "x: module verification failed",
            "------------[ cut here ]------------",
            "missing return thunk: 0xffffffffc04f13d5-0x0: 68 00 00 07 a8",
            "WARNING: CPU: 0 PID: 1 at arch/x86/kernel/alternative.c:823 apply_returns+0x1ee/0x200",
            "RIP: 0010:apply_returns+0x1ee/0x200",
            "---[ end trace 0000000000000000 ]---",
            "x: in between",
            "------------[ ftrace bug ]------------",
            "ftrace failed to modify ",
            "------------[ cut here ]------------",
            "WARNING: CPU: 0 PID: 1 at kernel/trace/ftrace.c:2161 ftrace_bug+0x230/0x258",
            "---[ end trace 0000000000000000 ]---",
        ]
        .map(str::to_owned);
        let (others, files) = without_warnings(&lines);
        assert_eq!(others, ["x: module verification failed", "x: in between"]);
        assert_eq!(files, ["arch/x86/kernel/alternative.c", "kernel/trace/ftrace.c"]);
    }
}
