//! What became of a module.

use serde::{Deserialize, Serialize};

/// One module's two lives.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Life {
    /// The module's name.
    pub name: String,
    /// Whether the loader got as far as running its init, or would have, had its dependencies lived.
    pub linked: bool,
    /// What init came to.
    pub outcome: Outcome,
    /// What was found to be wrong after it was removed, or while it was.
    pub unclean: Vec<String>,
    /// Modules that have no exit and stay for ever.
    pub permanent: Vec<String>,
    /// Milliseconds that it all took.
    pub milliseconds: u64,
    /// The kernel's log, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<String>,
}

/// What init came to, the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It returned 0.
    Alive,
    /// It returned an error.
    Refused {
        /// Which.
        errno: String,
    },
    /// It called an export that the machine does not have.
    Missing {
        /// Its name.
        export: String,
    },
    /// It was killed for something else.
    Oops {
        /// The oops's first line.
        reason: String,
    },
    /// A module that it needs did not live.
    Dependency {
        /// That one's name.
        module: String,
        /// What became of that one.
        outcome: Box<Outcome>,
    },
    /// The loader refused it.
    Unlinked {
        /// The loader's words.
        message: String,
    },
    /// It took the whole process with it.
    Crashed {
        /// How that ended.
        status: String,
    },
    /// Nothing was heard of it for too long.
    Hung,
}

impl Outcome {
    /// The outcome's name, as `--list` takes it.
    pub fn kind(&self) -> &'static str {
        match self {
            Outcome::Alive => "alive",
            Outcome::Refused { .. } => "refused",
            Outcome::Missing { .. } => "missing",
            Outcome::Oops { .. } => "oops",
            Outcome::Dependency { .. } => "dependency",
            Outcome::Unlinked { .. } => "unlinked",
            Outcome::Crashed { .. } => "crashed",
            Outcome::Hung => "hung",
        }
    }

    /// The outcome at the root of it: the dependency's, and so on.
    pub fn root(&self) -> &Outcome {
        match self {
            Outcome::Dependency { outcome, .. } => outcome.root(),
            other => other,
        }
    }
}

impl std::fmt::Display for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Outcome::Alive => f.write_str("init returned 0"),
            Outcome::Refused { errno } => write!(f, "init returned -{errno}"),
            Outcome::Missing { export } => write!(f, "missing export {export}"),
            Outcome::Oops { reason } => f.write_str(reason),
            Outcome::Dependency { module, outcome } => write!(f, "{module}: {outcome}"),
            Outcome::Unlinked { message } => write!(f, "does not link: {message}"),
            Outcome::Crashed { status } => write!(f, "the process ended: {status}"),
            Outcome::Hung => f.write_str("hung"),
        }
    }
}

/// Modules that leave something behind because nothing here asks drivers to probe, and why that is their own doing.
const UNPROBED: [(&str, &str); 2] = [
    ("huawei_wmi", "its exit finds the device that init made in what only its probe fills in"),
    ("scsi_debug", "what init allocated for a device is freed by the driver's remove, after a probe"),
];

impl Life {
    /// Why what it leaves behind is no fault of the loader's or the machine's, where that is known.
    pub fn explanation(&self) -> Option<&'static str> {
        UNPROBED.iter().find(|(name, _)| *name == self.name).map(|(_, why)| *why)
    }

    /// A life that ended the whole process, of which nothing else is known.
    pub fn lost(name: &str, outcome: Outcome) -> Life {
        Life {
            name: name.to_owned(),
            linked: true,
            outcome,
            unclean: Vec::new(),
            permanent: Vec::new(),
            milliseconds: 0,
            log: None,
        }
    }

    /// Whether init returned 0.
    pub fn is_alive(&self) -> bool {
        self.outcome == Outcome::Alive
    }

    /// Whether it left anything behind, or did not go.
    pub fn is_unclean(&self) -> bool {
        !self.unclean.is_empty()
    }

    /// Whether all is well that must be: a module whose init did not return 0 need not go.
    pub fn is_clean(&self) -> bool {
        !self.is_alive() || !self.is_unclean()
    }
}
