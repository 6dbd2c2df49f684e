//! Lab 14: the whole loader.

pub mod files;
pub mod link;
