//! Lab 05: a place for every section of a module. One module of tests for each task.

mod common;
mod effective_flags;
mod end_pass;
mod enforce_rwx;
mod groups;
mod layout_pass;
mod module_get_offset;
