//! Lab 02: version magic and taints.
