//! One page in one theme, looked at as a reader would.

use std::{collections::BTreeSet, fs, path::Path};

use anyhow::Result;
use serde::Deserialize;

use crate::{
    address,
    axe::{Axe, Violation},
    report::Finding,
    tab::{Noise, Tab},
    theme::Theme,
    widgets,
};

/// A telephone, a tablet, a desk; CSS pixels.
pub const WIDTHS: [u32; 3] = [390, 768, 1440];
/// All chapters on one page, to be printed. Each of them is seen in every width and theme on its own page.
pub const FOR_PRINTING: &str = "print.html";

/// What there was to see.
#[derive(Debug, Default)]
pub struct Seen {
    /// What is wrong
    pub findings: Vec<Finding>,
    /// The violations of accessibility, of every impact
    pub violations: Vec<Violation>,
    /// Links, and places to link to
    pub links: Links,
    /// Bytes of the files that were read to show it
    pub bytes: u64,
    /// How many diagrams it has
    pub diagrams: u64,
    /// The widgets whose main path was gone
    pub widgets: Vec<&'static str>,
}

/// The links of a page, and its places.
#[derive(Debug, Default, Deserialize)]
pub struct Links {
    /// Each link
    pub to: Vec<Link>,
    /// The names that links can end in
    pub places: BTreeSet<String>,
}

/// A link.
#[derive(Debug, Deserialize)]
pub struct Link {
    /// As it is written
    pub said: String,
    /// Where that leads; nothing where it is no address
    pub resolved: Option<String>,
}

/// Looks at the page called `name` of the book in `folder`, in `theme` and, for their widths, in its relatives.
///
/// # Errors
/// The page does not open.
pub fn look(
    tab: &mut Tab,
    folder: &Path,
    name: &str,
    theme: Theme,
    axe: &Axe,
    pictures: Option<&Path>,
) -> Result<Seen> {
    let mut seen = Seen::default();
    tab.choose(theme)?;
    tab.resize(WIDTHS[2])?;
    let noise = tab.go(&address::of(&folder.join(name)))?;
    for outside in noise.requests.iter().filter(|address| !address::is_within(address, folder)) {
        seen.find(name, theme, None, format!("it asks for {outside}"));
    }
    seen.bytes = noise.requests.iter().filter_map(|address| address::path(address)).map(size).sum();
    seen.diagrams = tab.evaluate("inPage.figures().diagrams")?.as_u64().unwrap_or_default();
    let faults: Vec<String> = serde_json::from_value(tab.evaluate("inPage.badDiagrams()")?)?;
    for fault in faults {
        seen.find(name, theme, None, fault);
    }
    seen.links = serde_json::from_value(tab.evaluate("inPage.links()")?)?;

    if name == FOR_PRINTING {
        seen.measure(tab, name, theme, WIDTHS[2])?;
        return Ok(seen.with_errors(tab, noise, name, theme));
    }
    for width in WIDTHS {
        tab.resize(width)?;
        seen.measure(tab, name, theme, width)?;
        if let Some(folder) = pictures {
            let page = name.trim_end_matches(".html");
            tab.picture(&folder.join(format!("{page}-{width}-{theme}.png")))?;
        }
    }
    for violation in axe.run(tab)? {
        seen.weigh(violation, name, theme, WIDTHS[2]);
    }
    // What is in reach on a telephone does not depend on colours, which take the longest.
    if theme == Theme::Light {
        tab.resize(WIDTHS[0])?;
        tab.evaluate("inPage.drawn()")?;
        for violation in axe.run_without_colours(tab)? {
            seen.weigh(violation, name, theme, WIDTHS[0]);
        }
    }
    for relative in relatives(theme) {
        tab.evaluate(&format!("document.getElementById('mdbook-theme-{relative}').click()"))?;
        for width in WIDTHS {
            tab.resize(width)?;
            seen.measure(tab, name, *relative, width)?;
        }
    }
    if theme == Theme::Light {
        let (widgets, faults) = widgets::try_all(tab)?;
        seen.widgets = widgets;
        for fault in faults {
            seen.find(name, theme, Some(WIDTHS[2]), fault);
        }
    }
    Ok(seen.with_errors(tab, noise, name, theme))
}

/// The themes that a page is switched to after `theme`: those that are as dark.
fn relatives(theme: Theme) -> &'static [Theme] {
    match theme {
        Theme::Light => &[Theme::Rust],
        Theme::Navy => &[Theme::Coal, Theme::Ayu],
        _ => &[],
    }
}

impl Seen {
    fn find(&mut self, page: &str, theme: Theme, width: Option<u32>, what: String) {
        self.findings.push(Finding::new(page, Some(theme), width, what));
    }

    /// This with what has been heard of the console, until now.
    fn with_errors(mut self, tab: &Tab, mut noise: Noise, page: &str, theme: Theme) -> Seen {
        tab.overhear(&mut noise);
        for error in noise.errors {
            self.find(page, theme, None, format!("the console has: {error}"));
        }
        self
    }

    fn weigh(&mut self, violation: Violation, page: &str, theme: Theme, width: u32) {
        if violation.is_grave() {
            self.find(page, theme, Some(width), violation.to_string());
        }
        self.violations.push(violation);
    }

    fn measure(&mut self, tab: &Tab, page: &str, theme: Theme, width: u32) -> Result<()> {
        if let Some(what) = tab.evaluate("inPage.overflow()")?.as_str() {
            self.find(page, theme, Some(width), what.to_string());
        }
        Ok(())
    }
}

/// Bytes of a file; none where there is none.
fn size(path: std::path::PathBuf) -> u64 {
    fs::metadata(path).map_or(0, |metadata| metadata.len())
}
