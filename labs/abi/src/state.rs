//! Where a module is in its life: include/linux/module.h.

/// Where a module is in its life; the numbers are those of `enum module_state`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u32)]
pub enum ModuleState {
    /// Initialised and in use.
    Live = 0,
    /// Formed; `init` runs.
    Coming = 1,
    /// On its way out.
    Going = 2,
    /// Still being put together: nobody may see it.
    Unformed = 3,
}

impl From<u32> for ModuleState {
    /// The state that has this number; what is no number of a state is a module that nobody may see.
    fn from(number: u32) -> ModuleState {
        match number {
            0 => ModuleState::Live,
            1 => ModuleState::Coming,
            2 => ModuleState::Going,
            _ => ModuleState::Unformed,
        }
    }
}
