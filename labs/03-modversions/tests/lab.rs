//! The tests of lab 03, one module for each task.

mod common;

mod crc32;

mod scan;

mod expand;

mod demangle;

mod write_versions;

mod find_version;

mod check_version;

mod check_modstruct_version;
