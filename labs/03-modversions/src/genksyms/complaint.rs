//! What genksyms says of a text that it cannot make sense of. The kernel's tool says it with `-w` only
//! (scripts/genksyms/genksyms.c, `error_with_pos`).

use std::fmt;

use bstr::BStr;

use crate::genksyms::reference::Named;

/// One thing that is wrong with the text, and where: as the line markers say, not where the preprocessor put it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint<'a> {
    /// The source file, or `<stdin>` before the first line marker.
    pub file: &'a BStr,
    /// The line in that file.
    pub line: usize,
    /// What is wrong.
    pub trouble: Trouble<'a>,
}

/// What can be wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble<'a> {
    /// The text is not what the grammar wants.
    Syntax {
        /// What could have stood here.
        expected: &'static str,
        /// What stands here.
        found: &'a BStr,
    },
    /// A name is declared again, and otherwise. The first declaration counts.
    Redefined(&'a BStr),
    /// An exported symbol leads to a structure of which only the name is known.
    ExpandsUndefined(&'static str, &'a BStr),
    /// An exported symbol is not declared, so it has no version.
    ExportsUndefined(&'a BStr),
    /// Brackets within brackets within brackets: more than anybody writes.
    TooDeep,
    /// A list of declarators repeats so much that its definitions would fill the memory.
    TooLong(&'a BStr),
    /// The reference insists on the definition of this, and needs not.
    Unchanged(&'static str, &'a BStr),
    /// The reference insists on another definition of this.
    Ignored(&'static str, &'a BStr),
    /// An exported symbol has another version than the reference gives it.
    Changed {
        /// Whether the reference's versions are to be preserved.
        is_error: bool,
        /// The symbol.
        symbol: &'a BStr,
        /// What it leads to that has changed.
        because_of: Vec<String>,
    },
}

impl fmt::Display for Trouble<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Syntax { expected, found } if found.is_empty() => {
                write!(f, "syntax error: expected {expected}, found the end of the text")
            }
            Trouble::Syntax { expected, found } => {
                write!(f, "syntax error: expected {expected}, found `{found}`")
            }
            Trouble::Redefined(name) => write!(f, "redefinition of {name}"),
            Trouble::ExpandsUndefined(keyword, name) => write!(f, "expand undefined {keyword} {name}"),
            Trouble::ExportsUndefined(name) => write!(f, "export undefined symbol {name}"),
            Trouble::TooDeep => f.write_str("syntax error: too many brackets within brackets"),
            Trouble::TooLong(name) => write!(f, "the declaration of {name} repeats too much"),
            Trouble::Unchanged(kind, name) => write!(f, "{} modversion is unchanged", Named(kind, name)),
            Trouble::Ignored(kind, name) => write!(f, "ignoring {} modversion change", Named(kind, name)),
            Trouble::Changed { is_error, symbol, because_of } => {
                let weight = if *is_error { "error" } else { "warning" };
                let because_of = because_of.join(", ");
                write!(f, "{weight}: {symbol}: modversion changed because of changes in {because_of}")
            }
        }
    }
}

impl Complaint<'_> {
    /// Whether it comes from a comparison with a reference, and so is said whether asked for or not.
    pub fn is_of_the_reference(&self) -> bool {
        matches!(self.trouble, Trouble::Unchanged(..) | Trouble::Ignored(..) | Trouble::Changed { .. })
    }

    /// How many errors it counts for: one, but a version that was to be preserved is one for each change that
    /// led to another, and what the reference says otherwise is none.
    pub fn errors(&self) -> usize {
        match &self.trouble {
            Trouble::Changed { is_error: true, because_of, .. } => because_of.len(),
            _ => usize::from(!self.is_of_the_reference()),
        }
    }

    /// Whether an exported symbol has no version for this reason.
    pub fn costs_a_version(&self) -> bool {
        matches!(self.trouble, Trouble::ExportsUndefined(_))
            || matches!(&self.trouble, Trouble::Syntax { expected, .. } if *expected == EXPORTED_NAME)
    }
}

/// What is expected between the brackets of `__GENKSYMS_EXPORT_SYMBOL()`.
pub(crate) const EXPORTED_NAME: &str = "the name of a symbol";

impl fmt::Display for Complaint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.trouble)
    }
}
