//! Four ways into freed text: for each broken design the order of steps that breaks it.

use explore::Schedule;

/// What is to be shown. CPU 0 is rmmod, CPU 1 is open: [`super::races::rmmod_against_open`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attack {
    /// On [`super::broken::NoCount`]: the text goes while a CPU is in it.
    NoCount,
    /// On [`super::broken::CountsItself`]: the text goes when a CPU is in it, and *has not counted yet*.
    EnteredBeforeTheCount,
    /// On [`super::broken::CountsItself`]: the text goes when a CPU is in it, and *does not count any more*.
    ReturningAfterTheCount,
    /// On [`super::broken::FlagAndCountApart`]: the text goes although each has looked at what the other says.
    FlagAndCountApart,
}

/// The schedule that does it: which CPU takes each step, and no more of it than is needed. `Schedule::of(&[1, 1, 0])` is
/// two steps of CPU 1 and one of CPU 0. When it ends, CPU 0 goes on to its end, and CPU 1 after it.
pub fn attack(attack: Attack) -> Schedule {
    // ANCHOR: task_attack
    match attack {
        Attack::NoCount => Schedule::of(&[1]),
        Attack::EnteredBeforeTheCount => Schedule::of(&[1]),
        Attack::ReturningAfterTheCount => Schedule::of(&[1, 1, 1]),
        Attack::FlagAndCountApart => Schedule::of(&[1, 0, 0, 1, 1]),
    }
    // ANCHOR_END: task_attack
}
