//! The proof that nobody is in a module's text: the stacks of all tasks are looked through. The kernel has no such proof
//! for modules; live patching does the same before it changes a function (`kernel/livepatch/transition.c,
//! klp_check_stack`).

use std::ops::Range;

// ANCHOR: Task
/// A task as it was left: it does not run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its name.
    pub comm: String,
    /// Its process number.
    pub pid: i32,
    /// Where it goes on.
    pub pc: u64,
    /// The module functions that the kernel has called in it and that have not returned, the outermost first.
    pub calls: Vec<u64>,
    /// Its stack, the innermost word first, up to the frame of the outermost of these calls. Some words are return
    /// addresses; some are numbers; some are left over from calls that are long over.
    pub stack: Vec<u64>,
}
// ANCHOR_END: Task

// ANCHOR: User
/// Somebody who is in the text of a module, or may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The task's name.
    pub comm: String,
    /// Its process number.
    pub pid: i32,
    /// The place in the text that it will come to, as far as that is known.
    pub at: u64,
    /// For certain: it goes on in the text, or a call into it has not returned. Otherwise there are only words on its
    /// stack that look like it: the kernel's `?` in a call trace.
    pub certain: bool,
}
// ANCHOR_END: User

/// Who of the `tasks` is in `text`, the ranges of a module's instructions; in their order, each at most once.
///
/// | a task is in the text | |
/// |---|---|
/// | for certain | where it goes on there (`pc`), or one of its `calls` lies there |
/// | perhaps | where a word on its stack is a return address into it |
///
/// Who has not called any module at all is in none, whatever lies on its stack. A return address is that of the
/// instruction *behind* a call; so the call, one byte before it, must lie in the text: the address may be just past its
/// end, and is not at its beginning.
///
/// `at` is where it goes on; else the innermost return address; else the innermost of the calls in the text.
pub fn text_users(tasks: &[Task], text: &[Range<u64>]) -> Vec<User> {
    let is_text = |address: u64| text.iter().any(|range| range.contains(&address));
    // ANCHOR: task_text_users
    let returns = |word: u64| is_text(word.wrapping_sub(1));
    let user = |task: &Task| {
        let goes_on = Some(task.pc).filter(|&pc| is_text(pc));
        let called = task.calls.iter().copied().rfind(|&call| is_text(call));
        let returned =
            task.stack.iter().copied().find(|&word| returns(word)).filter(|_| !task.calls.is_empty());
        let at = goes_on.or(returned).or(called)?;
        let certain = goes_on.is_some() || called.is_some();
        Some(User { comm: task.comm.clone(), pid: task.pid, at, certain })
    };
    tasks.iter().filter_map(user).collect()
    // ANCHOR_END: task_text_users
}
