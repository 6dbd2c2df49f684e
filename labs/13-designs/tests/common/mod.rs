//! What the tests of all designs have in common.

pub use designs::{
    model::{Design, Refusal},
    race,
};

use explore::{Failure, Scenario};

/// Why the scenarios matter.
pub const OPEN: &str = "rmmod can come at any time, also while somebody opens on another CPU";
pub const CLOSE: &str = "whoever has called the module's last function is in it until that has returned";
pub const TWO: &str = "one who comes and one who is there already: each must be seen, whenever he came";
pub const UNWILLING: &str = "a file may stay open for ever: rmmod says so at once, and the module works on";
pub const TIMER: &str = "timers and interrupts take no reference; exit unregisters them and waits";
pub const MANNERS: &str = "a removal that is refused should be noticed by nobody but the one who asked";

/// What the scenario ends with where it ends badly, without the place in the source.
pub fn ends_with<W: Send + Sync + 'static>(scenario: Scenario<W>) -> String {
    let Failure { sentence, .. } =
        scenario.fails("this design has a flaw that no code can mend; yours hides it");
    sentence.split(" (").next().unwrap_or_default().to_owned()
}

/// What a module says that is open, to whoever wants to remove it; and then, when it is closed.
pub fn open_and_closed<D: Design>() -> [Result<(), Refusal>; 2] {
    let design = D::load();
    assert!(design.enter(1), "a module that has just been loaded cannot be opened");
    let open = design.unload();
    design.leave(1);
    [open, design.unload()]
}
