//! The relocation calculator: real relocations of the course's modules, with what the reference makes of each.

use anyhow::Result;
use serde_json::{Value, json};

use crate::{
    Files,
    html::{code, escape, figure, table},
    modules::{ABACUS, HELLO, MERCHANT, Modules, Place, Placed, PlacedSection, kind, spaced},
};

/// A relocation to begin with.
struct Preset {
    title: String,
    module: &'static str,
    symbol: String,
    number: u32,
    value: u64,
    addend: i64,
    place: u64,
    before: Vec<u8>,
    after: Vec<u8>,
    said: String,
}

impl Preset {
    fn new(
        module: &'static str,
        note: &str,
        section: &PlacedSection,
        place: &Place,
        before: &[u8],
        said: &str,
    ) -> Result<Preset> {
        let (name, size) = kind(place.rela.kind)?;
        let start = place.rela.offset as usize;
        let bytes = |from: &[u8]| from.get(start..start + size).map(<[u8]>::to_vec).unwrap_or_default();
        Ok(Preset {
            title: format!("{module}, {} at {start:#x}: {name} {}{note}", section.name, place.symbol),
            module,
            symbol: place.symbol.clone(),
            number: place.rela.kind,
            value: place.value,
            addend: place.rela.addend,
            place: section.address.wrapping_add(place.rela.offset),
            before: bytes(before),
            after: bytes(&section.after),
            said: said.into(),
        })
    }

    fn json(&self) -> Value {
        json!({
            "title": self.title, "module": self.module, "symbol": self.symbol, "kind": self.number,
            "S": format!("{:#x}", self.value), "A": self.addend, "P": format!("{:#x}", self.place),
            "before": spaced(&self.before), "after": spaced(&self.after), "said": self.said,
        })
    }

    fn row(&self) -> Vec<String> {
        let written = match self.said.is_empty() {
            true => code(spaced(&self.after)),
            false => escape(&self.said).replace('\n', "<br>"),
        };
        let operands = format!("S {:#x}\nA {}\nP {:#x}", self.value, self.addend, self.place);
        vec![escape(&self.title), code(operands).replace('\n', "<br>"), code(spaced(&self.before)), written]
    }
}

/// The relocations that are offered.
fn presets(modules: &Modules) -> Result<Vec<Preset>> {
    let mut presets = Vec::new();
    let shown: [(&'static str, u64, &str, u64, &str); 8] = [
        ("hello", HELLO, ".init.text", 0xa, ""),
        ("hello", HELLO, ".init.text", 0x3, ""),
        ("hello", HELLO, ".gnu.linkonce.this_module", 0x138, " (the pointer to init)"),
        ("merchant", MERCHANT, ".init.text", 0x2, ""),
        ("merchant", MERCHANT, ".init.text", 0xe, ""),
        ("merchant", MERCHANT, "__param", 0x10, ""),
        ("abacus", ABACUS, "__ksymtab", 0x0, ""),
        ("hello", 0x8000_0000, ".init.text", 0x3, ", the module at 0x80000000"),
    ];
    for (module, base, section, offset, note) in shown {
        let placed = Placed::at(modules, module, base)?;
        let section = placed.section(section)?;
        let place = section.place(offset)?;
        let said = place.refused.as_deref().unwrap_or_default();
        presets.push(Preset::new(module, note, section, place, &section.before, said)?);
    }
    presets.push(again(modules)?);
    Ok(presets)
}

/// A place that is patched a second time.
fn again(modules: &Modules) -> Result<Preset> {
    let placed = Placed::at(modules, "hello", HELLO)?;
    let section = placed.section(".init.text")?;
    let place = section.place(0xa)?;
    let mut bytes = section.after.clone();
    let symbols: Vec<u64> = placed.symbols.iter().map(|symbol| symbol.value).collect();
    let entry = std::iter::once(place.rela);
    let said =
        relocate::x86_64::apply_relocate_add(&mut bytes, section.address, entry, &symbols, "hello".into());
    let said = said.err().map(|refusal| refusal.message).unwrap_or_default();
    Preset::new("hello", ", a second time", section, place, &section.after, &said)
}

/// The data, and what stands in the page without JavaScript.
pub fn files(modules: &Modules, files: &mut Files) -> Result<()> {
    let presets = presets(modules)?;
    let lines: Vec<String> = presets.iter().map(|preset| preset.json().to_string()).collect();
    let data = format!(
        "/** @type {{RelocationPreset[]}} */\nconst relocationPresets = [\n{},\n];\n",
        lines.join(",\n")
    );
    files.insert("book/widgets/data/relocation.js".into(), data);

    let rows: Vec<_> = presets.iter().map(Preset::row).collect();
    let header = ["relocation", "S, A and P", "bytes before", "bytes after, or the kernel's words"];
    let still = format!(
        "<p>Take the first row. S + A - P is 0xffffffff81100000 - 4 - 0xffffffffc000400a = 0xffffffffc10fbff2; a PLT32 \
         writes its low four bytes, the lowest first.</p>\n{}",
        table(&header, &rows)
    );
    let caption = "Relocation calculator: S, A and P of real relocations, and the bytes that they make.";
    files.insert(
        "book/widgets/data/relocation.html".into(),
        figure("relocation", caption, &still, &["data/relocation.js"]),
    );
    Ok(())
}
