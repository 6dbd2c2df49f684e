//! The tests of lab 04, one module for each task, in the order in which the tasks are done.

mod common;

mod find_symbol;

mod symbol_get;

mod ref_module;

mod inherit_taint;

mod resolve_symbol;

mod simplify_symbols;

mod read_export;

mod verify_exported_symbols;
