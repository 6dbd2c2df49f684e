//! Lab 12: delete_module, and the proof that nobody is inside
