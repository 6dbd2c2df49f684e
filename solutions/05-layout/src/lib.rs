//! Lab 05: where each section of a module goes. A core part that stays and an init part that is freed, each
//! with its pages grouped by what may be done to them, and per-CPU data of its own:
//! `kernel/module/main.c, layout_and_allocate` and `layout_sections`; `kernel/module/strict_rwx.c`.

mod part;
mod passes;
mod percpu;
mod place;
mod protect;
mod symtab;

pub use part::{Bases, Layout, MODULES_LEN, PAGE_SIZE, PartLayout, Placement, Position};
pub use passes::{RO_AFTER_INIT, effective_flags, end_pass, layout_pass};
pub use percpu::PerCpu;
pub use place::module_get_offset;
pub use protect::{Group, Protection, module_enforce_rwx_sections};
