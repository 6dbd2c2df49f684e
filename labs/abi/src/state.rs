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
