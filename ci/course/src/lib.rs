//! The `cargo course` tool: one subcommand a file, and the few things they share.

pub mod book;
pub mod cargo;
pub mod demo;
pub mod interrupt;
pub mod lock;
pub mod manifest;
pub mod modules;
pub mod progress;
pub mod root;
pub mod session;
pub mod start;
pub mod status;
pub mod sync;
pub mod trouble;
