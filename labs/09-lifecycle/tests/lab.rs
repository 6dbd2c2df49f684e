//! Lab 09: a module comes, lives and goes. One module of tests for each task.

mod bring_up;
mod call_chain;
mod call_chain_robust;
mod common;
mod may_enter;
mod module_make_live;
mod register;
mod transition;
