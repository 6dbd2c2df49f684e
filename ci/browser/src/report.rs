//! What was seen, told to people and to programs.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use crate::theme::Theme;

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// The page's name
    pub page: String,
    /// What is wrong
    pub what: String,
    /// In which themes; none where they do not matter
    pub themes: Vec<Theme>,
    /// At which widths of the window, in CSS pixels; none where they do not matter
    pub widths: Vec<u32>,
}

impl Finding {
    /// One that was made once.
    pub fn new(page: &str, theme: Option<Theme>, width: Option<u32>, what: impl Into<String>) -> Finding {
        Finding {
            page: page.to_string(),
            what: what.into(),
            themes: theme.into_iter().collect(),
            widths: width.into_iter().collect(),
        }
    }

    /// The same things made out of `findings`, each once, in order.
    pub fn fold(mut findings: Vec<Finding>) -> Vec<Finding> {
        findings.sort();
        findings.dedup_by(|next, kept| {
            let is_same = (&next.page, &next.what) == (&kept.page, &kept.what);
            if is_same {
                kept.themes.append(&mut next.themes);
                kept.widths.append(&mut next.widths);
            }
            is_same
        });
        for Finding { themes, widths, .. } in &mut findings {
            themes.sort_unstable();
            themes.dedup();
            widths.sort_unstable();
            widths.dedup();
        }
        findings
    }
}

/// A page's figures.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Page {
    /// Bytes of all files that are read to show it for the first time
    pub bytes_first_loaded: u64,
    /// Diagrams
    pub diagrams: u64,
    /// Widgets that were tried
    pub widgets: Vec<&'static str>,
}

/// The whole book's.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// What is wrong; nothing, it is hoped
    pub findings: Vec<Finding>,
    /// Seconds that building the book took; nothing where it was built before
    pub seconds_to_build: Option<f64>,
    /// Seconds that looking at it took
    pub seconds: f64,
    /// Bytes of all its files
    pub bytes: u64,
    /// By the pages' names
    pub pages: BTreeMap<String, Page>,
    /// Rules of axe that are broken, with their impact and on how many pages
    pub axe: BTreeMap<String, usize>,
    /// Links that lead out of the book
    pub outside: Vec<String>,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.page)?;
        if !self.widths.is_empty() {
            write!(f, ", {} px", joined(&self.widths))?;
        }
        if !self.themes.is_empty() {
            write!(f, ", {}", joined(&self.themes))?;
        }
        write!(f, ": {}", self.what)
    }
}

/// `1 and 2`, `1, 2 and 3`.
fn joined<T: fmt::Display>(parts: &[T]) -> String {
    let parts: Vec<String> = parts.iter().map(T::to_string).collect();
    match parts.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => parts.concat(),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<28} {:>14} {:>9}  widgets", "page", "KB first read", "diagrams")?;
        for (name, page) in &self.pages {
            let kilobytes = page.bytes_first_loaded / 1000;
            writeln!(f, "{name:<28} {kilobytes:>14} {:>9}  {}", page.diagrams, page.widgets.join(", "))?;
        }
        writeln!(f, "\nLinks that lead out of the book: {}", self.outside.len())?;
        for link in &self.outside {
            writeln!(f, "  {link}")?;
        }
        for (rule, pages) in &self.axe {
            writeln!(f, "axe, on {pages} pages: {rule}")?;
        }
        if let Some(seconds) = self.seconds_to_build {
            writeln!(f, "The book was built in {seconds:.1} s.")?;
        }
        let megabytes = self.bytes as f64 / 1e6;
        writeln!(
            f,
            "The whole book has {megabytes:.1} MB; {} pages were looked at in {:.0} s.",
            self.pages.len(),
            self.seconds
        )?;
        for finding in &self.findings {
            writeln!(f, "{finding}")?;
        }
        match self.findings.len() {
            0 => write!(f, "Nothing to complain of."),
            1 => write!(f, "One complaint."),
            many => write!(f, "{many} complaints."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_in_several_themes_and_widths_is_told_once() {
        let found = [(Theme::Navy, 768), (Theme::Light, 390), (Theme::Navy, 390)]
            .map(|(theme, width)| Finding::new("a.html", Some(theme), Some(width), "it is 900 px wide"));
        let mut found = found.to_vec();
        found.push(Finding::new("a.html", None, None, "a link leads nowhere"));
        let told: Vec<String> = Finding::fold(found).iter().map(Finding::to_string).collect();
        assert_eq!(
            told,
            ["a.html: a link leads nowhere", "a.html, 390 and 768 px, light and navy: it is 900 px wide"]
        );
    }
}
