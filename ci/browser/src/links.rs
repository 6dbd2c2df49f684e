//! Where the links of all pages lead.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::{address, look::Links, report::Finding};

/// Names of the pages and their links: what is wrong with them, and which lead out of the book.
pub fn check(folder: &Path, pages: &BTreeMap<String, Links>) -> (Vec<Finding>, BTreeSet<String>) {
    let (mut findings, mut outside) = (Vec::new(), BTreeSet::new());
    for (name, links) in pages {
        let mut faults = BTreeSet::new();
        for link in &links.to {
            let Some(resolved) = &link.resolved else {
                faults.insert(format!("a link is no address: {}", link.said));
                continue;
            };
            if !resolved.starts_with("file://") {
                faults.extend(wrong_outside(resolved).map(|what| format!("a link {what}: {resolved}")));
                outside.insert(resolved.clone());
            } else if let Some(what) = wrong_inside(folder, pages, resolved) {
                faults.insert(format!("a link to {} leads nowhere: {what}", link.said));
            }
        }
        findings.extend(faults.into_iter().map(|what| Finding::new(name, None, None, what)));
    }
    (findings, outside)
}

/// What is wrong with a link to a file.
fn wrong_inside(folder: &Path, pages: &BTreeMap<String, Links>, link: &str) -> Option<&'static str> {
    let path = address::path(link)?;
    if !path.starts_with(folder) {
        return Some("outside the book's folder");
    }
    if !path.is_file() {
        return Some("there is no such file");
    }
    let (_, place) = link.split_once('#')?;
    let place = address::path(&format!("file://{place}"))?;
    let page = pages.get(path.file_name()?.to_str()?)?;
    let there = place.as_os_str().is_empty() || page.places.contains(place.to_str()?);
    (!there).then_some("there is no such place on that page")
}

/// What is wrong with the form of a link that leads out of the book; nobody goes there.
fn wrong_outside(link: &str) -> Option<&'static str> {
    let Some(rest) = link.strip_prefix("https://") else {
        return Some("is neither of the book nor https");
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let has_labels = host.contains('.') && host.split('.').all(|label| !label.is_empty());
    (!has_labels || host.contains('@')).then_some("names no host")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::look::Link;

    #[test]
    fn each_kind_of_wrong_link_is_told() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.html", "b.html", "c.png"] {
            std::fs::write(folder.path().join(name), "").unwrap();
        }
        let here = address::of(folder.path());
        let link = |to: &str| Link { said: to.to_string(), resolved: Some(to.replace("HERE", &here)) };
        let to = [
            "HERE/b.html#there",
            "HERE/b.html#",
            "HERE/c.png",
            "https://lwn.net/Articles/1/",
            "HERE/b.html#gone",
            "HERE/gone.html",
            "file:///etc/passwd",
            "http://lwn.net/",
            "https://lwn/",
        ];
        let mut links = Links { to: to.map(link).into(), places: BTreeSet::new() };
        links.to.push(Link { said: "http://[".into(), resolved: None });
        let there = Links { to: Vec::new(), places: BTreeSet::from(["there".to_string()]) };
        let (findings, outside) = check(
            folder.path(),
            &BTreeMap::from([("a.html".to_string(), links), ("b.html".to_string(), there)]),
        );
        let told: Vec<String> = findings.iter().map(|finding| finding.what.replace(&here, "HERE")).collect();
        assert_eq!(
            told,
            [
                "a link is neither of the book nor https: http://lwn.net/",
                "a link is no address: http://[",
                "a link names no host: https://lwn/",
                "a link to HERE/b.html#gone leads nowhere: there is no such place on that page",
                "a link to HERE/gone.html leads nowhere: there is no such file",
                "a link to file:///etc/passwd leads nowhere: outside the book's folder",
            ]
        );
        assert_eq!(outside.len(), 3);
    }
}
