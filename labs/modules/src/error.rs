//! Why a module could not be built, in words that say what to do about it.

use std::{fmt, io, path::PathBuf};

/// Why a module could not be built.
#[derive(Debug)]
pub enum BuildError {
    /// There is no such program as `command`.
    NoCompiler {
        /// What was tried: `$CC`, or `cc`.
        command: String,
    },
    /// The compiler makes code for another machine.
    WrongTarget {
        /// The compiler.
        command: String,
        /// What it answers to `-dumpmachine`.
        target: String,
    },
    /// The compiler, or the linker that it calls, refused.
    Compiler {
        /// The file that it was given.
        file: PathBuf,
        /// What it said.
        output: String,
    },
    /// A symbol that neither the kernel nor one of the modules exports, as Module.symvers tells.
    UndefinedSymbol {
        /// The module that uses it.
        module: String,
        /// The symbol.
        symbol: String,
    },
    /// The compiler's object is not what we expect of it.
    BadObject {
        /// The module.
        module: String,
        /// What is wrong with the object.
        wrong: String,
    },
    /// A file could not be read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
}

impl BuildError {
    /// For `map_err`: an input or output error at `path`.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> BuildError {
        let path = path.into();
        move |error| BuildError::Io { path, error }
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BuildError::NoCompiler { command } => write!(
                f,
                "no C compiler: `{command}` was not found. Install one (Debian, Ubuntu: apt install gcc; \
                 Fedora: dnf install gcc; Arch: pacman -S gcc; Alpine: apk add gcc), or name one: CC=clang"
            ),
            BuildError::WrongTarget { command, target } => write!(
                f,
                "`{command}` compiles for {target}, and these modules are x86-64 Linux code. Use a cross \
                 compiler (Debian, Ubuntu: apt install gcc-x86-64-linux-gnu) and name it: \
                 CC=x86_64-linux-gnu-gcc; or clang with lld: CC=\"clang --target=x86_64-linux-gnu \
                 -fuse-ld=lld\""
            ),
            BuildError::Compiler { file, output } => {
                write!(f, "{} could not be built:\n{}", file.display(), output.trim_end())
            }
            BuildError::UndefinedSymbol { module, symbol } => {
                write!(f, "{module}: `{symbol}` is used, and nothing in Module.symvers exports it")
            }
            BuildError::BadObject { module, wrong } => {
                write!(f, "{module}: the compiler's object is not as expected: {wrong}")
            }
            BuildError::Io { path, error } => write!(f, "{}: {error}", path.display()),
        }
    }
}

impl std::error::Error for BuildError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            BuildError::Io { error, .. } => Some(error),
            _ => None,
        }
    }
}
