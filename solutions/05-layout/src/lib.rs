//! Lab 05: core and init parts, groups by permission, per-CPU data.
