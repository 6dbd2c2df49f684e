//! The book: built with mdBook and mdbook-mermaid as libraries, so that nothing has to be installed, and served on
//! this machine with live reload.

pub mod assemble;
pub mod chapter;
pub mod diagrams;
pub mod serve;
pub mod watch;
