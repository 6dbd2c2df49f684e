//! Lab 09: a module comes, lives and goes
