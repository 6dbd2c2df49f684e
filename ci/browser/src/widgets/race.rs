//! The race explorer: to the crash and back.

use anyhow::{Context, Result, ensure};

use crate::tab::Tab;

/// Steps and goes back; takes the shortest way to the crash, where there is one, else a random one to an end; goes back
/// from there, and begins again.
pub fn walk(tab: &Tab, explorer: &str) -> Result<()> {
    let find = |selector: &str| format!("{explorer}.querySelector('{selector}') !== null");
    let steps = |tab: &Tab| -> Result<u64> {
        let taken = ".race-lanes tbody tr:not(.is-undone)";
        let count = tab.evaluate(&format!("{explorer}.querySelectorAll('{taken}').length"))?;
        count.as_u64().context("it has no lanes")
    };
    tab.wait_for(&format!("{explorer}.dataset.ready !== undefined")).context("it does not begin")?;
    tab.evaluate(&format!("({explorer}).focus()"))?;
    tab.wait_for(&format!("{explorer}.contains(document.activeElement)")).context("it takes no focus")?;
    tab.press("r")?;
    ensure!(steps(tab)? == 0, "at the beginning there are steps");
    for cpu in ["0", "1", "0"] {
        tab.press(cpu)?;
    }
    let taken = steps(tab)?;
    ensure!(taken > 0, "the keys 0 and 1 take no step");
    tab.press("b")?;
    ensure!(steps(tab)? == taken - 1, "the key b does not go back");
    let can_crash = tab.evaluate(&find("[data-action=\"shortest\"]"))? == true;
    let (key, outcome) = if can_crash { ("s", "bad") } else { ("p", "good") };
    let end = find(&format!(".race-end[data-outcome=\"{outcome}\"]"));
    tab.press(key)?;
    tab.wait_for(&end).with_context(|| format!("the key {key} does not lead to a {outcome} end"))?;
    tab.press("b")?;
    tab.wait_for(&format!("!({end})")).context("the key b does not lead back from the end")?;
    tab.press("r")?;
    ensure!(steps(tab)? == 0, "the key r does not begin again");
    Ok(())
}
