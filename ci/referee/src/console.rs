//! What a kernel printed on its console, where it did not live to report.

/// The marker that the guest logs before it asks.
const ASK: &str = "referee: ask";

/// How an oops or a panic begins (`arch/x86/mm/fault.c`, `arch/x86/kernel/traps.c`, `kernel/panic.c`).
const DEATHS: [&str; 8] = [
    "BUG: ",
    "kernel BUG at ",
    "general protection fault",
    "invalid opcode",
    "stack segment",
    "divide error",
    "Kernel panic",
    "Oops",
];

/// The console's lines since the last question, without their time stamps: those before the kernel began to die, and
/// those from there on.
pub fn split(console: &str) -> (Vec<String>, Vec<String>) {
    let lines: Vec<&str> = console.lines().map(without_time).collect();
    let asked = lines.iter().rposition(|line| *line == ASK).map_or(0, |at| at + 1);
    let since = lines.get(asked..).unwrap_or_default();
    let death = since.iter().position(|line| is_death(line)).unwrap_or(since.len());
    let owned = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect();
    let (before, after) = since.split_at(death);
    (owned(before), owned(after))
}

/// The lines of an oops that say what happened and where.
pub fn gist(oops: &[String]) -> Vec<String> {
    let says = |line: &&String| is_death(line) || line.starts_with("RIP: ") || line.starts_with("#PF: ");
    let mut gist: Vec<String> = oops.iter().filter(says).cloned().collect();
    gist.dedup();
    gist
}

fn is_death(line: &str) -> bool {
    DEATHS.iter().any(|death| line.starts_with(death))
}

/// A line without `[    3.492228] ` before it.
fn without_time(line: &str) -> &str {
    let line = line.trim_end_matches('\r');
    let Some((time, text)) = line.strip_prefix('[').and_then(|line| line.split_once("] ")) else {
        return line;
    };
    let is_time = time.chars().all(|c| c.is_ascii_digit() || c == '.' || c == ' ');
    if is_time { text } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONSOLE: &str = "[    3.1] referee: ask\r\n[    3.2] crc7: loading out-of-tree module taints kernel.\r\n\
        [    3.3] BUG: unable to handle page fault for address: ffffffffc0206000\r\n[    3.3] #PF: supervisor write access\r\n\
        [    3.3] Oops: 0002 [#1] PREEMPT SMP PTI\r\n[    3.3] CPU: 0 PID: 1\r\n[    3.3] RIP: 0010:apply_relocate_add+0x1\r\n\
        [    3.4] RIP: 0010:apply_relocate_add+0x1\r\n[    3.4] Kernel panic - not syncing: Fatal exception\r\n";

    #[test]
    fn an_oops_is_parted_from_what_was_said_before_it() {
        let (before, oops) = split(CONSOLE);
        assert_eq!(before, ["crc7: loading out-of-tree module taints kernel."]);
        assert_eq!(oops[0], "BUG: unable to handle page fault for address: ffffffffc0206000");
        let gist = gist(&oops);
        assert_eq!(gist.len(), 5, "{gist:?}");
        assert!(gist.contains(&"RIP: 0010:apply_relocate_add+0x1".to_owned()));
    }

    #[test]
    fn what_was_printed_before_the_question_is_not_the_answer() {
        let (before, oops) =
            split("[    1.0] BUG: an old one\n[    2.0] referee: ask\n[    2.1] [drm] hello\n");
        assert_eq!(before, ["[drm] hello"]);
        assert!(oops.is_empty());
    }
}
