//! Lab 14: the whole loader.
