//! The module inspector: a whole module, and the fields of its ELF header.

use anyhow::{Context, Result, anyhow};
use elf::Module;
use serde_json::{Value, json};

use crate::{
    Files,
    html::{code, escape, figure, table},
    modules::{Modules, hex, spaced},
};

/// The fields of the ELF header that matter to a loader: name, place and size in bytes, what it says.
const FIELDS: [(&str, usize, usize, &str); 7] = [
    ("e_ident", 0, 16, "an ELF file, of 64 bits, little-endian"),
    ("e_type", 16, 2, "relocatable"),
    ("e_machine", 18, 2, "x86-64"),
    ("e_shoff", 40, 8, "where the section headers begin"),
    ("e_shentsize", 58, 2, "the size of one of them"),
    ("e_shnum", 60, 2, "how many there are"),
    ("e_shstrndx", 62, 2, "the number of the section with their names"),
];

/// The sections and strings that the reference finds in a file; for the widget's tests.
pub fn read(file: &[u8]) -> Option<Value> {
    let module = Module::parse(file).ok()?;
    let sections: Vec<Value> = module
        .sections
        .iter()
        .map(|section| {
            json!([
                section.name.to_string(),
                section.kind,
                format!("{:#x}", section.flags),
                format!("{:#x}", section.offset),
                format!("{:#x}", section.size),
                section.link,
                section.info,
                section.data.len(),
            ])
        })
        .collect();
    let strings: Vec<String> = module.modinfo.strings().map(|string| string.to_string()).collect();
    Some(
        json!({ "file": hex(file), "sections": sections, "modinfo": strings, "signature": file.len() - module.bytes.len() }),
    )
}

/// The data, and what stands in the page without JavaScript.
pub fn files(modules: &Modules, files: &mut Files) -> Result<()> {
    let file = modules.file("hello")?;
    files.insert(
        "book/widgets/data/inspector.js".into(),
        format!("const inspectedModule =\n    \"{}\";\n", hex(file)),
    );

    let module = Module::parse(file).map_err(|refusal| anyhow!("hello: {refusal}"))?;
    let mut rows = Vec::new();
    for (name, start, size, says) in FIELDS {
        let bytes = file.get(start..start + size).context("hello.ko is too short")?;
        let number = bytes.iter().rev().fold(0u64, |number, byte| number << 8 | u64::from(*byte));
        let value = if size > 8 { String::new() } else { code(format!("{number:#x}")) };
        rows.push(vec![code(name), start.to_string(), code(spaced(bytes)), value, says.into()]);
    }
    let strings: String =
        module.modinfo.strings().map(|string| format!("{}\n", escape(&string.to_string()))).collect();
    let still = format!(
        "<p>The beginning of hello.ko. The section headers begin at e_shoff, and each has 64 bytes: that of section 3 is at \
         e_shoff + 3 × 64.</p>\n{}<p>And the strings of its <code>.modinfo</code>:</p>\n<pre>{strings}</pre>\n",
        table(&["field", "at byte", "bytes", "number", "what it says"], &rows)
    );
    let caption = "What stands where in a module file.";
    files.insert(
        "book/widgets/data/inspector.html".into(),
        figure("inspector", caption, &still, &["data/inspector.js"]),
    );
    Ok(())
}
