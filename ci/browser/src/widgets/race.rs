//! The race explorer: to the crash and back.

use anyhow::{Context, Result};

use crate::tab::Tab;

/// Steps, goes back, takes the shortest way to the crash, and begins again.
pub fn walk(tab: &Tab, explorer: &str) -> Result<()> {
    let crash = format!("{explorer}.querySelector('.race-end[data-outcome=\"bad\"]') !== null");
    let text = |tab: &Tab| tab.evaluate(&format!("{explorer}.innerText"));
    tab.wait_for(&format!("{explorer}.querySelector('button') !== null")).context("it does not begin")?;
    tab.evaluate(&format!("({explorer}).focus()"))?;
    tab.wait_for(&format!("{explorer}.contains(document.activeElement)")).context("it takes no focus")?;
    tab.press("r")?;
    let beginning = text(tab)?;
    for cpu in ["0", "1", "0"] {
        tab.press(cpu)?;
    }
    let after = text(tab)?;
    anyhow::ensure!(after != beginning, "the keys 0 and 1 change nothing");
    tab.press("b")?;
    anyhow::ensure!(text(tab)? != after, "the key b does not go back");
    tab.press("s")?;
    tab.wait_for(&crash).context("the key s does not lead to the crash")?;
    tab.press("r")?;
    tab.wait_for(&format!("!({crash})")).context("the key r does not begin again")?;
    anyhow::ensure!(text(tab)? == beginning, "the beginning is not as it was");
    Ok(())
}
