//! What came of a lab's tests: the one model that is printed, written as JSON, and remembered.

use serde::Serialize;

/// A test's end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Outcome {
    /// It passed.
    Passed,
    /// It reached a `todo!` of the course.
    NotWritten {
        /// The lab that the `todo!` is in.
        lab: u8,
        /// The task that is not written yet.
        task: String,
    },
    /// An assertion did not hold, or the code panicked.
    Failed(Failure),
    /// It was still running after this many seconds, and was ended.
    TimedOut {
        /// The limit; seconds.
        seconds: u64,
    },
    /// Its process died without a panic: of a signal, or by leaving through `exit`.
    Died {
        /// How, in words.
        how: String,
    },
    /// It was not begun, because another test of its task hung.
    NotRun,
}

/// How a test ended, and what the code printed meanwhile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// Its end.
    pub outcome: Outcome,
    /// What `println!` and `dbg!` wrote; the end of it, where it was much.
    pub printed: String,
}

/// What a failing test said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// What was expected, where the test compares two values.
    pub expected: Option<String>,
    /// What came instead.
    pub came: Option<String>,
    /// Everything else that it said: why, in the kernel's terms, or the words of a panic.
    pub message: String,
    /// Of a race: who took which step, in the order in which they were taken, a column for each CPU.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub table: Option<String>,
    /// Of a race: the same as a mermaid sequence diagram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diagram: Option<String>,
    /// The file, from the root.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
}

/// One test and its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestVerdict {
    /// Its name, a sentence, without its task's.
    pub name: String,
    /// Its end.
    #[serde(flatten)]
    pub outcome: Outcome,
    /// What the code printed, where the test does not pass.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub printed: String,
}

/// Where a task stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// All its tests pass.
    Solved,
    /// Its `todo!` is still there, and a test reached it.
    NotWritten,
    /// No test of its own fails but for another task that is not written yet.
    Waits,
    /// A test fails.
    Failing,
}

/// One task and its tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaskVerdict {
    /// Its name.
    pub name: String,
    /// What it counts for.
    pub points: u32,
    /// Where it stands.
    pub state: TaskState,
    /// Its tests.
    pub tests: Vec<TestVerdict>,
}

/// One lab and its tasks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LabVerdict {
    /// Its number.
    pub number: u8,
    /// Its crate.
    pub library: String,
    /// Everything that it uses was the reference's.
    pub with_reference: bool,
    /// Its tasks, in the manifest's order.
    pub tasks: Vec<TaskVerdict>,
}

impl TaskVerdict {
    /// The verdict on the task `name` of lab `lab` after `tests`.
    pub fn new(lab: u8, name: &str, points: u32, tests: Vec<TestVerdict>) -> TaskVerdict {
        let own = |outcome: &Outcome| matches!(outcome, Outcome::NotWritten { lab: at, task } if *at == lab && task == name);
        let others = |outcome: &Outcome| matches!(outcome, Outcome::NotWritten { .. }) && !own(outcome);
        let outcomes = || tests.iter().map(|test| &test.outcome);
        let state = if outcomes().all(|outcome| *outcome == Outcome::Passed) && !tests.is_empty() {
            TaskState::Solved
        } else if outcomes().any(own) {
            TaskState::NotWritten
        } else if outcomes().all(|outcome| *outcome == Outcome::Passed || others(outcome)) {
            TaskState::Waits
        } else {
            TaskState::Failing
        };
        TaskVerdict { name: name.to_string(), points, state, tests }
    }

    /// How many of its tests pass.
    pub fn passed(&self) -> usize {
        self.tests.iter().filter(|test| test.outcome == Outcome::Passed).count()
    }

    /// The tests that do not pass.
    pub fn open(&self) -> impl Iterator<Item = &TestVerdict> {
        self.tests.iter().filter(|test| test.outcome != Outcome::Passed)
    }
}

impl LabVerdict {
    /// Whether every task is solved.
    pub fn is_solved(&self) -> bool {
        self.solved() == self.tasks.len()
    }

    /// How many tasks are solved.
    pub fn solved(&self) -> usize {
        self.tasks.iter().filter(|task| task.state == TaskState::Solved).count()
    }

    /// The first task that is not solved.
    pub fn next(&self) -> Option<&TaskVerdict> {
        self.tasks.iter().find(|task| task.state != TaskState::Solved)
    }
}
