//! The tests of lab 12, one module for each task, in the order in which the tasks are done.

mod common;

mod stop_module;

mod module_put;

mod wait_for_zero;

mod resolve_symbol;

mod synchronize;

mod text_users;

mod free_module;

mod between_look_and_mark;
