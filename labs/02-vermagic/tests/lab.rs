//! The tests of lab 02, one module for each task, in the order in which they are done.

mod judging;

mod vermagic_2003;

mod vermagic_string;

mod same_magic;

mod try_to_force_load;

mod check_vermagic;

mod set_license;

mod module_letters;
