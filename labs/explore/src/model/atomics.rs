//! Atomics whose every access is a step.

use std::{fmt, panic::Location, sync::atomic as native};

pub use std::sync::atomic::Ordering;

use crate::context::{Context, Engine, current};
use crate::model::preempt::on_own_cpu;

/// The orderings by their names.
fn name(order: Ordering) -> &'static str {
    match order {
        Ordering::Relaxed => "Relaxed",
        Ordering::Acquire => "Acquire",
        Ordering::Release => "Release",
        Ordering::AcqRel => "AcqRel",
        _ => "SeqCst",
    }
}

/// A memory barrier (`smp_mb` where the order is `SeqCst`).
#[track_caller]
pub fn fence(order: Ordering) {
    let Some(context) = current() else { return native::fence(order) };
    let Some(actor) = context.before_step() else { return };
    if context.engine == Engine::Weak {
        on_own_cpu(&context, actor, || loom::sync::atomic::fence(order));
    }
    context.record(actor, Location::caller(), format!("fence({})", name(order)), false);
}

enum Inner<L, N> {
    /// In an execution of loom's.
    Weak(L),
    /// In an execution of the sequential explorer, or in none.
    Native(N),
}

macro_rules! atomic {
    ($name:ident, $value:ty, $bits:expr, $value_of:expr) => {
        #[doc = concat!("[`std::sync::atomic::", stringify!($name), "`], each access a step.")]
        pub struct $name {
            inner: Inner<loom::sync::atomic::$name, native::$name>,
            variable: usize,
        }

        impl $name {
            /// One with this value.
            #[track_caller]
            pub fn new(value: $value) -> $name {
                $name::new_at(value, Location::caller())
            }

            fn new_at(value: $value, place: &'static Location<'static>) -> $name {
                let context = current();
                let variable = context
                    .as_ref()
                    .map(|context| context.variable(place, None, format!("{value:?}"), $bits(value)));
                let is_weak = context.is_some_and(|context| context.engine == Engine::Weak);
                let inner = if is_weak {
                    Inner::Weak(loom::sync::atomic::$name::new(value))
                } else {
                    Inner::Native(native::$name::new(value))
                };
                $name { inner, variable: variable.unwrap_or(usize::MAX) }
            }

            /// The value.
            #[track_caller]
            pub fn load(&self, order: Ordering) -> $value {
                self.access(
                    Location::caller(),
                    |weak| weak.load(order),
                    |native| native.load(Ordering::SeqCst),
                    |&value| (format!("load({}) → {value:?}", name(order)), None),
                    |old| old,
                )
            }

            /// Sets the value.
            #[track_caller]
            pub fn store(&self, value: $value, order: Ordering) {
                self.access(
                    Location::caller(),
                    |weak| weak.store(value, order),
                    |native| native.store(value, Ordering::SeqCst),
                    |()| (format!("store({value:?}, {})", name(order)), Some(value)),
                    |_| (),
                )
            }

            /// Sets the value; the old one.
            #[track_caller]
            pub fn swap(&self, value: $value, order: Ordering) -> $value {
                self.access(
                    Location::caller(),
                    |weak| weak.swap(value, order),
                    |native| native.swap(value, Ordering::SeqCst),
                    |&old| (format!("swap({value:?}, {}) → {old:?}", name(order)), Some(value)),
                    |old| old,
                )
            }

            /// Sets the value where it is `old`.
            ///
            /// # Errors
            /// The value, where it is another.
            #[track_caller]
            pub fn compare_exchange(
                &self,
                old: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.access(
                    Location::caller(),
                    |weak| weak.compare_exchange(old, new, success, failure),
                    |native| native.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst),
                    |came| {
                        let order = name(if came.is_ok() { success } else { failure });
                        (
                            format!("compare_exchange({old:?}, {new:?}, {order}) → {came:?}"),
                            came.is_ok().then_some(new),
                        )
                    },
                    Err,
                )
            }

            /// As [`Self::compare_exchange`]; here it never fails without a reason.
            ///
            /// # Errors
            /// The value, where it is another.
            #[track_caller]
            pub fn compare_exchange_weak(
                &self,
                old: $value,
                new: $value,
                success: Ordering,
                failure: Ordering,
            ) -> Result<$value, $value> {
                self.compare_exchange(old, new, success, failure)
            }

            /// Sets the value to what `change` makes of it, unless that is `None`: a load, and an exchange that is tried
            /// again where somebody came between.
            ///
            /// # Errors
            /// The value of which `change` made `None`.
            #[track_caller]
            pub fn fetch_update(
                &self,
                set: Ordering,
                fetch: Ordering,
                mut change: impl FnMut($value) -> Option<$value>,
            ) -> Result<$value, $value> {
                let place = Location::caller();
                let mut old = self.access(
                    place,
                    |weak| weak.load(fetch),
                    |native| native.load(Ordering::SeqCst),
                    |&value| (format!("load({}) → {value:?}", name(fetch)), None),
                    |old| old,
                );
                while let Some(new) = change(old) {
                    let came = self.access(
                        place,
                        |weak| weak.compare_exchange(old, new, set, fetch),
                        |native| native.compare_exchange(old, new, Ordering::SeqCst, Ordering::SeqCst),
                        |came| {
                            let order = name(if came.is_ok() { set } else { fetch });
                            let text = format!("compare_exchange({old:?}, {new:?}, {order}) → {came:?}");
                            (text, came.is_ok().then_some(new))
                        },
                        Ok,
                    );
                    match came {
                        Ok(old) => return Ok(old),
                        Err(other) => old = other,
                    }
                }
                Err(old)
            }

            fn access<R>(
                &self,
                place: &'static Location<'static>,
                weak: impl FnOnce(&loom::sync::atomic::$name) -> R,
                native: impl FnOnce(&native::$name) -> R,
                said: impl FnOnce(&R) -> (String, Option<$value>),
                // What an access gives that cannot be made any more, because its CPU is being unwound.
                late: impl FnOnce($value) -> R,
            ) -> R {
                let Some(context) = current() else {
                    return match &self.inner {
                        Inner::Native(atomic) => native(atomic),
                        Inner::Weak(atomic) => weak(atomic),
                    };
                };
                let actor = context.before_step();
                let came = match &self.inner {
                    Inner::Native(atomic) => native(atomic),
                    Inner::Weak(_) if std::thread::panicking() => {
                        return late($value_of(context.bits(self.variable)));
                    }
                    Inner::Weak(atomic) => match actor {
                        Some(actor) => on_own_cpu(&context, actor, || weak(atomic)),
                        None => weak(atomic),
                    },
                };
                let (text, new) = said(&came);
                if let Some(actor) = actor {
                    self.record(&context, actor, place, &text, new.is_none());
                }
                if let Some(new) = new {
                    context.changed(self.variable, format!("{new:?}"), $bits(new));
                }
                came
            }

            fn record(
                &self,
                context: &Context,
                actor: usize,
                place: &'static Location<'static>,
                text: &str,
                looks: bool,
            ) {
                let (name, is_old) = {
                    let state = context.state.borrow();
                    let variable = state.variables.get(self.variable);
                    let latest = variable.map(|variable| variable.shown.clone()).unwrap_or_default();
                    let shown = text.rsplit("→ ").next().unwrap_or_default();
                    let is_old = looks && text.starts_with("load") && shown != latest;
                    (variable.map_or_else(String::new, |variable| variable.name.clone()), is_old)
                };
                let old = if is_old { " (an old value)" } else { "" };
                context.record(actor, place, format!("{name}.{text}{old}"), false);
            }
        }

        impl Default for $name {
            #[track_caller]
            fn default() -> $name {
                $name::new(Default::default())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match &self.inner {
                    Inner::Native(atomic) => atomic.fmt(f),
                    Inner::Weak(_) => f.write_str(stringify!($name)),
                }
            }
        }
    };
}

macro_rules! arithmetic {
    ($name:ident, $value:ty) => {
        impl $name {
            /// Adds; the old value. It wraps around.
            #[track_caller]
            pub fn fetch_add(&self, value: $value, order: Ordering) -> $value {
                self.access(
                    Location::caller(),
                    |weak| weak.fetch_add(value, order),
                    |native| native.fetch_add(value, Ordering::SeqCst),
                    |&old| {
                        (
                            format!("fetch_add({value}, {}) → {old}", name(order)),
                            Some(old.wrapping_add(value)),
                        )
                    },
                    |old| old,
                )
            }

            /// Subtracts; the old value. It wraps around.
            #[track_caller]
            pub fn fetch_sub(&self, value: $value, order: Ordering) -> $value {
                self.access(
                    Location::caller(),
                    |weak| weak.fetch_sub(value, order),
                    |native| native.fetch_sub(value, Ordering::SeqCst),
                    |&old| {
                        (
                            format!("fetch_sub({value}, {}) → {old}", name(order)),
                            Some(old.wrapping_sub(value)),
                        )
                    },
                    |old| old,
                )
            }
        }
    };
}

atomic!(AtomicBool, bool, u64::from, |bits| bits != 0);
atomic!(AtomicI32, i32, |value| value as u64, |bits| bits as i32);
atomic!(AtomicI64, i64, |value| value as u64, |bits| bits as i64);
atomic!(AtomicU32, u32, u64::from, |bits| bits as u32);
atomic!(AtomicU64, u64, |value| value, |bits| bits);
atomic!(AtomicUsize, usize, |value| value as u64, |bits| bits as usize);
arithmetic!(AtomicI32, i32);
arithmetic!(AtomicI64, i64);
arithmetic!(AtomicU32, u32);
arithmetic!(AtomicU64, u64);
arithmetic!(AtomicUsize, usize);

/// Takes a lock of loom's, if nobody has. The load comes first, because loom sees to it that a thread that has yielded
/// loads what is new; of an exchange it does not.
pub(super) fn take_weakly(lock: &loom::sync::atomic::AtomicBool) -> bool {
    // Acquire: pairs with the Release of whoever had it before.
    !lock.load(Ordering::Relaxed)
        && lock.compare_exchange(false, true, Ordering::Acquire, Ordering::Relaxed).is_ok()
}

/// What a lock is made of.
impl AtomicBool {
    /// Not taken.
    pub(super) fn new_lock(place: &'static Location<'static>) -> AtomicBool {
        AtomicBool::new_at(false, place)
    }

    /// Whether somebody has taken it. No step.
    pub(super) fn is_taken(&self) -> bool {
        match &self.inner {
            Inner::Native(atomic) => atomic.load(Ordering::SeqCst),
            // Taking it tells.
            Inner::Weak(_) => false,
        }
    }

    /// Takes it, if nobody has.
    pub(super) fn take(&self, place: &'static Location<'static>) -> bool {
        self.access(
            place,
            take_weakly,
            |native| !native.swap(true, Ordering::SeqCst),
            |_| ("lock()".to_owned(), Some(true)),
            |_| true,
        )
    }

    /// Gives it back.
    pub(super) fn give_back(&self, place: &'static Location<'static>) {
        self.access(
            place,
            // Release: pairs with the Acquire of `take`.
            |weak| weak.store(false, Ordering::Release),
            |native| native.store(false, Ordering::SeqCst),
            |()| ("unlock()".to_owned(), Some(false)),
            |_| (),
        );
    }
}
