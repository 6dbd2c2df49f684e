//! For which kernel modules are built, from what, and where they go.

use std::{
    env,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use abi::{Symvers, VERMAGIC};

use crate::{BuildError, BuiltModule, build};

/// What to build, and for which kernel.
#[derive(Debug, Clone)]
pub struct BuildConfig {
    /// Where the C sources are: each `NAME.c` is a module.
    pub sources: PathBuf,
    /// The headers.
    pub include: PathBuf,
    /// What the kernel exports, with its CRCs.
    pub symvers: Symvers,
    /// The kernel's vermagic.
    pub vermagic: String,
    /// Where `NAME.ko` appears. The subdirectory `store` is the builder's own.
    pub out_dir: PathBuf,
    /// The compiler, with options where it needs any; `None` for `$CC`, or `cc`.
    pub compiler: Option<String>,
}

impl BuildConfig {
    /// The course's modules, for the kernel whose exports are built in, into `out_dir`.
    pub fn new(out_dir: impl Into<PathBuf>) -> BuildConfig {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        BuildConfig {
            sources: here.join("c"),
            include: here.join("include"),
            symvers: builtin_symvers(),
            vermagic: VERMAGIC.to_owned(),
            out_dir: out_dir.into(),
            compiler: None,
        }
    }
}

/// The exports that the simulated machine implements, with the versions that Debian's kernel gives them.
pub fn builtin_symvers() -> Symvers {
    Symvers::parse(include_str!("../../machine/Module.symvers")).unwrap_or_default()
}

/// The course's modules for the built-in kernel, built when this process first asks for them, into
/// `course-modules` in Cargo's target directory. Nothing is compiled again that has not changed.
///
/// # Errors
/// See [`build`].
pub fn cached() -> Result<&'static [BuiltModule], &'static BuildError> {
    static BUILT: OnceLock<Result<Vec<BuiltModule>, BuildError>> = OnceLock::new();
    let built = BUILT.get_or_init(|| build(&BuildConfig::new(target_dir().join("course-modules"))));
    built.as_ref().map(Vec::as_slice)
}

/// Cargo's target directory: `$CARGO_TARGET_DIR`, or `target` in the workspace.
fn target_dir() -> PathBuf {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    workspace.join(env::var_os("CARGO_TARGET_DIR").unwrap_or("target".into()))
}
