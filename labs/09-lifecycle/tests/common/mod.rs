//! Notifiers and steps that write down when they are called.

use std::{
    fmt::Display,
    sync::{Arc, Mutex},
};

use abi::LoadError;
use lifecycle::{Answer, NotifierBlock, NotifierChain};

/// `MODULE_STATE_COMING` and `MODULE_STATE_GOING`, as the module notifiers hear of them.
pub const COMING: u64 = 1;
pub const GOING: u64 = 2;

/// What was called, in its order.
#[derive(Debug, Clone, Default)]
pub struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    pub fn write(&self, line: impl Into<String>) {
        self.0.lock().expect("nobody panics while writing").push(line.into());
    }

    /// What is in it; it is empty afterwards.
    pub fn read(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().expect("nobody panics while writing"))
    }

    /// A block that writes down each call as `NAME hears ACTION of DATA`, and gives this answer to COMING; to anything
    /// else it answers `NOTIFY_OK`.
    pub fn block(&self, name: &'static str, priority: i32, answer: Answer) -> Arc<NotifierBlock<str>> {
        let diary = self.clone();
        NotifierBlock::new(name, priority, move |action, data: &str| {
            let words = match action {
                COMING => "COMING".to_owned(),
                GOING => "GOING".to_owned(),
                other => other.to_string(),
            };
            diary.write(format!("{name} hears {words} of {data}"));
            if action == COMING { answer } else { lifecycle::NOTIFY_OK }
        })
    }
}

/// A chain with blocks of these names, priorities and answers, and the diary that they write.
#[track_caller]
pub fn chain(blocks: &[(&'static str, i32, Answer)]) -> (NotifierChain<str>, Diary) {
    let (mut chain, diary) = (NotifierChain::default(), Diary::default());
    for &(name, priority, answer) in blocks {
        let registered = chain.register(&diary.block(name, priority, answer));
        assert_eq!(outcome(registered), "done", "each block is a new one, and a new one is never refused");
    }
    (chain, diary)
}

/// The names in a chain, in the order in which they are called.
pub fn names(chain: &NotifierChain<str>) -> Vec<&str> {
    chain.names().collect()
}

/// What became of a call, in words.
pub fn outcome(result: Result<(), impl Display>) -> String {
    result.map_or_else(|error| error.to_string(), |()| "done".to_owned())
}

/// A refusal in silence.
pub fn silent(errno: abi::Errno) -> String {
    LoadError::silent(errno).to_string()
}
