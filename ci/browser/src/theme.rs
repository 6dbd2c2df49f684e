//! mdBook's themes, by the names that it keeps the reader's choice under.

use std::fmt;

use serde::Serialize;

/// A theme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// What a reader gets who asks for nothing
    Light,
    /// What a reader gets whose system is dark
    Navy,
    /// One to choose
    Coal,
    /// One to choose
    Ayu,
    /// One to choose
    Rust,
}

impl fmt::Display for Theme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Theme::Light => "light",
            Theme::Navy => "navy",
            Theme::Coal => "coal",
            Theme::Ayu => "ayu",
            Theme::Rust => "rust",
        })
    }
}
