//! `depmod`: which module needs which, and which answers to which alias, written down once so that
//! modprobe need not open every module. kmod 30, tools/depmod.c; the files are equal to its, byte for byte.

mod facts;
mod graph;
mod output;
mod search;
mod walk;

use std::fs;
use std::path::Path;

use anyhow::{Context, ensure};

use facts::{Facts, read_all};
use graph::Graph;
use search::{ModuleFile, find_modules, sort_by_modules_order};

/// What a run of [`run`] has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The number of modules.
    pub modules: usize,
    /// The number of symbols that they export.
    pub symbols: usize,
    /// Lines for the user about files that are not as they should be; they have been listed all the same.
    pub warnings: Vec<String>,
}

/// Reads the modules in `basedir`/lib/modules/`version` and writes modules.dep, modules.alias,
/// modules.softdep, modules.symbols and modules.devname to `outdir`/lib/modules/`version`.
///
/// Of two modules of one name, the one in `updates/` counts, else the one found first; the files in
/// /etc/depmod.d, which could say otherwise, are not read.
///
/// # Errors
/// Where a directory cannot be read or written, or modules need each other in a circle; nothing is
/// written then.
pub fn run(basedir: &Path, version: &str, outdir: &Path) -> anyhow::Result<Report> {
    ensure!(is_version(version), "bad version: {version}");
    let below = Path::new("lib/modules").join(version);
    let (output, report) = compute(&basedir.join(&below))?;

    let target = outdir.join(below);
    fs::create_dir_all(&target).with_context(|| target.display().to_string())?;
    write(&target, "modules.dep", output.dependencies)?;
    write(&target, "modules.alias", output.aliases)?;
    write(&target, "modules.softdep", output.soft_dependencies)?;
    write(&target, "modules.symbols", output.symbols)?;
    write(&target, "modules.devname", output.device_names)?;
    Ok(report)
}

/// The texts of depmod's files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Output {
    /// modules.dep
    pub dependencies: Vec<u8>,
    /// modules.alias
    pub aliases: Vec<u8>,
    /// modules.softdep
    pub soft_dependencies: Vec<u8>,
    /// modules.symbols
    pub symbols: Vec<u8>,
    /// modules.devname
    pub device_names: Vec<u8>,
}

/// Works out what [`run`] writes, for the modules below `directory`, which is one kernel release's.
///
/// # Errors
/// Where a directory cannot be read, or modules need each other in a circle.
pub fn compute(directory: &Path) -> anyhow::Result<(Output, Report)> {
    let mut warnings = Vec::new();
    let mut files = find_modules(directory, &mut warnings)?;
    sort_by_modules_order(directory, &mut files, &mut warnings);
    let facts = read_all(directory, &files, &mut warnings);
    let graph = Graph::new(&facts);
    let order = graph.sort_topologically().map_err(|circle| {
        let names: Vec<_> = circle.iter().filter_map(|&at| files.get(at)).map(|file| &*file.name).collect();
        anyhow::anyhow!("modules need each other in a circle: {}", names.join(" -> "))
    })?;

    let modules = output::Modules { files: &files, facts: &facts };
    let output = Output {
        dependencies: modules.dependencies(&graph, &order),
        aliases: modules.aliases(),
        soft_dependencies: modules.soft_dependencies(),
        symbols: modules.symbols(&graph),
        device_names: modules.device_names(&mut warnings),
    };
    Ok((output, Report { modules: files.len(), symbols: graph.owners.len(), warnings }))
}

/// Two numbers with a dot between them, whatever follows: how kmod tells a release from an option.
fn is_version(version: &str) -> bool {
    let starts_with_digit = |text: &str| text.starts_with(|first: char| first.is_ascii_digit());
    let numbers = version.split_once('.');
    numbers.is_some_and(|(major, rest)| {
        !major.is_empty() && major.bytes().all(|byte| byte.is_ascii_digit()) && starts_with_digit(rest)
    })
}

/// Writes a file as a whole or not at all: a reader finds the old one until the new one is complete.
fn write(directory: &Path, name: &str, text: Vec<u8>) -> anyhow::Result<()> {
    let path = directory.join(name);
    let unfinished = directory.join(format!("{name}.new"));
    fs::write(&unfinished, text).with_context(|| unfinished.display().to_string())?;
    fs::rename(&unfinished, &path).with_context(|| path.display().to_string())
}
