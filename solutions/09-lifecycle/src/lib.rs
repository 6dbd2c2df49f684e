//! Lab 09: a module comes, lives and goes. The order of its states (`include/linux/module.h`, enum module_state), the
//! chain that tells the others (`kernel/notifier.c`), a bring-up that undoes what it did (`kernel/module/main.c`,
//! load_module's column of labels), and the question of January 2003: who may enter a module while its init runs?

mod bring_up;
pub mod entrance;
mod notifier;
mod state;
mod visibility;

pub use abi::ModuleState;
pub use bring_up::{Step, bring_up};
pub use entrance::Entrance;
pub use notifier::{
    Answer, NOTIFY_BAD, NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP, NOTIFY_STOP_MASK, NotifierBlock, NotifierChain,
    notifier_from_errno, notifier_to_errno,
};
pub use state::{name, transition};
pub use visibility::{Fate, Visibility};

/// What synchronises in the finished loader.
pub mod sync {
    pub use explore::native::*;
}

/// The same file once more, over atomics whose every interleaving is explored, and the disk of January 2003.
#[cfg(feature = "model")]
#[path = "."]
pub mod model {
    #[path = "disk.rs"]
    pub mod disk;
    #[path = "entrance.rs"]
    pub mod entrance;

    /// What synchronises under exploration.
    pub mod sync {
        pub use explore::model::*;
    }
}
