//! A notifier chain: functions that want to hear of something, the most important first; each may end the round, and
//! say no. `kernel/notifier.c`; the answers are in `include/linux/notifier.h`.

use std::{fmt, sync::Arc};

use abi::{Errno, LoadError};

/// What a notifier answers: a number, as in C.
pub type Answer = i32;

/// It does not matter to me.
pub const NOTIFY_DONE: Answer = 0x0000;
/// It suits me.
pub const NOTIFY_OK: Answer = 0x0001;
/// The bit that ends the round: nobody further down the chain is called.
pub const NOTIFY_STOP_MASK: Answer = 0x8000;
/// No.
pub const NOTIFY_BAD: Answer = NOTIFY_STOP_MASK | 0x0002;
/// It suits me, and nobody else needs to hear of it.
pub const NOTIFY_STOP: Answer = NOTIFY_STOP_MASK | NOTIFY_OK;

/// The answer that says no for this reason.
pub fn notifier_from_errno(errno: Errno) -> Answer {
    NOTIFY_STOP_MASK | (NOTIFY_OK + errno as Answer)
}

/// What an answer says against the matter: `None` where it says nothing.
///
/// Only what is *greater* than [`NOTIFY_OK`], without the bit that ends the round, says something. So a negative number
/// says nothing: who returns `-EINVAL`, as everywhere else in the kernel, ends the round and objects to nothing.
pub fn notifier_to_errno(answer: Answer) -> Option<Errno> {
    let answer = answer & !NOTIFY_STOP_MASK;
    (answer > NOTIFY_OK).then(|| Errno::from_number(answer - NOTIFY_OK).unwrap_or(Errno::EINVAL))
}

/// What is called: with what happens, a number, and to whom.
type NotifierCall<T> = dyn Fn(u64, &T) -> Answer + Send + Sync;

/// A function that wants to hear of what happens to a `T`.
pub struct NotifierBlock<T: ?Sized> {
    /// The function's name, for messages.
    pub name: String,
    /// The greater, the earlier it is called.
    pub priority: i32,
    notifier_call: Box<NotifierCall<T>>,
}

impl<T: ?Sized> NotifierBlock<T> {
    /// A block, to be registered.
    pub fn new(
        name: &str,
        priority: i32,
        notifier_call: impl Fn(u64, &T) -> Answer + Send + Sync + 'static,
    ) -> Arc<NotifierBlock<T>> {
        Arc::new(NotifierBlock { name: name.to_owned(), priority, notifier_call: Box::new(notifier_call) })
    }

    /// Calls the function.
    pub fn call(&self, action: u64, data: &T) -> Answer {
        (self.notifier_call)(action, data)
    }
}

impl<T: ?Sized> fmt::Debug for NotifierBlock<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.priority)
    }
}

/// Those who want to hear of what happens to a `T`, in the order in which they are called.
pub struct NotifierChain<T: ?Sized> {
    blocks: Vec<Arc<NotifierBlock<T>>>,
}

impl<T: ?Sized> Default for NotifierChain<T> {
    fn default() -> NotifierChain<T> {
        NotifierChain { blocks: Vec::new() }
    }
}

impl<T: ?Sized> NotifierChain<T> {
    /// The names of those who are registered, in the order in which they are called.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.blocks.iter().map(|block| block.name.as_str())
    }

    /// Registers `block` (`notifier_chain_register`): before all blocks of a lower priority, and behind all others, so
    /// that of two with the same priority the one that came first is called first.
    ///
    /// # Errors
    /// The same block ([`Arc::ptr_eq`]; two blocks may have the same name) is registered already: `EEXIST`, and the
    /// words `notifier callback NAME already registered`. Nothing is changed then.
    pub fn register(&mut self, block: &Arc<NotifierBlock<T>>) -> Result<(), LoadError> {
        todo!("refuse a block that is in it already; insert others behind those of equal or higher priority")
    }

    /// Takes `block` out of the chain (`notifier_chain_unregister`).
    ///
    /// # Errors
    /// `ENOENT` where it is not in it: it never was, or was taken out before.
    pub fn unregister(&mut self, block: &Arc<NotifierBlock<T>>) -> Result<(), LoadError> {
        let place = self.blocks.iter().position(|other| Arc::ptr_eq(other, block));
        let place = place.ok_or_else(|| LoadError::silent(Errno::ENOENT))?;
        self.blocks.remove(place);
        Ok(())
    }

    /// Tells those in the chain, in its order, that `action` happens to `data`, but `most` of them at most
    /// (`notifier_call_chain`).
    ///
    /// The round ends early behind a block whose answer has the bit [`NOTIFY_STOP_MASK`]. Returned are the answer of
    /// the last block that was called, [`NOTIFY_DONE`] where none was, and how many were called.
    pub fn call_chain(&self, action: u64, data: &T, most: usize) -> (Answer, usize) {
        todo!("call one block after another until there are enough or one of them ends the round")
    }

    /// Tells all of them that `up` happens; where the round was ended early, tells those who had heard of it before
    /// that, in the same order, that `down` happens, and so takes it back (`notifier_call_chain_robust`).
    ///
    /// Who ended the round hears no `down`: it has said no and done nothing. What the kernel asks is the bit
    /// [`NOTIFY_STOP_MASK`] of the answer, and nothing else. So after [`NOTIFY_STOP`], which is no objection, there is
    /// a `down` too; and after an objection without that bit, by the last of the chain, there is none. What those who
    /// hear `down` answer is of no consequence, except that the bit ends that round too.
    ///
    /// # Errors
    /// What the answer to `up` says against it ([`notifier_to_errno`]), in silence.
    pub fn call_chain_robust(&self, up: u64, down: u64, data: &T) -> Result<(), LoadError> {
        todo!("announce it to all, and where the round was ended early, take it back from those before")
    }
}

impl<T: ?Sized> fmt::Debug for NotifierChain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.blocks).finish()
    }
}
