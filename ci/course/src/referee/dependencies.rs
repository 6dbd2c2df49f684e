//! What must be inserted before a module: what its `depends=` names, and what those need in turn.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::files::all_files;

/// The files to insert before `file`, each after what it needs itself. They are looked for beside `file`, then among
/// the kernel's `modules`; what is nowhere is left out, and the kernel will say which symbols it misses.
///
/// # Errors
/// A module or a folder cannot be read.
pub fn of(file: &Path, modules: &Path) -> Result<Vec<PathBuf>> {
    let mut wanted = depends(file)?;
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let mut files = by_name(modules)?;
    if let Some(folder) = file.parent() {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let entries = std::fs::read_dir(folder).with_context(|| folder.display().to_string())?;
        let beside = entries.flatten().map(|entry| entry.path()).filter(|path| path != file);
        files.extend(beside.filter_map(|path| Some((module_name(&path)?, path))));
    }
    let mut order = Vec::new();
    wanted.drain(..).try_for_each(|name| visit(&name, &files, &mut Vec::new(), &mut order))?;
    Ok(order)
}

fn visit(
    name: &str,
    files: &HashMap<String, PathBuf>,
    above: &mut Vec<String>,
    order: &mut Vec<PathBuf>,
) -> Result<()> {
    let Some(file) = files.get(name) else { return Ok(()) };
    // In a circle nobody can be first.
    if order.contains(file) || above.iter().any(|above| above == name) {
        return Ok(());
    }
    above.push(name.to_owned());
    for needed in depends(file)? {
        visit(&needed, files, above, order)?;
    }
    above.pop();
    order.push(file.clone());
    Ok(())
}

/// The names that `depends=` has in a module's `.modinfo`; none in a file that is no module.
fn depends(file: &Path) -> Result<Vec<String>> {
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let bytes = abi::decompress(&bytes).unwrap_or_default();
    let mut strings = bytes.split(|&byte| byte == 0);
    let depends = strings.find_map(|string| string.strip_prefix(b"depends=")).unwrap_or_default();
    let names = String::from_utf8_lossy(depends);
    Ok(names.split(',').filter(|name| !name.is_empty()).map(|name| name.replace('-', "_")).collect())
}

fn by_name(folder: &Path) -> Result<HashMap<String, PathBuf>> {
    Ok(all_files(folder)?.into_iter().filter_map(|path| Some((module_name(&path)?, path))).collect())
}

/// A file's module, as kmod names it; `None` for other files.
fn module_name(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let (stem, ending) = name.split_once('.')?;
    ["ko", "ko.gz", "ko.xz", "ko.zst"].contains(&ending).then(|| stem.replace('-', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(modules: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, depends) in modules {
            std::fs::write(folder.path().join(name), format!("x\0depends={depends}\0y")).unwrap();
        }
        folder
    }

    fn names(files: &[PathBuf]) -> Vec<String> {
        files.iter().map(|file| file.file_name().unwrap().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn what_is_needed_comes_after_what_it_needs_itself_and_once() {
        let modules = folder(&[("a.ko", "b,c-d"), ("b.ko", "c-d"), ("c_d.ko", "")]);
        let elsewhere = folder(&[]);
        let found = of(&modules.path().join("a.ko"), elsewhere.path()).unwrap();
        assert_eq!(names(&found), ["c_d.ko", "b.ko"]);
        let mine = folder(&[("mine.ko", "a,nowhere")]);
        let found = of(&mine.path().join("mine.ko"), modules.path()).unwrap();
        assert_eq!(names(&found), ["c_d.ko", "b.ko", "a.ko"]);
    }

    #[test]
    fn a_circle_ends_and_a_file_that_is_no_module_needs_nothing() {
        let modules = folder(&[("a.ko", "b"), ("b.ko", "a")]);
        assert!(names(&of(&modules.path().join("a.ko"), modules.path()).unwrap()).contains(&"b.ko".into()));
        std::fs::write(modules.path().join("text.ko"), "no module").unwrap();
        assert!(of(&modules.path().join("text.ko"), modules.path()).unwrap().is_empty());
    }
}
