//! The main path through each widget, by keyboard.

mod race;
mod small;

use anyhow::Result;

use crate::tab::Tab;

/// A widget: its name, the selector of its elements, and the walk through the one that is named `which` (an expression).
struct Widget {
    name: &'static str,
    selector: &'static str,
    walk: fn(&Tab, &str) -> Result<()>,
}

const WIDGETS: [Widget; 6] = [
    Widget { name: "race explorer", selector: ".race-explorer[data-race]", walk: race::walk },
    Widget { name: "module inspector", selector: "[data-widget=inspector]", walk: small::inspector },
    Widget { name: "version of a symbol", selector: "[data-widget=version]", walk: small::version },
    Widget { name: "layout passes", selector: "[data-widget=layout]", walk: small::layout },
    Widget { name: "relocation calculator", selector: "[data-widget=relocation]", walk: small::relocation },
    Widget { name: "memory of a section", selector: "[data-widget=memory]", walk: small::memory },
];

/// Walks through every widget of the page that `tab` shows: their names, and what does not work.
///
/// # Errors
/// The browser is gone.
pub fn try_all(tab: &Tab) -> Result<(Vec<&'static str>, Vec<String>)> {
    let (mut tried, mut faults) = (Vec::new(), Vec::new());
    for Widget { name, selector, walk } in WIDGETS {
        let all = format!("document.querySelectorAll({selector:?})");
        let count = tab.evaluate(&format!("{all}.length"))?.as_u64().unwrap_or_default();
        for at in 0..count {
            tried.push(name);
            if let Err(error) = walk(tab, &format!("{all}[{at}]")) {
                faults.push(format!("{name} {}: {error:#}", at + 1));
            }
        }
    }
    let walked = WIDGETS.map(|widget| format!(":not({})", widget.selector)).concat();
    let others = format!("document.querySelectorAll({:?}).length", format!("[data-widget]{walked}"));
    if tab.evaluate(&others)? != 0 {
        faults.push("a widget of the page has no walk in ci/browser/src/widgets".to_string());
    }
    Ok((tried, faults))
}
