//! Lab 14: the whole loader. The parts of the earlier labs, put together in the order of the kernel's own
//! `load_module` and `delete_module`, and the tools that go with them.

mod arguments;
mod bind;
mod branches;
pub mod commands;
mod counting;
mod decode;
pub mod depmod;
pub mod files;
mod fnmatch;
mod form;
mod formed;
pub mod genksyms;
mod hooks;
mod init;
mod insmod;
mod kernel;
pub mod link;
mod load;
mod loaded;
pub mod modpost;
mod modprobe;
mod not_done;
mod parameters;
mod proc;
mod registry;
pub mod setup;
pub mod shell;
mod signing;
mod sites;
mod struct_module;
mod sysfs;
mod tree;
mod unloading;
pub mod verdict;

pub use counting::{Counting, References};
pub use formed::{Formed, Parameter};
pub use kernel::{Kernel, KernelConfig};
pub use loaded::LoadedModule;
pub use not_done::NotDone;
pub use proc::module_flags;
pub use registry::Registry;
pub use tree::ModuleTree;
pub use unload::stop::{O_NONBLOCK, O_TRUNC};
