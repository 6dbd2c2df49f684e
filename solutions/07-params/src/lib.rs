//! Lab 07: module parameters.
