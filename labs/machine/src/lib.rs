//! The rest of the computer, given to the learner: memory, CPUs, tasks, printk, exports, subsystems, oopses.
//!
//! [`Machine::boot`] starts simulated CPUs, each a thread of this process. [`Machine::run`] runs a closure as a task
//! on one of them; inside a task, [`current`] says where one is and [`call_module`] enters module code, which runs as
//! the machine code it is. What goes wrong there becomes an oops in the log and the end of that task only.

// Where module code cannot run, what runs it is compiled and never used.
#![cfg_attr(not(all(target_arch = "x86_64", target_os = "linux")), allow(dead_code, unused_imports))]

mod base;
mod clock;
mod config;
mod cpu;
pub mod exports;
mod fault;
pub mod format;
mod hooks;
mod host;
mod inside;
mod machine;
pub mod memory;
mod oops;
mod paravirt;
mod percpu;
mod ports;
mod print;
pub mod printk;
pub mod services;
pub mod task;
mod timer;
mod wait;
mod watchdog;

pub use clock::{Clock, HZ};
pub use config::{Config, NotHere};
pub use exports::{Exports, Kind, Table};
pub use hooks::{Bug, Fixup, ModuleHooks, Place};
pub use inside::Inside;
pub use machine::{Absent, Machine, builtin_symvers};
pub use memory::{Memory, Protection, Region};
pub use percpu::PerCpu;
pub use printk::{Level, printk};
pub use services::Complaint;
pub use task::{Current, Killed, Task, answer, call_module, current, try_current};
pub use timer::TimerId;
pub use wait::WaitQueue;
