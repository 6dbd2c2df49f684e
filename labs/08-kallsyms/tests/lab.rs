//! Lab 08: names for addresses. One module of tests for each task.

mod common;
mod elf_type;
mod expand_symbol;
mod free_init;
mod get_symbol_offset;
mod line;
mod lookup_address;
mod lookup_name;
mod optimize_result;
