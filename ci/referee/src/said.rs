//! What a kernel answers.

use serde::Serialize;

/// What became of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Said {
    /// What the loader made of it.
    pub answer: Answer,
    /// What the kernel printed until the answer: before it called init, where it came to that.
    pub lines: Vec<String>,
    /// What init came to, where the module has one and the loader came so far.
    pub init: Option<Init>,
    /// What was printed from init on.
    pub init_lines: Vec<String>,
    /// `/proc/sys/kernel/tainted` afterwards.
    pub taints: Option<u64>,
    /// The errno of `delete_module`, 0 for success, where the module was there to be removed.
    pub removal: Option<i32>,
    /// What became of the files before it.
    pub before: Vec<Before>,
    /// The oops, where the kernel died.
    pub crash: Vec<String>,
    /// Whether the kernel had been made to forget what it had said before.
    pub is_clean: bool,
}

/// The loader's answer. What init itself says is not the loader's: a module whose init fails was [`Answer::Loaded`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// It came so far as to call init, or would have, had there been one.
    Loaded,
    /// It refused, with this errno.
    Refused(i32),
    /// It died.
    Crashed,
    /// It never came back.
    Hung,
}

/// What init came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// It returned this.
    Returned(i64),
    /// It took the kernel with it.
    Crashed,
    /// It never returned.
    Hung,
}

/// A file that was inserted because another needs it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Before {
    /// Which one of [`Order::before`](crate::Order::before).
    pub index: usize,
    /// 0, or why it is not there.
    pub errno: i32,
}

impl Said {
    /// Whether the kernel got over it.
    pub fn is_survived(&self) -> bool {
        matches!(self.answer, Answer::Loaded | Answer::Refused(_))
            && !matches!(self.init, Some(Init::Crashed | Init::Hung))
    }
}
