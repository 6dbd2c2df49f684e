//! Lab 01: every test of every task, in the order in which the tasks are done.

mod check_file_header;
mod check_section;
mod check_section_name_table;
mod next_string;
mod relocation_tables;
mod setup_load_info;
mod split_signature;
mod symbols;
