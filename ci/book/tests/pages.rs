//! The built book as a reader meets it: every link leads somewhere, and nothing comes from the network.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

/// Folder and pages (name and HTML) of the book, built once.
fn book() -> &'static (tempfile::TempDir, HashMap<String, String>) {
    static BOOK: OnceLock<(tempfile::TempDir, HashMap<String, String>)> = OnceLock::new();
    BOOK.get_or_init(|| {
        let out = tempfile::tempdir().unwrap();
        book_builder::assemble::build(&root(), &root(), out.path()).unwrap();
        let names = fs::read_dir(out.path()).unwrap().map(|entry| entry.unwrap().file_name());
        let names = names.map(|name| name.into_string().unwrap()).filter(|name| name.ends_with(".html"));
        let pages =
            names.map(|name| (name.clone(), fs::read_to_string(out.path().join(name)).unwrap())).collect();
        (out, pages)
    })
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// The values of `attribute` in `html`.
fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    let opening = format!(" {attribute}=\"");
    html.split(opening.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

fn is_outside(link: &str) -> bool {
    ["http://", "https://", "mailto:", "data:"].iter().any(|scheme| link.starts_with(scheme))
}

#[test]
fn every_link_inside_the_book_leads_to_a_page_and_a_place_on_it() {
    let (out, pages) = book();
    for (name, html) in pages.iter().filter(|(name, _)| *name != "404.html") {
        for link in
            values(html, "href").into_iter().chain(values(html, "src")).filter(|link| !is_outside(link))
        {
            let (file, place) = link.split_once('#').unwrap_or((link, ""));
            let file = if file.is_empty() { name } else { file };
            assert!(out.path().join(file).exists(), "{name} links to {link}, and there is no such file");
            let there =
                pages.get(file).is_none_or(|page| place.is_empty() || values(page, "id").contains(&place));
            assert!(there, "{name} links to {link}, and there is no such place on that page");
        }
    }
}

#[test]
fn no_page_needs_the_network() {
    for (name, html) in &book().1 {
        for source in values(html, "src") {
            assert!(!is_outside(source), "{name} loads {source}");
        }
        for tag in html.split("<link ").skip(1).filter_map(|rest| rest.split('>').next()) {
            assert!(!tag.contains("http"), "{name} loads <link {tag}>");
        }
    }
    assert!(book().0.path().join("mermaid.min.js").is_file(), "the diagrams' library is not in the book");
}

#[test]
fn every_diagram_is_marked_as_one() {
    let (_, pages) = book();
    let diagrams = pages["insmod-in-twenty-lines.html"].matches("<pre class=\"mermaid\">").count();
    assert_eq!(diagrams, 2);
}

#[test]
fn an_include_that_leads_nowhere_fails_the_build() {
    for include in ["{{#include gone.txt}}", "```rust,ignore\n{{#include b.txt:gone}}\n```"] {
        let course = tempfile::tempdir().unwrap();
        fs::create_dir_all(course.path().join("book")).unwrap();
        fs::write(course.path().join("book.toml"), "[book]\nsrc = \"book\"\n").unwrap();
        fs::write(course.path().join("book/SUMMARY.md"), "[A](a.md)\n").unwrap();
        fs::write(course.path().join("book/a.md"), format!("{include}\n")).unwrap();
        fs::write(course.path().join("book/b.txt"), "// ANCHOR: there\nlet x;\n// ANCHOR_END: there\n")
            .unwrap();
        let out = tempfile::tempdir().unwrap();
        let message = format!(
            "{:#}",
            book_builder::assemble::build(course.path(), course.path(), out.path()).unwrap_err()
        );
        assert!(
            message.contains("book/a.md: something that it includes is not there"),
            "{include}: {message}"
        );
    }
}
