//! Lab 01: a .ko opened, checked and described.
