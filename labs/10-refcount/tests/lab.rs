//! Lab 10: the golden rule. One module of tests for each task.

mod attack;
mod audit;
mod common;
mod is_safe_to_unload;
mod kthread_run;
mod put;
mod strong_try_get;
mod try_get;
mod try_release;
