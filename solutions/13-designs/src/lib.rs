//! Lab 13: the roads not taken
