//! The module that makes a kernel forget what it has said: `slate/slate.c`, built for that kernel.

use std::path::{Path, PathBuf};

use abi::Symvers;
use anyhow::Context;
use course_modules::{BuildConfig, build};

/// Builds it for the kernel with this Module.symvers and version magic, into `out`.
///
/// # Errors
/// Module.symvers cannot be read, or there is no C compiler.
pub fn make(symvers: &Path, vermagic: &str, out: &Path) -> anyhow::Result<PathBuf> {
    let text = std::fs::read_to_string(symvers).with_context(|| symvers.display().to_string())?;
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    let config = BuildConfig {
        sources: Path::new(env!("CARGO_MANIFEST_DIR")).join("slate"),
        symvers: Symvers::parse(&text).with_context(|| symvers.display().to_string())?,
        vermagic: vermagic.to_owned(),
        ..BuildConfig::new(out)
    };
    let built = build(&config).context("the module that wipes the slate")?;
    Ok(built.into_iter().next().context("no module was built")?.path)
}
