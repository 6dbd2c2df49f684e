//! The rendezvous: every CPU goes through the same states, and none goes on to the next before all have acknowledged the
//! last. `kernel/stop_machine.c`, multi_cpu_stop, set_state, ack_state (the form that it has had since 2.6.27).

use super::sync::{AtomicU32, Ordering, local_irq_disable, local_irq_enable, spin_until};

// ANCHOR: State
/// How far all CPUs have come (`enum multi_stop_state`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u32)]
pub enum State {
    /// Where a CPU begins.
    None,
    /// Each CPU comes, and waits for the others; its interrupts are still served.
    Prepare,
    /// Each CPU turns its interrupts off: from now on nothing but this runs on it.
    DisableIrq,
    /// One CPU runs the function, and the others stand still.
    Run,
    /// Each CPU turns its interrupts on and goes.
    Exit,
}
// ANCHOR_END: State

impl State {
    /// The states that a CPU goes through, in order.
    pub const ALL: [State; 4] = [State::Prepare, State::DisableIrq, State::Run, State::Exit];
}

// ANCHOR: MultiStop
/// One rendezvous (`struct multi_stop_data`).
#[derive(Debug)]
pub struct MultiStop {
    /// How many CPUs take part.
    num_threads: u32,
    /// A [`State`].
    state: AtomicU32,
    /// How many have not acknowledged it yet.
    thread_ack: AtomicU32,
}
// ANCHOR_END: MultiStop

impl MultiStop {
    /// A rendezvous of `cpus` CPUs; the state is PREPARE.
    pub fn new(cpus: usize) -> MultiStop {
        let num_threads = u32::try_from(cpus).unwrap_or(u32::MAX);
        MultiStop {
            num_threads,
            state: AtomicU32::new(State::Prepare as u32),
            thread_ack: AtomicU32::new(num_threads),
        }
    }

    /// The state as a number: that of [`State`], and one more when all have left. Who sees it sees all that was done
    /// before the state before it was acknowledged.
    pub fn state(&self) -> u32 {
        // Acquire: pairs with the Release in `ack_state`.
        self.state.load(Ordering::Acquire)
    }

    /// How many CPUs have not acknowledged it.
    pub fn missing(&self) -> u32 {
        // Relaxed: to look at.
        self.thread_ack.load(Ordering::Relaxed)
    }

    /// The calling CPU has done what `state` asks. The last one that says so moves everybody on to the next state, for
    /// which again all acknowledgements are missing (`ack_state` and `set_state`).
    pub fn ack_state(&self, state: State) {
        // ANCHOR: task_ack_state
        // AcqRel. Release: all that this CPU has done is acknowledged. Acquire: the last one takes over what all others
        // have done, and hands it on with the state below.
        if self.thread_ack.fetch_sub(1, Ordering::AcqRel) == 1 {
            // Relaxed: before the Release below; nobody touches it before having seen that.
            self.thread_ack.store(self.num_threads, Ordering::Relaxed);
            // Release: pairs with the Acquire in `multi_cpu_stop` (smp_wmb).
            self.state.store(state as u32 + 1, Ordering::Release);
        }
        // ANCHOR_END: task_ack_state
    }

    /// What each CPU does. Exactly one of them `is_active` and calls `function`, once, while the others stand still. The
    /// state cannot run ahead: the next one needs this CPU's acknowledgement.
    pub fn multi_cpu_stop(&self, is_active: bool, function: impl FnOnce()) {
        // ANCHOR: task_multi_cpu_stop
        let mut function = is_active.then_some(function);
        for state in State::ALL {
            // Acquire: pairs with the Release in `ack_state`: all that was done before the last acknowledgement is seen.
            spin_until(|| self.state.load(Ordering::Acquire) == state as u32);
            match state {
                State::DisableIrq => local_irq_disable(),
                State::Run => {
                    if let Some(function) = function.take() {
                        function();
                    }
                }
                _ => {}
            }
            self.ack_state(state);
        }
        local_irq_enable();
        // ANCHOR_END: task_multi_cpu_stop
    }
}
