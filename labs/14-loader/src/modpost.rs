//! `loader modpost`: what a compiled module still lacks, written as C: its struct module, the versions of what
//! it uses and of what it exports, what it depends on. scripts/mod/modpost.c does it for the kernel.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use abi::{VERMAGIC, symvers::Entry};
use anyhow::{Context, anyhow, bail, ensure};
use clap::Args;
use course_modules::CompiledModule;

use crate::setup::read_symvers;

/// The options of `loader modpost`.
#[derive(Debug, Args)]
pub struct Options {
    /// What the kernel and other modules export
    #[arg(long)]
    symvers: PathBuf,
    /// The kernel's version magic; its final space counts
    #[arg(long, default_value = VERMAGIC)]
    vermagic: String,
    /// Compiled modules, NAME.o; the versions of their exports, as `loader genksyms` prints them, lie in NAME.ver
    #[arg(required = true)]
    objects: Vec<PathBuf>,
}

/// Writes NAME.mod.c beside each object. They may use each other's exports.
///
/// # Errors
/// A file cannot be read or written, an export has no version, or a symbol is exported by nobody.
pub fn run(options: &Options) -> anyhow::Result<()> {
    let mut symvers = read_symvers(&options.symvers)?;
    let mut modules = Vec::new();
    for path in &options.objects {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().replace('-', "_");
        let bytes = fs::read(path).with_context(|| path.display().to_string())?;
        let module = CompiledModule::read(&name, &bytes).with_context(|| path.display().to_string())?;
        for entry in exports(path, &module)? {
            symvers.insert(entry);
        }
        modules.push((path, module));
    }
    for (path, module) in modules {
        let text = module.mod_c(&symvers, &options.vermagic)?;
        let path = path.with_extension("mod.c");
        fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    Ok(())
}

/// What `module` exports, with the versions in the file beside its object.
fn exports(object: &Path, module: &CompiledModule) -> anyhow::Result<Vec<Entry>> {
    let path = object.with_extension("ver");
    let text = match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        text => text.with_context(|| path.display().to_string())?,
    };
    let versions = versions(&text).with_context(|| path.display().to_string())?;
    module.exports(|symbol| {
        let version = versions.iter().find(|(versioned, _)| *versioned == symbol);
        let missing = || anyhow!("{}: \"{symbol}\" is exported and has no version", path.display());
        version.map(|&(_, crc)| crc).ok_or_else(missing)
    })
}

/// `#SYMVER name crc` lines.
fn versions(text: &str) -> anyhow::Result<Vec<(&str, u32)>> {
    let line = |line| {
        let &["#SYMVER", name, crc] = &*str::split_whitespace(line).collect::<Vec<_>>() else {
            bail!("'{line}' is no #SYMVER line");
        };
        let digits = crc.strip_prefix("0x").unwrap_or_default();
        ensure!(digits.len() <= 8, "'{crc}' is no version");
        Ok((name, u32::from_str_radix(digits, 16).with_context(|| format!("'{crc}' is no version"))?))
    };
    text.lines().filter(|line| !line.is_empty()).map(line).collect()
}
