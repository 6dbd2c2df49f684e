//! The cargo course tool.
fn main() {}
