//! Lab 13: the roads not taken. One module of tests for each task.

mod big_reader_lock;
mod clean_up;
mod common;
mod exit_may_fail;
mod per_cpu;
mod per_object;
mod shutdown_call;
mod try_deregister;
mod two_stage;
