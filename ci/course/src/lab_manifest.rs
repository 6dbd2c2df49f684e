//! The Cargo.toml of a lab: a starter's, derived from its solution's, and one that has its sources elsewhere.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value, value};

use crate::{
    files::{read, rust_files},
    manifest::{Lab, Manifest},
    root::Root,
};

/// What a starter's Cargo.toml says about warnings. Until everything is written, much is unused.
const LINTS: &str = "[lints.rust]\n\
                     unused = { level = \"allow\", priority = -1 }\n\
                     unused_must_use = \"warn\"\n\
                     unsafe_op_in_unsafe_fn = \"deny\"\n\
                     \n\
                     [lints.clippy]\n\
                     all = { level = \"allow\", priority = -1 }\n";

/// What says of a dependency where it is, or under which name.
const PLACES: [&str; 7] = ["workspace", "path", "package", "version", "git", "branch", "registry"];

/// The starter's Cargo.toml: the solution's under its plain name, that depends on the learner's other crates.
///
/// # Errors
/// The solution's cannot be read.
pub fn starter(root: &Root, manifest: &Manifest, lab: &Lab) -> Result<String> {
    let path = root.join(lab.solution()).join("Cargo.toml");
    let mut document = parse(&read(&path)?, &path)?;
    let workspace = root.join("Cargo.toml");
    let workspace = parse(&read(&workspace)?, Path::new("Cargo.toml"))?;
    let used = used_by_tests(root, lab)?;
    let package = table(&mut document, "package", &path)?;
    package.insert("name", value(&lab.library));
    package.insert("autotests", value(false));
    let library = table(&mut document, "lib", &path)?;
    library.insert("test", value(false));
    library.insert("doctest", value(false));
    for dependencies in ["dependencies", "dev-dependencies"] {
        let Some(dependencies) = document.get_mut(dependencies).and_then(Item::as_table_like_mut) else {
            continue;
        };
        for other in manifest.starters().filter(|other| other.number != lab.number) {
            if let Some(said) = dependencies.get(&other.library) {
                let inherited = workspace["workspace"]["dependencies"].get(&other.library);
                let there = on_other_lab(&format!("../{}", other.folder()), said, inherited);
                dependencies.insert(&other.library, Item::Value(there.into()));
            }
        }
    }
    if let Some(dependencies) = document.get_mut("dev-dependencies").and_then(Item::as_table_like_mut) {
        let names: Vec<String> = dependencies.iter().map(|(name, _)| name.to_string()).collect();
        for name in names.iter().filter(|name| !used.contains(&name.replace('-', "_"))) {
            dependencies.remove(name);
        }
    }
    for unwanted in ["lints", "test", "bench", "example", "bin"] {
        document.remove(unwanted);
    }
    let mut text = format!(
        "# Derived from {}/Cargo.toml by `cargo course sync`.\n{}\n",
        lab.solution(),
        document.to_string().trim_end()
    );
    if root.join(lab.solution()).join("src/main.rs").is_file() {
        text += &format!("\n[[bin]]\nname = \"my-{}\"\npath = \"src/main.rs\"\n", lab.library);
    }
    text += "\n[[test]]\nname = \"lab\"\npath = \"tests/lab.rs\"\n\n";
    Ok(text + LINTS)
}

/// A dependency on the crate at `path`, with everything but the place that the solution `said` of it, and that the
/// workspace says where the solution takes it from there: which features, whether it is optional.
fn on_other_lab(path: &str, said: &Item, inherited: Option<&Item>) -> InlineTable {
    let mut there = InlineTable::new();
    there.insert("path", path.into());
    let of_its_own = said.as_table_like();
    let is_inherited = of_its_own.is_some_and(|said| said.contains_key("workspace"));
    let inherited = inherited.filter(|_| is_inherited).and_then(Item::as_table_like);
    for table in inherited.into_iter().chain(of_its_own) {
        for (key, value) in table.iter() {
            let Some(value) = value.as_value().filter(|_| !PLACES.contains(&key)) else { continue };
            let mut value = value.clone();
            value.decor_mut().clear();
            // As cargo does: features are added to those of the workspace, anything else stands instead.
            let features = there.get(key).and_then(Value::as_array).filter(|_| key == "features");
            if let (Some(features), Value::Array(more)) = (features, &value) {
                let known: Vec<&str> = features.iter().filter_map(Value::as_str).collect();
                let more = more.iter().filter_map(Value::as_str).filter(|more| !known.contains(more));
                value = known.iter().copied().chain(more).collect::<Array>().into();
            }
            there.insert(key, value);
        }
    }
    there
}

/// Where an assembled crate has its parts.
pub struct Parts<'a> {
    /// Its package; the library keeps its own name.
    pub package: &'a str,
    /// The folder of its sources.
    pub src: &'a Path,
    /// The root file of its tests.
    pub tests: &'a Path,
    /// Its examples.
    pub examples: &'a [PathBuf],
    /// Whether its program is wanted too: cargo would build it whenever tests are.
    pub with_program: bool,
}

/// A starter's Cargo.toml (`text`, of the file `path`), for a crate that lies elsewhere but has its `parts` in place.
///
/// # Errors
/// It does not parse, or is not that of a package.
pub fn elsewhere(text: &str, path: &Path, lab: &Lab, parts: &Parts) -> Result<String> {
    let mut document = parse(text, path)?;
    table(&mut document, "package", path)?.insert("name", value(parts.package));
    let at = |path: &Path| value(path.display().to_string());
    let library = document.entry("lib").or_insert(Item::Table(Table::new()));
    let library =
        library.as_table_like_mut().with_context(|| format!("{}: lib is no table", path.display()))?;
    library.insert("name", value(&lab.library));
    library.insert("path", at(&parts.src.join("lib.rs")));
    let target = |name: &str, path: &Path| {
        let mut target = Table::new();
        target.insert("name", value(name));
        target.insert("path", at(path));
        target
    };
    let only = |target| Item::ArrayOfTables(ArrayOfTables::from_iter([target]));
    document.insert("test", only(target("lab", parts.tests)));
    let example = |path: &PathBuf| Some(target(path.file_stem()?.to_str()?, path));
    let examples = parts.examples.iter().filter_map(example);
    document.insert("example", Item::ArrayOfTables(examples.collect()));
    document.remove("bin");
    let main = parts.src.join("main.rs");
    if parts.with_program && main.is_file() {
        document.insert("bin", only(target(&lab.library, &main)));
    }
    Ok(document.to_string())
}

/// The lab's examples: programs that its checkpoint runs with the learner's code in them.
///
/// # Errors
/// Their folder cannot be read.
pub fn examples(root: &Root, lab: &Lab) -> Result<Vec<PathBuf>> {
    let folder = root.join(lab.starter()).join("examples");
    if folder.is_dir() { rust_files(&folder) } else { Ok(Vec::new()) }
}

/// The labs whose crates the Cargo.toml in `text` names as dependencies.
///
/// # Errors
/// It does not parse.
pub fn depends_on<'m>(text: &str, path: &Path, manifest: &'m Manifest) -> Result<Vec<&'m Lab>> {
    let document = parse(text, path)?;
    let names = |kind: &str| document.get(kind).and_then(Item::as_table_like).map(TableLike::iter);
    let named: Vec<&str> = ["dependencies", "dev-dependencies"]
        .into_iter()
        .filter_map(names)
        .flatten()
        .map(|(name, _)| name)
        .collect();
    Ok(manifest.starters().filter(|lab| named.contains(&lab.library.as_str())).collect())
}

/// Parses a Cargo.toml.
///
/// # Errors
/// What is wrong with it, in one sentence with its line.
pub fn parse(text: &str, path: &Path) -> Result<DocumentMut> {
    text.parse::<DocumentMut>().map_err(|error| {
        let line = error.span().map_or(1, |span| text[..span.start.min(text.len())].lines().count().max(1));
        let message = error.message().lines().next().unwrap_or("it is no TOML").to_string();
        anyhow::anyhow!("{} does not parse: line {line}: {message}", path.display())
    })
}

fn table<'d>(document: &'d mut DocumentMut, name: &str, path: &Path) -> Result<&'d mut dyn TableLike> {
    let table = document.get_mut(name).and_then(Item::as_table_like_mut);
    table.with_context(|| format!("{} has no [{name}]", path.display()))
}

/// The words in the lab's tests that may name a crate.
fn used_by_tests(root: &Root, lab: &Lab) -> Result<Vec<String>> {
    let mut words = Vec::new();
    for path in rust_files(&root.join(lab.starter()).join("tests"))? {
        let text = read(&path)?;
        words.extend(text.split(|c: char| !c.is_alphanumeric() && c != '_').map(str::to_string));
    }
    words.sort();
    words.dedup();
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORKSPACE: &str = "[workspace]\nresolver = \"3\"\nmembers = []\n\
        [workspace.dependencies]\nexplore = { path = \"labs/explore\" }\n\
        refcount = { path = \"solutions/02-refcount\", package = \"refcount-solution\", default-features = false }\n\
        loom = \"0.7\"\nshuttle = \"0.9\"\n[profile.dev]\n";

    /// A course whose lab 3 depends on its lab 2 as `dependency` says.
    fn course(dependency: &str) -> (tempfile::TempDir, Root, Manifest) {
        let lab = |number, library| {
            format!(
                "[[lab]]\nnumber = {number}\ncrate = \"{library}\"\ntitle = \"{library}\"\nbuilds = \"b\"\nminutes = 1\n\
                 [[lab.task]]\nname = \"f\"\npoints = 1\nwrite = \"w\"\nwhy = \"y\"\n"
            )
        };
        let labs = lab(1, "elf") + &lab(2, "refcount") + &lab(3, "unload");
        let folder = tempfile::tempdir().unwrap();
        let package =
            |library| format!("[package]\nname = \"{library}-solution\"\n[lib]\nname = \"{library}\"\n");
        let refcount = package("refcount")
            + "[features]\nmodel = [\"explore/model\"]\n[dependencies]\nexplore.workspace = true\n";
        let unload = package("unload")
            + "[features]\ndefault = [\"model\"]\nmodel = [\"explore/model\", \"refcount/model\"]\n\
               [dependencies]\nexplore.workspace = true\n"
            + dependency
            + "\n[[example]]\nname = \"trace\"\n[[bench]]\nname = \"all\"\nharness = false\n";
        for (path, text) in [
            ("Cargo.toml", WORKSPACE),
            ("Cargo.lock", ""),
            ("labs/labs.toml", &labs),
            ("labs/02-refcount/tests/lab.rs", ""),
            ("labs/03-unload/tests/lab.rs", ""),
            ("solutions/01-elf/Cargo.toml", ""),
            ("solutions/02-refcount/Cargo.toml", &refcount),
            ("solutions/03-unload/Cargo.toml", &unload),
            ("solutions/03-unload/examples/trace.rs", "fn main() {}"),
        ] {
            crate::files::write(&folder.path().join(path), text).unwrap();
        }
        let root = Root::above(folder.path()).unwrap();
        let manifest = Manifest::read(&root).unwrap();
        (folder, root, manifest)
    }

    #[test]
    fn a_dependency_on_another_lab_keeps_all_that_is_said_of_it_but_its_place() {
        for (said, expected) in [
            (
                "refcount.workspace = true",
                "refcount = { path = \"../02-refcount\", default-features = false }",
            ),
            (
                "refcount = { workspace = true, features = [\"model\"] }",
                "refcount = { path = \"../02-refcount\", default-features = false, features = [\"model\"] }",
            ),
            (
                "refcount = { path = \"../02-refcount\", package = \"refcount-solution\", optional = true }",
                "refcount = { path = \"../02-refcount\", optional = true }",
            ),
        ] {
            let (_folder, root, manifest) = course(said);
            let text = starter(&root, &manifest, &manifest.labs[2]).unwrap();
            assert!(text.lines().any(|line| line == expected), "'{expected}' is missing:\n{text}");
            for kept in ["default = [\"model\"]", "model = [\"explore/model\", \"refcount/model\"]"] {
                assert!(text.lines().any(|line| line == kept), "'{kept}' is missing:\n{text}");
            }
            assert!(!text.contains("example") && !text.contains("bench"), "{text}");
        }
    }

    #[test]
    fn features_of_the_workspace_and_of_the_crate_come_together() {
        let item = |text: &str| text.parse::<DocumentMut>().unwrap()["a"].clone();
        let inherited = item("a = { path = \"x\", features = [\"std\", \"model\"] }");
        let said = item("a = { workspace = true, features = [\"model\", \"more\"] }");
        let there = on_other_lab("../a", &said, Some(&inherited)).to_string();
        assert!(there.contains("features = [\"std\", \"model\", \"more\"]"), "{there}");
    }

    #[test]
    fn an_assembly_keeps_the_features_the_ground_floor_and_what_comes_from_elsewhere() {
        use crate::assembly::{Assembly, Subject, Whose};
        let (_folder, root, manifest) = course("refcount.workspace = true");
        let subject = Subject { lab: &manifest.labs[2], with_program: false, copies: Vec::new() };
        Assembly::new(&root, &manifest, "own", &subject, |_| Whose::Reference).unwrap();
        let own = |path: &str| read(&root.target().join("course/own").join(path)).unwrap();
        let workspace = own("Cargo.toml");
        let explore = format!("explore = {{ path = \"{}\" }}", root.join("labs/explore").display());
        for line in [explore.as_str(), "loom = \"0.7\"", "shuttle = \"0.9\""] {
            assert!(workspace.lines().any(|said| said == line), "'{line}' is missing:\n{workspace}");
        }
        assert!(own("02-refcount/Cargo.toml").contains("model = [\"explore/model\"]"));
        let unload = own("03-unload/Cargo.toml");
        for line in [
            "model = [\"explore/model\", \"refcount/model\"]",
            "refcount = { path = \"../02-refcount\", default-features = false }",
            "explore.workspace = true",
        ] {
            assert!(unload.lines().any(|said| said == line), "'{line}' is missing:\n{unload}");
        }
    }

    #[test]
    fn what_does_not_parse_is_named_with_its_line() {
        let refusal =
            parse("[package]\nname = \n", Path::new("labs/01-elf/Cargo.toml")).unwrap_err().to_string();
        assert!(refusal.starts_with("labs/01-elf/Cargo.toml does not parse: line 2: "), "{refusal}");
    }
}
