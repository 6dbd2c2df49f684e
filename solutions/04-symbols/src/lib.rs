//! Lab 04: exports, and the resolution of undefined symbols.
