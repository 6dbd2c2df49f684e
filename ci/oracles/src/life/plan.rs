//! Which files are inserted in which order, and a directory with depmod's files for the simulated kernels' modprobe.

use std::collections::HashMap;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::{fs, path};

use anyhow::Context;
use loader::depmod;
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

/// One module, and the files to insert for it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Order {
    /// The module's name.
    pub name: String,
    /// What it depends on, each after what it depends on itself; the module last.
    pub files: Vec<PathBuf>,
}

/// All modules.
pub struct Plan {
    /// In the order of their paths.
    pub orders: Vec<Order>,
    /// The modules' directory with modules.dep and its siblings, whether the original has them or not.
    pub tree: TempDir,
}

impl Plan {
    /// Reads every module below `directory`, as depmod does.
    pub fn new(directory: &Path) -> anyhow::Result<Plan> {
        let directory = path::absolute(directory)?;
        let (output, _) = depmod::compute(&directory)?;
        let tree = tempfile::tempdir()?;
        for entry in fs::read_dir(&directory).with_context(|| directory.display().to_string())? {
            let entry = entry?;
            if !entry.file_name().to_string_lossy().starts_with("modules.") {
                symlink(entry.path(), tree.path().join(entry.file_name()))?;
            }
        }
        fs::write(tree.path().join("modules.dep"), &output.dependencies)?;
        fs::write(tree.path().join("modules.alias"), &output.aliases)?;
        fs::write(tree.path().join("modules.softdep"), &output.soft_dependencies)?;
        let mut orders = orders(&String::from_utf8_lossy(&output.dependencies), &directory);
        orders.sort_by(|a, b| a.files.last().cmp(&b.files.last()));
        Ok(Plan { orders, tree })
    }
}

/// One order for each line of modules.dep, which has what is to be inserted last first.
fn orders(dependencies: &str, directory: &Path) -> Vec<Order> {
    let mut by_name = HashMap::new();
    for (path, needed) in dependencies.lines().filter_map(|line| line.split_once(':')) {
        let files = needed.split_whitespace().rev().chain([path]).map(|file| directory.join(file)).collect();
        let name = loader::files::module_name(Path::new(path));
        by_name.entry(name.clone()).or_insert(Order { name, files });
    }
    by_name.into_values().collect()
}
