//! A real Linux kernel as referee: it boots under QEMU, is given module files one after the other, and what it says
//! to each is brought back in a form that can be compared with the loader's.
//!
//! A boot takes a few seconds and serves hundreds of files. The kernel's `/init` is the program in `guest/`; it
//! reports on a serial port of its own, so that nothing the kernel prints can be taken for its words. What does not
//! come to an end is asked again alone, in a kernel that prints everything on its console.
//!
//! **Answers do not depend on the order of the files.** A kernel says some things once per boot: the first taint of
//! each kind, the first module without a signature. Before each file the guest clears what the kernel remembers of that
//! (`slate/slate.c`), which takes a C compiler and the kernel's Module.symvers. Without them
//! [`Said::is_clean`] is false, and [`is_once`] tells which lines are then not to be compared. Modules that
//! stay, because they have no exit or something holds them, end the boot: the next file meets a new kernel.

mod ask;
mod boot;
mod canonical;
mod compare;
mod console;
mod guest;
mod initramfs;
mod kernel;
mod order;
mod said;
mod slate;
mod tools;
mod transcript;
mod warning;

pub use ask::{Asking, Referee};
pub use canonical::{canonical, is_once};
pub use compare::{Agreement, Ours, comparable, compare};
pub use kernel::Kernel;
pub use order::Order;
pub use said::{Answer, Before, Init, Said};
pub use tools::{install, qemu};
pub use warning::without_warnings;
