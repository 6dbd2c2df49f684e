//! The course's own kernel modules in C, built into real .ko files.
