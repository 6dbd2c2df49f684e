//! Who may enter a module that is still in its init: `try_module_get` without the counting, which is the next lab's.
//! `include/linux/module.h, module_is_live` of 2.5.48 and of 6.1, and as Rusty Russell proposed it on 15 January 2003.

use abi::{Errno, ModuleState};

use super::sync::{AtomicBool, Ordering};
use crate::{Fate, Visibility};

/// The way into one module.
#[derive(Debug)]
pub struct Entrance {
    visibility: Visibility,
    made_live: AtomicBool,
}

impl Entrance {
    /// The way into a module that nobody has made live.
    pub fn new(visibility: Visibility) -> Entrance {
        Entrance { visibility, made_live: AtomicBool::new(false) }
    }

    /// `module_make_live()`: from now on the module may be entered, although its init has not returned. Whoever needs
    /// that calls it, as `add_disk()` does; it promises that init will not fail any more.
    ///
    /// | `state` | |
    /// |---|---|
    /// | COMING | it is noted in `made_live`; who enters because of it sees all that was done before |
    /// | LIVE | there is nothing to do, and nothing is changed |
    /// | UNFORMED, GOING | refused |
    ///
    /// It is noted whatever the `visibility` is; what it means then, `may_enter` says.
    ///
    /// # Errors
    /// `EINVAL` for a module that is UNFORMED or GOING, of which nothing is noted: a door that is closed for good must
    /// not be opened again.
    pub fn module_make_live(&self, state: ModuleState) -> Result<(), Errno> {
        todo!("note that a module that is COMING may be entered; refuse one that is not there, or goes")
    }

    /// Whether somebody outside may enter the module, which is in `state`.
    ///
    /// A LIVE one always; one that is UNFORMED or GOING never. One that is COMING:
    ///
    /// | `visibility` | may be entered |
    /// |---|---|
    /// | `Hidden` | no |
    /// | `FromTheStart` | yes |
    /// | `MadeLive` | once `module_make_live` was called for it |
    ///
    /// Who is let in because of `module_make_live` sees all that init did before that call.
    pub fn may_enter(&self, state: ModuleState) -> bool {
        todo!("say who may be let into a module in this state, in each of the three loaders")
    }

    /// What becomes of the module now that its init has failed. In the loader of January 2003, one that was made live
    /// has broken a promise: somebody may have entered it, so it is never freed
    /// (`kernel/module.c, sys_init_module`: `module is now stuck!`). The other two loaders free.
    pub fn init_failed(&self) -> Fate {
        // Relaxed: init has run on this CPU, and so has `module_make_live`, before it returned.
        let made_live = self.made_live.load(Ordering::Relaxed);
        if self.visibility == Visibility::MadeLive && made_live { Fate::Stuck } else { Fate::Freed }
    }
}
