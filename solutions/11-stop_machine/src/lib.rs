//! Lab 11: per-CPU counts, and all CPUs standing still
