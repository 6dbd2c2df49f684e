//! Lab 10: who holds a module, and who may
