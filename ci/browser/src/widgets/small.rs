//! The small widgets: each asked for one thing, by keyboard, and heard whether it answers.

use anyhow::{Context, Result, ensure};

use crate::tab::Tab;

/// Waits for the widget to stand there.
fn begin(tab: &Tab, widget: &str) -> Result<()> {
    tab.wait_for(&format!("{widget}.querySelector('.widget-live button, .widget-live select') !== null"))
        .context("it does not begin")
}

/// Gives the focus to what `find` finds in the widget, a selector or an expression behind it, and presses the blank.
fn press(tab: &Tab, widget: &str, find: &str) -> Result<()> {
    tab.evaluate(&format!("{widget}.{find}.focus()")).with_context(|| format!("{find} takes no focus"))?;
    tab.press(" ")
}

/// Types `text` into a field, in place of what is in it.
fn fill(tab: &Tab, widget: &str, field: &str, text: &str) -> Result<()> {
    tab.evaluate(&format!("{widget}.querySelector({field:?}).select()"))?;
    tab.type_text(text)
}

/// The button of the widget that begins with `text`, as an expression behind it.
fn button(text: &str) -> String {
    format!("querySelectorAll('button').values().find((button) => button.textContent.startsWith({text:?}))")
}

/// Fails where the widget does not say `text`.
fn says(tab: &Tab, widget: &str, text: &str) -> Result<()> {
    let said = tab.evaluate(&format!("{widget}.innerText"))?;
    ensure!(said.as_str().is_some_and(|said| said.contains(text)), "it does not say {text:?}");
    Ok(())
}

/// How many bytes of the widget are marked as the chosen ones.
fn chosen(tab: &Tab, widget: &str) -> Result<u64> {
    let count = tab.evaluate(&format!("{widget}.querySelectorAll('.is-chosen').length"))?;
    count.as_u64().context("no count")
}

/// A relocation that fits, the same that does not, and a number that is none.
pub fn relocation(tab: &Tab, widget: &str) -> Result<()> {
    begin(tab, widget)?;
    says(tab, widget, "0xffffffffc10fbff2")?;
    fill(tab, widget, "input[name=S]", "0xffffffff81100004")?;
    says(tab, widget, "0xffffffffc10fbff6")?;
    let select = format!("{widget}.querySelector('select')");
    tab.evaluate(&format!("{select}.value = 7, {select}.dispatchEvent(new Event('change'))"))?;
    says(tab, widget, "overflow in relocation type 11 val 80001024")?;
    fill(tab, widget, "input[name=A]", "x")?;
    let marked = tab.evaluate(&format!("{widget}.querySelector('input[name=A]').ariaInvalid"))?;
    ensure!(marked == "true", "a number that is none is not marked");
    Ok(())
}

/// Another place, whose four bytes are marked then.
pub fn memory(tab: &Tab, widget: &str) -> Result<()> {
    begin(tab, widget)?;
    press(tab, widget, &button("0x3b "))?;
    says(tab, widget, "0xffffffff81100000, _printk")?;
    ensure!(chosen(tab, widget)? == 4, "not four bytes are marked");
    Ok(())
}

/// The chapter's own change: a longer member. And the arrow keys walk along the tokens, and turn no page.
pub fn version(tab: &Tab, widget: &str) -> Result<()> {
    begin(tab, widget)?;
    let page = tab.evaluate("location.href")?;
    press(tab, widget, "querySelectorAll('.version-tokens button')[9]")?;
    fill(tab, widget, ".version-change input", "long")?;
    says(tab, widget, "0xf76e2cb6")?;
    says(tab, widget, "disagrees about version of symbol read")?;
    press(tab, widget, "querySelectorAll('.version-tokens button')[0]")?;
    tab.press("ArrowRight")?;
    says(tab, widget, "step 2 of 19")?;
    ensure!(tab.evaluate("location.href")? == page, "an arrow key turns the page");
    Ok(())
}

/// Three steps, and then all of them.
pub fn layout(tab: &Tab, widget: &str) -> Result<()> {
    begin(tab, widget)?;
    for step in ["step 1 of", "step 2 of", "step 3 of"] {
        press(tab, widget, &button("Forward"))?;
        says(tab, widget, step)?;
    }
    press(tab, widget, &button("Back"))?;
    says(tab, widget, "step 2 of")?;
    press(tab, widget, &button("End"))?;
    says(tab, widget, "core part: 0x5000 bytes")
}

/// One field, whose bytes are marked then.
pub fn inspector(tab: &Tab, widget: &str) -> Result<()> {
    begin(tab, widget)?;
    press(tab, widget, &button("e_machine"))?;
    says(tab, widget, "0x3e, 62")?;
    ensure!(chosen(tab, widget)? == 2, "not two bytes are marked");
    Ok(())
}
