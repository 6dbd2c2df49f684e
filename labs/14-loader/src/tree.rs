//! Where modprobe finds modules: the directory of a kernel release, with depmod's files in it, or without.
//! kmod's `libkmod`, kmod_module_new_from_lookup and kmod_module_get_probe_list.

use std::{
    collections::{HashMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{depmod, files, fnmatch::fnmatch};

/// The modules of one kernel release, and what depmod says of them.
#[derive(Debug)]
pub struct ModuleTree {
    directory: PathBuf,
    /// Path and dependencies, by name.
    modules: HashMap<String, Entry>,
    /// Pattern and module, in the file's order.
    aliases: Vec<(String, String)>,
    /// Modules to be loaded before and after, by name.
    soft: HashMap<String, Soft>,
}

/// A line of modules.dep.
#[derive(Debug)]
struct Entry {
    path: PathBuf,
    dependencies: Vec<PathBuf>,
}

/// A module's soft dependencies, by name.
#[derive(Debug, Default)]
struct Soft {
    before: Vec<String>,
    after: Vec<String>,
}

impl ModuleTree {
    /// Reads modules.dep, modules.alias and modules.softdep below `directory`; where there is no modules.dep,
    /// works out from the modules' symbols what depmod would write.
    ///
    /// # Errors
    /// A sentence with the file's name: the directory or a file cannot be read.
    pub fn open(directory: &Path) -> anyhow::Result<ModuleTree> {
        let files = match fs::read_to_string(directory.join("modules.dep")) {
            Ok(dependencies) => depmod::Output {
                dependencies: dependencies.into(),
                aliases: fs::read(directory.join("modules.alias")).unwrap_or_default(),
                soft_dependencies: fs::read(directory.join("modules.softdep")).unwrap_or_default(),
                ..depmod::Output::default()
            },
            Err(_) => depmod::compute(directory)?.0,
        };
        Ok(ModuleTree::read(directory, &files))
    }

    /// What depmod's `files` say of the modules below `directory`. A line that is not as depmod writes it is skipped.
    pub fn read(directory: &Path, files: &depmod::Output) -> ModuleTree {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        ModuleTree {
            directory: directory.to_owned(),
            modules: parse_dependencies(&text(&files.dependencies), directory),
            aliases: parse_aliases(&text(&files.aliases)),
            soft: parse_soft_dependencies(&text(&files.soft_dependencies)),
        }
    }

    /// The directory it was read from.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The names of all modules.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.modules.keys().map(String::as_str)
    }

    /// The file of the module called `name` (`-` taken as `_`).
    pub fn path(&self, name: &str) -> Option<&Path> {
        self.modules.get(&name.replace('-', "_")).map(|entry| entry.path.as_path())
    }

    /// The modules that `name` stands for: the module of that name, or those whose aliases match it.
    pub fn lookup(&self, name: &str) -> Vec<&str> {
        if let Some((name, _)) = self.modules.get_key_value(&name.replace('-', "_")) {
            return vec![name];
        }
        let name = name.replace('-', "_");
        let mut found: Vec<&str> = Vec::new();
        for (pattern, module) in &self.aliases {
            if !found.contains(&module.as_str()) && fnmatch(pattern.as_bytes(), name.as_bytes()) {
                found.push(module);
            }
        }
        found
    }

    /// The files to insert for the module called `name`: its own, with all that must come before and after it, in kmod's
    /// order (`libkmod-module.c`, kmod_module_get_probe_list):
    ///
    /// 1. what its line in modules.dep lists, the last one first: of two modules there, it is the earlier one that
    ///    needs the later one;
    /// 2. what its soft dependencies want before it;
    /// 3. its own path;
    /// 4. what its soft dependencies want after it;
    ///
    /// and each module of 1, 2 and 4 with all that must come before and after *it*, by the same rules. Nothing is
    /// inserted twice: a module whose turn has come is skipped from then on, also because soft dependencies may go in
    /// circles. A name that is no module's is skipped too, because a soft dependency may be missing.
    ///
    /// A chain may be longer than a stack is deep: what is still to be done stands on a `Vec` of `Turn`s.
    pub fn insertion_order(&self, name: &str) -> Vec<&Path> {
        todo!("add what it needs, what comes before it, itself, and what comes after it")
    }
}

/// What has its turn while an order is made.
enum Turn<'t> {
    /// The module of this name, with what comes before and after it.
    Module(String),
    /// A file, when all that comes before it is in the order.
    File(&'t Path),
}

fn parse_dependencies(text: &str, directory: &Path) -> HashMap<String, Entry> {
    let entry = |line: &str| {
        let (path, dependencies) = line.split_once(':')?;
        let path = directory.join(path);
        let dependencies = dependencies.split_whitespace().map(|path| directory.join(path)).collect();
        Some((files::module_name(&path), Entry { path, dependencies }))
    };
    text.lines().filter_map(entry).collect()
}

/// Lines of the form `alias PATTERN MODULE`; the kernel's own aliases have no `-` left either.
fn parse_aliases(text: &str) -> Vec<(String, String)> {
    let alias = |line: &str| {
        let mut words = line.strip_prefix("alias ")?.rsplitn(2, ' ');
        let module = words.next()?.to_owned();
        Some((words.next()?.replace('-', "_"), module))
    };
    text.lines().filter_map(alias).collect()
}

/// Lines of the form `softdep MODULE pre: A B post: C`.
fn parse_soft_dependencies(text: &str) -> HashMap<String, Soft> {
    let mut all: HashMap<String, Soft> = HashMap::new();
    for line in text.lines() {
        let mut words = line.split_whitespace();
        let (Some("softdep"), Some(module)) = (words.next(), words.next()) else { continue };
        let soft = all.entry(module.replace('-', "_")).or_default();
        let mut is_before = true;
        for word in words {
            match word {
                "pre:" => is_before = true,
                "post:" => is_before = false,
                name if is_before => soft.before.push(name.replace('-', "_")),
                name => soft.after.push(name.replace('-', "_")),
            }
        }
    }
    all
}
