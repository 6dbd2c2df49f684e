//! The kernel's own warnings: the blocks that WARN and ftrace print into the log, with registers and a trace that are
//! never the same twice.

/// How a block begins (`kernel/panic.c, __warn`; `kernel/trace/ftrace.c, ftrace_bug`). The second has no end of its own, but
/// a WARN after it.
const BEGINS: [&str; 2] = ["------------[ cut here ]------------", "------------[ ftrace bug ]------------"];

/// How it ends (`kernel/panic.c, print_oops_end_marker`).
const ENDS: &str = "---[ end trace ";

/// Other blocks: how the first line begins, how the last one ends, and whose they are. A trace alone is no WARN
/// (`fs/sysfs/dir.c, sysfs_warn_dup`); type information that is not right is printed line by line.
const OTHERS: [(&str, &str, &str); 3] = [
    ("sysfs: cannot create duplicate filename ", "</TASK>", "fs/sysfs/dir.c"),
    ("BPF:", "", "kernel/bpf/btf.c"),
    ("failed to validate module [", "", "kernel/bpf/btf.c"),
];

/// `lines` without such blocks, and for each block the source file whose WARN it is.
pub fn without_warnings(lines: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut others, mut files, mut end) = (Vec::new(), Vec::new(), None);
    for line in lines {
        if BEGINS.contains(&line.as_str()) {
            end = Some(ENDS);
        } else if let Some((_, last, file)) = OTHERS.iter().find(|(first, ..)| line.starts_with(first)) {
            end = Some(last);
            files.push((*file).to_owned());
        }
        match end {
            None => others.push(line.clone()),
            Some(_) => files.extend(file(line).map(str::to_owned)),
        }
        end = end.filter(|end| !line.trim_start().starts_with(end));
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

    #[test]
    fn a_trace_without_a_warn_and_complaints_about_type_information_are_blocks_too() {
        let lines = [
            "sysfs: cannot create duplicate filename '/module/x/sections/y'",
            "Call Trace:",
            " </TASK>",
            "x: in between",
            "BPF: \tInvalid name_offset:3894110423",
            "failed to validate module [x] BTF: -22",
        ]
        .map(str::to_owned);
        let (others, files) = without_warnings(&lines);
        assert_eq!(others, ["x: in between"]);
        assert_eq!(files, ["fs/sysfs/dir.c", "kernel/bpf/btf.c", "kernel/bpf/btf.c"]);
    }
}
