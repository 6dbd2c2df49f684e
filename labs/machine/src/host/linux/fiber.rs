//! A task's stack and the switch to it and back (the kernel's `__switch_to_asm`), by crate corosensei.

use std::{cell::Cell, io, ptr::NonNull, rc::Rc};

use corosensei::{
    Coroutine, CoroutineResult, Yielder,
    stack::{DefaultStack, Stack},
};

use super::PAGE;

/// A closure that runs on a stack of its own and can be left and taken up again.
pub(crate) struct Fiber {
    coroutine: Coroutine<(), (), (), DefaultStack>,
    /// Known once the fiber has begun.
    suspender: Rc<Cell<Option<Suspender>>>,
    stack: (u64, u64),
}

/// The way out of a running fiber, valid on its stack until it ends.
#[derive(Clone, Copy)]
pub(crate) struct Suspender(NonNull<Yielder<(), ()>>);

impl Fiber {
    /// A fiber with `stack_size` bytes of stack above a guard page. It begins with the first `resume`.
    pub(crate) fn new(stack_size: usize, body: impl FnOnce(Suspender) + 'static) -> io::Result<Fiber> {
        let stack = DefaultStack::new(stack_size)?;
        // The limit is the guard page's.
        let bounds = ((stack.limit().get() + PAGE) as u64, stack.base().get() as u64);
        let suspender = Rc::new(Cell::new(None));
        let tell = suspender.clone();
        let coroutine = Coroutine::with_stack(stack, move |yielder, ()| {
            let suspender = Suspender(NonNull::from(yielder));
            tell.set(Some(suspender));
            body(suspender);
        });
        Ok(Fiber { coroutine, suspender, stack: bounds })
    }

    /// The way out of it, once it has begun.
    pub(crate) fn suspender(&self) -> Option<Suspender> {
        self.suspender.get()
    }

    /// Its stack: the lowest usable byte, and the end.
    pub(crate) fn stack(&self) -> (u64, u64) {
        self.stack
    }

    /// Runs it until it suspends itself or ends; whether it has ended.
    pub(crate) fn resume(&mut self) -> bool {
        matches!(self.coroutine.resume(()), CoroutineResult::Return(()))
    }
}

impl Suspender {
    /// Leaves the fiber until it is resumed.
    ///
    /// # Safety
    /// The calling code runs inside the fiber that this was made for.
    pub(crate) unsafe fn suspend(self) {
        // SAFETY: the yielder lives at the root of the fiber's stack, which exists while code runs on it.
        unsafe { self.0.as_ref() }.suspend(());
    }
}
