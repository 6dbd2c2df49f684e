//! What the labs share to explore races.
