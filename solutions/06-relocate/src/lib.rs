//! Lab 06: x86-64 relocation.
