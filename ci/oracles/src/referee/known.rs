//! Differences that are no fault of the loader's, each with its reason.

use referee::{Agreement, Ours, Said, comparable, without_warnings};

/// What Linux does to a module that the loader does not, by the source file that warns where it finds something else than
/// it expects; the module is loaded all the same.
const NOT_DONE_HERE: [(&str, &str); 7] = [
    (
        "arch/x86/kernel/alternative.c",
        "Linux replaces returns and indirect branches by what the processor's flaws ask for; the loader leaves them as they are",
    ),
    (
        "arch/x86/kernel/ftrace.c",
        "Linux replaces the calls of __fentry__; here they call a function that returns",
    ),
    (
        "kernel/trace/ftrace.c",
        "Linux replaces the calls of __fentry__; here they call a function that returns",
    ),
    (
        "fs/sysfs/group.c",
        "Linux asks sysfs to make a file of each parameter, and sysfs warns of permissions that no file can have",
    ),
    (
        "fs/sysfs/dir.c",
        "Linux makes a file in sysfs of each section, and sysfs warns where two have the same name",
    ),
    (
        "kernel/bpf/btf.c",
        "Linux checks the type information that a module brings for tracing, and loads it without where it is wrong; the \
         loader does not read it",
    ),
    (
        "lib/kobject.c",
        "Linux WARNs of a directory in sysfs without a name, with registers and a trace; the loader says the WARN's first line",
    ),
];

/// Why `ours` may differ from what the kernel `said`, where that is known.
pub fn reason(said: &Said, ours: &Ours, agreement: Agreement) -> Option<&'static str> {
    let (others, files) = without_warnings(&said.lines);
    let (theirs, others) = (comparable(&said.lines, said), comparable(&others, said));
    let mut lines = comparable(&ours.lines, said);
    // What the loader says of a warning is in the block.
    lines.retain(|line| others.contains(line) || !theirs.contains(line));
    let warns_only = agreement == Agreement::Messages && others == lines;
    let reason_of =
        |file: &String| NOT_DONE_HERE.iter().find(|(known, _)| known == file).map(|(_, why)| *why);
    let reasons: Vec<&str> = files.iter().map(reason_of).collect::<Option<_>>()?;
    reasons.first().copied().filter(|_| warns_only)
}
