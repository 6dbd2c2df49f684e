//! A refusal: the errno that the system call returns and what the kernel prints about it.

use std::fmt;

use crate::{Errno, Stricter};

/// Why a module was refused: the errno that `init_module` or `delete_module` returns, and the lines
/// that the kernel prints.
///
/// `message` is what appears in the kernel's log, without level or time stamp. It is empty where the
/// kernel refuses in silence. Where several lines are printed before the call fails (unresolved
/// symbols, for example: `kernel/module/main.c, simplify_symbols` goes on after a failure), they are
/// separated by `\n`, in the order printed; `errno` is then that of the last one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadError {
    /// What the system call returns, negated, to user space.
    pub errno: Errno,
    /// What the kernel prints, one line for each `\n`-separated part; empty where it prints nothing.
    pub message: String,
    /// The rule that refuses it, where 6.1 has no such rule and goes on.
    pub stricter: Option<Stricter>,
}

impl LoadError {
    /// A refusal with one or more lines of text.
    pub fn new(errno: Errno, message: impl Into<String>) -> LoadError {
        LoadError { errno, message: message.into(), stricter: None }
    }

    /// A refusal by a `rule` that 6.1 does not have: `ENOEXEC`, and a line that names the rule and says `what` exactly
    /// is wrong.
    pub fn stricter(rule: Stricter, what: impl fmt::Display) -> LoadError {
        let message = format!("{}{rule}: {what}", Stricter::PREFIX);
        LoadError { stricter: Some(rule), ..LoadError::new(Errno::ENOEXEC, message) }
    }

    /// A refusal of which the kernel's log says nothing.
    pub fn silent(errno: Errno) -> LoadError {
        LoadError::new(errno, "")
    }

    /// This refusal followed by a `later` one: both texts, the later errno and the rule for that.
    pub fn and_then(mut self, later: LoadError) -> LoadError {
        if !self.message.is_empty() && !later.message.is_empty() {
            self.message.push('\n');
        }
        self.message.push_str(&later.message);
        self.errno = later.errno;
        self.stricter = later.stricter;
        self
    }

    /// The lines that the kernel prints, in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.message.lines()
    }
}

impl fmt::Display for LoadError {
    /// `ENOEXEC: Invalid ELF header type: 2 != 1`, or the errno with its words where the kernel is silent.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.message.is_empty() {
            write!(f, "{}: {} (the kernel prints nothing)", self.errno, self.errno.words())
        } else {
            write!(f, "{}: {}", self.errno, self.message.replace('\n', " | "))
        }
    }
}

impl std::error::Error for LoadError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_of_ours_alone_names_its_rule() {
        let refusal = LoadError::stricter(Stricter::Class, "the file's class is 1");
        assert_eq!(refusal.stricter, Some(Stricter::Class));
        assert_eq!(refusal.to_string(), "ENOEXEC: stricter than Linux 6.1, class: the file's class is 1");
        let kernels = LoadError::silent(Errno::ENOMEM);
        assert_eq!(kernels.stricter, None);
        assert_eq!(refusal.and_then(kernels).stricter, None, "the answer is the kernel's");
    }

    #[test]
    fn the_last_of_several_failures_gives_the_errno_and_every_line_is_kept() {
        let first = LoadError::new(Errno::ENOENT, "m: Unknown symbol a (err -2)");
        let silent = LoadError::silent(Errno::ENOMEM);
        let last = LoadError::new(Errno::EINVAL, "m: Unknown symbol b (err -22)");
        let all = first.and_then(silent).and_then(last);
        assert_eq!(all.errno, Errno::EINVAL);
        assert_eq!(
            all.lines().collect::<Vec<_>>(),
            ["m: Unknown symbol a (err -2)", "m: Unknown symbol b (err -22)"]
        );
    }
}
