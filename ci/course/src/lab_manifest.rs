//! The Cargo.toml of a lab: a starter's, derived from its solution's, and one that has its sources elsewhere.

use std::path::Path;

use anyhow::{Context, Result};
use toml_edit::{ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, value};

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

/// The starter's Cargo.toml: the solution's under its plain name, that depends on the learner's other crates.
///
/// # Errors
/// The solution's cannot be read.
pub fn starter(root: &Root, manifest: &Manifest, lab: &Lab) -> Result<String> {
    let path = root.join(lab.solution()).join("Cargo.toml");
    let mut document = parse(&read(&path)?, &path)?;
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
            if dependencies.contains_key(&other.library) {
                let mut at = InlineTable::new();
                at.insert("path", format!("../{}", other.folder()).into());
                dependencies.insert(&other.library, Item::Value(at.into()));
            }
        }
    }
    if let Some(dependencies) = document.get_mut("dev-dependencies").and_then(Item::as_table_like_mut) {
        let names: Vec<String> = dependencies.iter().map(|(name, _)| name.to_string()).collect();
        for name in names.iter().filter(|name| !used.contains(&name.replace('-', "_"))) {
            dependencies.remove(name);
        }
    }
    for unwanted in ["lints", "test", "bench", "bin"] {
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

/// Where an assembled crate has its parts.
pub struct Parts<'a> {
    /// Its package; the library keeps its own name.
    pub package: &'a str,
    /// The folder of its sources.
    pub src: &'a Path,
    /// The root file of its tests.
    pub tests: &'a Path,
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
        Item::ArrayOfTables(ArrayOfTables::from_iter([target]))
    };
    document.insert("test", target("lab", parts.tests));
    document.remove("bin");
    let main = parts.src.join("main.rs");
    if parts.with_program && main.is_file() {
        document.insert("bin", target(&lab.library, &main));
    }
    Ok(document.to_string())
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

    #[test]
    fn what_does_not_parse_is_named_with_its_line() {
        let refusal =
            parse("[package]\nname = \n", Path::new("labs/01-elf/Cargo.toml")).unwrap_err().to_string();
        assert!(refusal.starts_with("labs/01-elf/Cargo.toml does not parse: line 2: "), "{refusal}");
    }
}
