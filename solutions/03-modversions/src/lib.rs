//! Lab 03: symbol versions.
