//! The tests of lab 06, one module for each task, in the order in which the tasks are done.

mod apply;
mod apply_table;
mod common;
mod encode_immediate;
mod jump_entry;
mod jump_label_patch;
mod reloc_insn_imm;
mod text_gen_insn;
mod write;
