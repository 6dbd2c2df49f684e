//! Where modprobe finds modules: the directory of a kernel release, with depmod's files in it, or without.
//! kmod's `libkmod`, kmod_module_new_from_lookup and kmod_module_get_probe_list.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{depmod, files};

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

#[derive(Debug)]
struct Entry {
    path: PathBuf,
    dependencies: Vec<PathBuf>,
}

#[derive(Debug, Default, Clone)]
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
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        Ok(ModuleTree {
            directory: directory.to_owned(),
            modules: parse_dependencies(&text(&files.dependencies), directory),
            aliases: parse_aliases(&text(&files.aliases)),
            soft: parse_soft_dependencies(&text(&files.soft_dependencies)),
        })
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

    /// The files to insert for the module called `name`, itself among them, each after those it depends on.
    pub fn insertion_order(&self, name: &str) -> Vec<&Path> {
        let mut order = Vec::new();
        self.add(name, &mut order, &mut Vec::new());
        order
    }

    fn add<'t>(&'t self, name: &str, order: &mut Vec<&'t Path>, under_way: &mut Vec<String>) {
        let Some(entry) = self.modules.get(name) else { return };
        if under_way.iter().any(|other| other == name) || order.contains(&entry.path.as_path()) {
            return;
        }
        under_way.push(name.to_owned());
        let soft = self.soft.get(name).cloned().unwrap_or_default();
        soft.before.iter().for_each(|before| self.add(before, order, under_way));
        // modules.dep lists what is to be inserted last first.
        for dependency in entry.dependencies.iter().rev() {
            self.add(&files::module_name(dependency), order, under_way);
        }
        order.push(&entry.path);
        soft.after.iter().for_each(|after| self.add(after, order, under_way));
    }
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

/// Whether `name` matches `pattern` as `fnmatch(3)` has it: `*`, `?` and `[…]`.
fn fnmatch(pattern: &[u8], name: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    // Where to go on when the last `*` has to take one character more.
    let mut star: Option<(usize, usize)> = None;
    loop {
        let step = match pattern.get(at) {
            Some(b'*') => {
                star = Some((at + 1, from));
                at += 1;
                continue;
            }
            Some(b'[') => name.get(from).and_then(|&byte| bracket(&pattern[at..], byte)),
            Some(b'?') => name.get(from).map(|_| 1),
            Some(byte) => (name.get(from) == Some(byte)).then_some(1),
            None if from == name.len() => return true,
            None => None,
        };
        match (step, star) {
            (Some(length), _) => (at, from) = (at + length, from + 1),
            (None, Some((after, taken))) if taken < name.len() => {
                star = Some((after, taken + 1));
                (at, from) = (after, taken + 1);
            }
            _ => return false,
        }
    }
}

/// The length of the bracket expression that `pattern` begins with, where `byte` is in it.
fn bracket(pattern: &[u8], byte: u8) -> Option<usize> {
    let end = pattern.iter().skip(2).position(|&byte| byte == b']')? + 2;
    let inside = pattern.get(1..end)?;
    let (negated, mut set) = match inside {
        [b'!', rest @ ..] => (true, rest),
        _ => (false, inside),
    };
    let mut is_in = false;
    while let [first, rest @ ..] = set {
        (is_in, set) = match rest {
            [b'-', last, rest @ ..] => (is_in || (*first..=*last).contains(&byte), rest),
            _ => (is_in || *first == byte, rest),
        };
    }
    (is_in != negated).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_alias_is_a_pattern() {
        for (pattern, name, matches) in [
            ("crypto_md4", "crypto_md4", true),
            ("pci:v*d*sv*", "pci:v00008086d00001234sv0001", true),
            ("usb:v[0-9]p?", "usb:v7px", true),
            ("usb:v[!0-9]p?", "usb:v7px", false),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("*", "", true),
            ("", "x", false),
            ("[", "[", false),
        ] {
            assert_eq!(fnmatch(pattern.as_bytes(), name.as_bytes()), matches, "{pattern} {name}");
        }
    }

    #[test]
    fn dependencies_come_first_and_soft_ones_around_them() {
        let base = Path::new("/m");
        let tree = ModuleTree {
            directory: base.into(),
            modules: parse_dependencies("a.ko: b.ko c.ko\nb.ko: c.ko\nc.ko:\nd-e.ko.xz:\n", base),
            aliases: parse_aliases("# remark\nalias crypto-a a\nalias x* d_e\nalias x1 a\n"),
            soft: parse_soft_dependencies("softdep a pre: d-e\n"),
        };
        let names =
            |name| tree.insertion_order(name).iter().map(|path| files::module_name(path)).collect::<Vec<_>>();
        assert_eq!(names("a"), ["d_e", "c", "b", "a"]);
        assert_eq!(tree.lookup("crypto-a"), ["a"]);
        assert_eq!(tree.lookup("x1"), ["d_e", "a"]);
        assert_eq!(tree.lookup("d-e"), ["d_e"]);
        assert!(tree.lookup("nobody").is_empty());
    }
}
