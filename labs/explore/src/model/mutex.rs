//! A lock that is taken in one step and given back in one.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    panic::Location,
    sync::PoisonError,
};

use super::{AtomicBool, wait::wait};
use crate::context::current;

/// [`crate::native::Mutex`], explored.
pub struct Mutex<T> {
    locked: AtomicBool,
    value: std::sync::Mutex<T>,
    shadow: usize,
}

/// A [`Mutex`], locked.
pub struct MutexGuard<'a, T> {
    // Given back before `locked` is.
    value: Option<std::sync::MutexGuard<'a, T>>,
    mutex: &'a Mutex<T>,
    place: &'static Location<'static>,
}

impl<T> Mutex<T> {
    /// An unlocked one.
    #[track_caller]
    pub fn new(value: T) -> Mutex<T> {
        Mutex {
            locked: AtomicBool::new_lock(Location::caller()),
            value: std::sync::Mutex::new(value),
            shadow: current().map_or(usize::MAX, |context| context.shadow()),
        }
    }

    /// Waits until nobody else holds it.
    #[track_caller]
    pub fn lock(&self) -> MutexGuard<'_, T> {
        let place = Location::caller();
        if current().is_some() {
            wait(&|| !self.locked.is_taken(), &|| self.locked.take(place));
        }
        if let Some(context) = current() {
            context.sees(self.shadow);
        }
        let value = self.value.lock().unwrap_or_else(PoisonError::into_inner);
        MutexGuard { value: Some(value), mutex: self, place }
    }
}

impl<T> Drop for MutexGuard<'_, T> {
    fn drop(&mut self) {
        self.value = None;
        if let Some(context) = current() {
            context.changes(self.mutex.shadow);
            self.mutex.locked.give_back(self.place);
        }
    }
}

impl<T> Deref for MutexGuard<'_, T> {
    type Target = T;

    fn deref(&self) -> &T {
        // There until it is dropped.
        self.value.as_deref().expect("a guard has its value")
    }
}

impl<T> DerefMut for MutexGuard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        self.value.as_deref_mut().expect("a guard has its value")
    }
}

impl<T: Default> Default for Mutex<T> {
    #[track_caller]
    fn default() -> Mutex<T> {
        Mutex::new(T::default())
    }
}

impl<T> fmt::Debug for Mutex<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mutex")
    }
}
