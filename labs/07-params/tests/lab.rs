//! The tests of lab 07, one module for each task, in the order in which they are done.

mod settings;

mod parameq;

mod next_arg;

mod refusal;

mod parse_one;

mod parse_args;

mod kstrto;

mod param_array;

mod kernfs_fop_open;
