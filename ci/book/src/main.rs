//! Builds the book and serves it on this machine with live reload.
fn main() {}
