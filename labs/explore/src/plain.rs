//! Data that is not atomic: whoever changes it must be ordered with everybody else.

use std::{fmt, panic::Location, sync::Mutex};

use crate::{context::current, source, watched::Watched};

/// Data that is not atomic. Under [`crate::Scenario::check`] a change that nothing orders with another use is a failure;
/// everywhere, using it while somebody is in the middle of changing it.
pub struct Plain<T> {
    value: Mutex<T>,
    watched: Watched,
    made_at: &'static Location<'static>,
    shadow: usize,
}

impl<T> Plain<T> {
    /// Data with this value.
    #[track_caller]
    pub fn new(value: T) -> Plain<T> {
        Plain {
            value: Mutex::new(value),
            watched: Watched::new(),
            made_at: Location::caller(),
            shadow: current().map_or(usize::MAX, |context| context.shadow()),
        }
    }

    /// Uses the value.
    pub fn with<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        self.watch(Watched::read);
        self.locked(|value| look(value))
    }

    /// Changes the value.
    pub fn with_mut<R>(&self, change: impl FnOnce(&mut T) -> R) -> R {
        self.watch(Watched::write);
        if let Some(context) = current() {
            context.changes(self.shadow);
        }
        self.locked(change)
    }

    /// The value.
    pub fn get(&self) -> T
    where
        T: Copy,
    {
        self.with(|value| *value)
    }

    /// Sets the value.
    pub fn set(&self, value: T) {
        self.with_mut(|old| *old = value);
    }

    fn locked<R>(&self, access: impl FnOnce(&mut T) -> R) -> R {
        match self.value.try_lock() {
            Ok(mut value) => access(&mut value),
            Err(std::sync::TryLockError::Poisoned(value)) => access(&mut value.into_inner()),
            Err(std::sync::TryLockError::WouldBlock) => {
                panic!("{} is used while somebody is in the middle of using it", self.name())
            }
        }
    }

    fn name(&self) -> String {
        source::name_at(self.made_at).unwrap_or_else(|| format!("what line {} makes", self.made_at.line()))
    }

    fn watch(&self, access: impl FnOnce(&Watched) -> bool) {
        let Some(context) = current().filter(|_| !std::thread::panicking()) else { return };
        context.stop_if_over();
        context.sees(self.shadow);
        if !access(&self.watched) {
            let who = context.words_for(context.actor());
            context.fail_here(format!(
                "{who} uses {}, and nothing orders that with another CPU's change.",
                self.name()
            ));
        }
    }
}

impl<T> fmt::Debug for Plain<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Plain")
    }
}
