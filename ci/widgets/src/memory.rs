//! The memory of a relocated section: its bytes before and after, and each place that was patched.

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::{
    Files,
    html::{code, escape, figure, table},
    modules::{HELLO, MERCHANT, Modules, Placed, PlacedSection, TALLY, hex, kind, spaced},
};

/// The sections that are shown; the first stands in the page without JavaScript.
const SHOWN: [(&str, u64, &str); 4] = [
    ("merchant", MERCHANT, ".init.text"),
    ("merchant", MERCHANT, "__param"),
    ("hello", HELLO, ".init.text"),
    ("tally", TALLY, ".text"),
];

/// The data, and what stands in the page without JavaScript.
pub fn files(modules: &Modules, files: &mut Files) -> Result<()> {
    let mut sections = Vec::new();
    let mut still = String::new();
    for (module, base, name) in SHOWN {
        let placed = Placed::at(modules, module, base)?;
        let section = placed.section(name)?;
        if still.is_empty() {
            still = picture(module, section)?;
        }
        sections.push(data(module, section).to_string());
    }
    let text = format!(
        "/** @type {{MemorySection[]}} */\nconst memorySections = [\n{},\n];\n",
        sections.join(",\n")
    );
    files.insert("book/widgets/data/memory.js".into(), text);
    let caption = "The memory of one section, before and after relocation.";
    files.insert(
        "book/widgets/data/memory.html".into(),
        figure("memory", caption, &still, &["data/memory.js", "relocation-model.js"]),
    );
    Ok(())
}

fn data(module: &str, section: &PlacedSection) -> Value {
    let places: Vec<Value> = section
        .places
        .iter()
        .map(|place| {
            json!([
                place.rela.offset,
                place.rela.kind,
                place.symbol,
                format!("{:#x}", place.value),
                place.rela.addend
            ])
        })
        .collect();
    json!({
        "module": module, "name": section.name, "address": format!("{:#x}", section.address),
        "before": hex(&section.before), "after": hex(&section.after), "places": places,
    })
}

/// The section as a dump in which each patched place is marked, and the list of places.
fn picture(module: &str, section: &PlacedSection) -> Result<String> {
    let mut patched = vec![false; section.after.len()];
    let mut rows = Vec::new();
    for place in &section.places {
        let (name, size) = kind(place.rela.kind)?;
        let start = place.rela.offset as usize;
        let range = start..start + size;
        patched.get_mut(range.clone()).context("a place outside its section")?.fill(true);
        let bytes = section.after.get(range).unwrap_or_default();
        let what = match place.rela.addend {
            0 => place.symbol.clone(),
            addend => format!(
                "{} {} {:#x}",
                place.symbol,
                if addend < 0 { '-' } else { '+' },
                addend.unsigned_abs()
            ),
        };
        rows.push(vec![
            code(format!("{start:#x}")),
            code(name),
            code(what),
            code(format!("{:#x}", place.value)),
            code(spaced(bytes)),
        ]);
    }
    let byte = |at: usize| {
        let text = format!("{:02x}", section.after[at]);
        if patched[at] { format!("<mark>{text}</mark>") } else { text }
    };
    let mut dump = String::new();
    for start in (0..section.after.len()).step_by(16) {
        let bytes: Vec<String> = (start..section.after.len().min(start + 16)).map(byte).collect();
        dump += &format!("{start:02x}  {}\n", bytes.join(" "));
    }
    Ok(format!(
        "<p>{} of {module} at {:#x}; the marked bytes were zero in the file.</p>\n<pre class=\"widget-dump\">{dump}</pre>\n{}",
        code(escape(&section.name)),
        section.address,
        table(&["place", "type", "symbol", "S", "bytes"], &rows)
    ))
}
