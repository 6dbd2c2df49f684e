//! The index of the kernel's functions that the book names: `book/kernel-functions.toml` says in which file of Linux 6.1 each
//! is defined, and a page of the book says where it is named.

use std::{collections::BTreeMap, fmt::Write, path::PathBuf};

use anyhow::{Context, Result, ensure};
use serde::Deserialize;

use crate::{files::read, root::Root};

/// The list.
const LIST: &str = "book/kernel-functions.toml";
/// The page of the book.
pub const PAGE: &str = "book/kernel-functions.md";

/// The functions and macros, by the file of Linux 6.1 that defines them.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub struct Functions(pub BTreeMap<String, Vec<String>>);

/// A place of the book that names a function.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Mention {
    /// `09-lifecycle.md`.
    page: String,
    /// The page's title.
    title: String,
    /// The section's identifier in the page, where it has one above the mention.
    section: Option<String>,
}

impl Functions {
    /// The list of this course.
    ///
    /// # Errors
    /// It is not there or is no such list.
    pub fn read(root: &Root) -> Result<Functions> {
        toml::from_str(&read(&root.join(LIST))?).with_context(|| LIST.to_string())
    }
}

/// The page.
///
/// # Errors
/// The list or a page cannot be read, or a function of the list is named nowhere.
pub fn page(root: &Root) -> Result<String> {
    let mentions = mentions(root)?;
    let mut files_of: BTreeMap<&str, &str> = BTreeMap::new();
    let functions = Functions::read(root)?;
    for (file, names) in &functions.0 {
        files_of.extend(names.iter().map(|name| (name.as_str(), file.as_str())));
    }
    let mut page = String::from(
        "# The kernel's functions\n\n\
         Every function and macro of the kernel that this book names, with the file of Linux 6.1 that defines it. Read it with\n\
         the kernel's sources beside you; on Debian they are the package `linux-source-6.1`.\n\n\
         | function | in Linux 6.1 | named in |\n|---|---|---|\n",
    );
    for (name, file) in files_of {
        let places = mentions.get(name).with_context(|| format!("{LIST}: no page names `{name}`"))?;
        let links: Vec<String> = places.iter().map(Mention::link).collect();
        let _ = writeln!(page, "| `{name}` | `{file}` | {} |", links.join(", "));
    }
    Ok(page)
}

/// What the book names in code's letters, and where first on each page.
fn mentions(root: &Root) -> Result<BTreeMap<String, Vec<Mention>>> {
    let mut found: BTreeMap<String, Vec<Mention>> = BTreeMap::new();
    for path in pages(root)? {
        let page = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = read(&path)?;
        let title = text.lines().find_map(|line| line.strip_prefix("# ")).unwrap_or(&page).to_string();
        for (name, section) in names(&text) {
            let places = found.entry(name).or_default();
            if places.iter().all(|place| place.page != page) {
                places.push(Mention { page: page.clone(), title: title.clone(), section });
            }
        }
    }
    Ok(found)
}

/// Everything that the book names in code's letters and that could be a function.
///
/// # Errors
/// A page cannot be read.
pub fn named(root: &Root) -> Result<Vec<String>> {
    Ok(mentions(root)?.into_keys().collect())
}

/// The pages in the order of the summary.
fn pages(root: &Root) -> Result<Vec<PathBuf>> {
    let summary = read(&root.join("book/SUMMARY.md"))?;
    let linked = summary.lines().filter_map(|line| line.rsplit_once("](")?.1.strip_suffix(')'));
    let pages = linked.map(|page| root.join("book").join(page)).filter(|page| *page != root.join(PAGE));
    let pages: Vec<PathBuf> = pages.collect();
    ensure!(!pages.is_empty(), "book/SUMMARY.md lists no pages");
    Ok(pages)
}

/// The names in `` `code` `` of a page, outside its listings, each with the section that it stands in.
fn names(text: &str) -> Vec<(String, Option<String>)> {
    let (mut names, mut section, mut listing) = (Vec::new(), None, false);
    for line in text.lines() {
        if line.starts_with("```") {
            listing = !listing;
        } else if let Some(heading) =
            line.trim_start_matches('#').strip_prefix(' ').filter(|_| line.starts_with("##"))
            && !listing
        {
            section = Some(identifier(heading));
        }
        if listing {
            continue;
        }
        // Every second piece stands between backticks.
        let code = line.split('`').skip(1).step_by(2);
        let code = code.map(|code| code.strip_suffix("()").unwrap_or(code)).filter(|code| is_name(code));
        names.extend(code.map(|code| (code.to_string(), section.clone())));
    }
    names
}

fn is_name(code: &str) -> bool {
    code.len() > 2 && code.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// How mdBook calls a section in the page: by the identifier that the heading gives, or else by its words.
fn identifier(heading: &str) -> String {
    if let Some((_, given)) = heading.split_once("{#") {
        return given.trim_end_matches('}').to_string();
    }
    let words = heading.to_lowercase();
    let kept = words.chars().filter_map(|c| match c {
        c if c.is_alphanumeric() || c == '_' || c == '-' => Some(c),
        c if c.is_whitespace() => Some('-'),
        _ => None,
    });
    kept.collect()
}

impl Mention {
    fn link(&self) -> String {
        let section = self.section.as_ref().map_or(String::new(), |section| format!("#{section}"));
        // mdBook calls that page so when it is built, and leaves links to it as they are.
        let page = if self.page == "README.md" { "index.html" } else { &self.page };
        format!("[{}]({page}{section})", self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_in_the_text_with_its_section_and_not_in_a_listing() {
        let text = "# Coming\n`add_disk()` reads\n\n## In `today's` kernel: now\nsee `load_module` and `a.c`\n\
                    ```c\n## no heading `kfree`\n```\n### Task 1 · May I {#try_get}\n`try_module_get`\n";
        let section = |name: &str| Some(name.to_string());
        assert_eq!(
            names(text),
            [
                ("add_disk".to_string(), None),
                ("load_module".to_string(), section("in-todays-kernel-now")),
                ("try_module_get".to_string(), section("try_get")),
            ]
        );
    }
}
