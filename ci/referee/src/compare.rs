//! A kernel's answer beside the loader's.

use serde::Serialize;

use crate::canonical::{canonical, is_about_itself, is_once};
use crate::said::{Answer, Said};

/// What the loader says of a file: `loader verdict`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ours {
    /// `None` where it would call init.
    pub errno: Option<i32>,
    /// The messages.
    pub lines: Vec<String>,
    /// The kernel's taints afterwards.
    pub taints: u64,
    /// The refusal is by a rule that 6.1 does not have.
    pub is_stricter: bool,
}

/// How the two go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Agreement {
    /// The same answer, the same messages, the same taints.
    Same,
    /// The kernel dies of it; the loader refuses it, as it must.
    Spared,
    /// The loader is stricter than 6.1, by one of its documented rules.
    Stricter,
    /// The same answer with other messages.
    Messages,
    /// The same answer and messages with other taints.
    Taints,
    /// Another answer.
    Answers,
}

impl Agreement {
    /// Whether nothing is to be explained.
    pub fn is_agreement(self) -> bool {
        matches!(self, Agreement::Same | Agreement::Spared | Agreement::Stricter)
    }
}

/// The taints that modules bring (`kernel/panic.c, taint_flags`): P, F, C, O, E, K, X, T, N. Others are init's doing, or the
/// hardware's.
const TAINTS_OF_MODULES: u64 =
    1 | 1 << 1 | 1 << 10 | 1 << 12 | 1 << 13 | 1 << 15 | 1 << 16 | 1 << 17 | 1 << 18;

/// Compares.
pub fn compare(said: &Said, ours: &Ours) -> Agreement {
    let is_the_same = match said.answer {
        Answer::Crashed | Answer::Hung => {
            return if ours.errno.is_some() { Agreement::Spared } else { Agreement::Answers };
        }
        Answer::Loaded => ours.errno.is_none(),
        Answer::Refused(errno) => ours.errno == Some(errno),
    };
    let lines = (comparable(&said.lines, said), comparable(&ours.lines, said));
    let taints = |taints: u64| taints & TAINTS_OF_MODULES;
    let same_taints =
        !said.is_clean || said.taints.is_none_or(|theirs| taints(theirs) == taints(ours.taints));
    match (is_the_same, lines.0 == lines.1, same_taints) {
        (true, true, true) => Agreement::Same,
        _ if ours.is_stricter => Agreement::Stricter,
        (true, true, false) => Agreement::Taints,
        (true, false, _) => Agreement::Messages,
        (false, ..) => Agreement::Answers,
    }
}

/// The lines that are compared, in the form in which they are: those that a kernel says once are left out where it may
/// have said them before, and so is what it says about itself. A message may be several lines: a name can hold a line's
/// end.
pub fn comparable(lines: &[String], said: &Said) -> Vec<String> {
    let lines = lines.iter().flat_map(|message| message.split('\n')).filter(|line| !is_about_itself(line));
    lines.filter(|line| said.is_clean || !is_once(line)).map(canonical).collect()
}
