//! The tests of lab 14, one module for each task, in the order in which the tasks are done.

mod common;

mod add_unformed_module;

mod form;

mod do_init_module;

mod start;

mod m_show;

mod insertion_order;

mod insmod;
