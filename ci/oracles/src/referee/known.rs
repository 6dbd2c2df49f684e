//! Differences that are no fault of the loader's, each with its reason.

use referee::{Agreement, Ours, Said, comparable, without_warnings};

/// What Linux does to a module that the loader does not, by the source file that warns where it finds something else than
/// it expects; the module is loaded all the same.
const NOT_DONE_HERE: [(&str, &str); 4] = [
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
];

/// Why `ours` may differ from what the kernel `said`, where that is known.
pub fn reason(said: &Said, ours: &Ours, agreement: Agreement) -> Option<&'static str> {
    let (others, files) = without_warnings(&said.lines);
    let warns_only =
        agreement == Agreement::Messages && comparable(&others, said) == comparable(&ours.lines, said);
    let reason_of =
        |file: &String| NOT_DONE_HERE.iter().find(|(known, _)| known == file).map(|(_, why)| *why);
    let reasons: Vec<&str> = files.iter().map(reason_of).collect::<Option<_>>()?;
    reasons.first().copied().filter(|_| warns_only)
}
