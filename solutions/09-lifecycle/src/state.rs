//! Where a module is in its life, and where it may go from there. `kernel/module/main.c`: complete_formation,
//! do_init_module, delete_module, free_module.

use abi::{Errno, LoadError, ModuleState};

/// The state's name without `MODULE_STATE_`.
pub fn name(state: ModuleState) -> &'static str {
    match state {
        ModuleState::Unformed => "UNFORMED",
        ModuleState::Coming => "COMING",
        ModuleState::Live => "LIVE",
        ModuleState::Going => "GOING",
    }
}

/// Whether a module may go from one state to another.
///
/// There are five ways, and each has one function of the kernel that goes it:
///
/// | from | to | by |
/// |---|---|---|
/// | UNFORMED | COMING | `complete_formation`: it is linked, and can be found |
/// | COMING | LIVE | `do_init_module`: init has returned 0 |
/// | COMING | GOING | `load_module`, `do_init_module`: somebody objected, or init failed |
/// | LIVE | GOING | `delete_module` |
/// | GOING | UNFORMED | `free_module`: nobody must find it while it is taken apart |
///
/// # Errors
/// A module that is GOING and shall go once more: `EBUSY`, in silence, as `delete_module` has it. Any other way that
/// is not in the table is a bug of the kernel's own: `EINVAL`, and the words
/// `BUG: a module cannot go from GOING to LIVE`, with the two states' names ([`name`]). (6.1 writes the state without
/// looking; that it is never wrong is what reading those four functions has to show.)
pub fn transition(from: ModuleState, to: ModuleState) -> Result<(), LoadError> {
    // ANCHOR: task_transition
    use ModuleState::{Coming, Going, Live, Unformed};
    match (from, to) {
        (Unformed, Coming) | (Coming, Live | Going) | (Live, Going) | (Going, Unformed) => Ok(()),
        (Going, Going) => Err(LoadError::silent(Errno::EBUSY)),
        _ => {
            let words = format!("BUG: a module cannot go from {} to {}", name(from), name(to));
            Err(LoadError::new(Errno::EINVAL, words))
        }
    }
    // ANCHOR_END: task_transition
}
