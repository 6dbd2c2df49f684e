//! One check: modules, what they are asked, and who else knows the answer.

use std::fmt;

use machine::Killed;

use super::bench::Bench;

/// Asks and compares.
type Run = Box<dyn Fn(&Bench) -> Result<(), Trouble> + Sync>;

/// A question to one or more modules.
pub struct Check {
    /// The first is inserted; the others come with it, and its answers are theirs.
    pub modules: Vec<&'static str>,
    /// What is computed.
    pub what: String,
    /// Who says what it has to be.
    pub against: &'static str,
    /// Asks and compares.
    pub run: Run,
}

impl Check {
    /// A check of `modules`.
    pub fn new(
        modules: &[&'static str],
        what: impl Into<String>,
        against: &'static str,
        run: impl Fn(&Bench) -> Result<(), Trouble> + Sync + 'static,
    ) -> Check {
        Check { modules: modules.to_vec(), what: what.into(), against, run: Box::new(run) }
    }
}

/// Why a module is not verified.
#[derive(Debug, Clone)]
pub enum Trouble {
    /// It gave another answer than the oracle.
    Wrong(String),
    /// It did not answer: not inserted, killed, or something it needs is not there.
    Silent(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Wrong(text) | Trouble::Silent(text) => f.write_str(text),
        }
    }
}

impl From<Killed> for Trouble {
    fn from(killed: Killed) -> Trouble {
        Trouble::Silent(killed.reason)
    }
}

/// A sentence about why there was no answer.
pub fn silent(text: impl Into<String>) -> Trouble {
    Trouble::Silent(text.into())
}
