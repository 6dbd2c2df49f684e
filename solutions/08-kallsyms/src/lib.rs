//! Lab 08: names for addresses.
