//! The three loaders of the winter of 2002: when may a module be entered?

use std::{fmt, str::FromStr};

/// From when on a module may be entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Visibility {
    /// Once it is LIVE: as the new loader was first merged (2.5.48, November 2002).
    Hidden,
    /// While its init runs already: what was done so that disks found their partitions again; 6.1 does the same.
    #[default]
    FromTheStart,
    /// Once it is LIVE, or `module_make_live()` was called for it: Rusty Russell's patch of 15 January 2003, in which
    /// `add_disk()` calls it.
    MadeLive,
}

impl Visibility {
    /// All three, in the order of their history.
    pub const ALL: [Visibility; 3] = [Visibility::Hidden, Visibility::FromTheStart, Visibility::MadeLive];
}

impl fmt::Display for Visibility {
    /// As the loader's `--visibility` takes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Visibility::Hidden => "hidden",
            Visibility::FromTheStart => "visible",
            Visibility::MadeLive => "make-live",
        })
    }
}

impl FromStr for Visibility {
    type Err = String;

    fn from_str(text: &str) -> Result<Visibility, String> {
        let found = Visibility::ALL.into_iter().find(|visibility| visibility.to_string() == text);
        found.ok_or_else(|| "not one of hidden, visible, make-live".to_owned())
    }
}

/// What becomes of a module whose init has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Its memory is given back at once.
    Freed,
    /// It stays where it is, GOING for ever: somebody may be in it, and nobody knows who.
    Stuck,
}
