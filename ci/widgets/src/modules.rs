//! The course's own modules at the addresses that the book gives them.

use std::{fs, path::Path};

use anyhow::{Context, Result, anyhow};
use elf::{Module, Rela};
use goblin::elf::section_header::{SHN_ABS, SHN_UNDEF};
use layout::{Bases, Layout, PAGE_SIZE};
use relocate::x86_64::apply_relocate_add;

/// Where chapter 6 puts `_printk`.
pub const PRINTK: u64 = 0xffff_ffff_8110_0000;

/// How far apart the book puts what else the kernel exports, behind `_printk`; bytes.
const APART: u64 = 0x1000;

/// What the kernel exports to these modules, in the order in which the book puts it behind `_printk`.
const EXPORTS: [&str; 12] = [
    "_printk",
    "param_ops_int",
    "nr_cpu_ids",
    "__cpu_possible_mask",
    "__per_cpu_offset",
    "_find_next_bit",
    "__kmalloc",
    "kfree",
    "scnprintf",
    "simple_read_from_buffer",
    "misc_register",
    "misc_deregister",
];

/// The files of the modules.
pub struct Modules {
    files: Vec<(&'static str, Vec<u8>)>,
}

impl Modules {
    /// The modules that the widgets show, from `folder`.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn read(folder: &Path) -> Result<Modules> {
        let read = |name: &'static str| {
            let path = folder.join(name).with_extension("ko");
            Ok((name, fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?))
        };
        Ok(Modules {
            files: ["hello", "abacus", "merchant", "tally"].into_iter().map(read).collect::<Result<_>>()?,
        })
    }

    /// The file of a module.
    ///
    /// # Errors
    /// It is none of those that were read.
    pub fn file(&self, name: &str) -> Result<&[u8]> {
        let found = self.files.iter().find(|(module, _)| *module == name);
        found.map(|(_, bytes)| bytes.as_slice()).with_context(|| format!("no module {name} was read"))
    }

    /// The address of a symbol that a module does not define itself.
    fn outside(&self, name: &str) -> Result<u64> {
        if let Some(at) = EXPORTS.iter().position(|export| *export == name) {
            return Ok(PRINTK + at as u64 * APART);
        }
        let abacus = Placed::at(self, "abacus", ABACUS)?;
        let of_abacus = abacus.symbols.into_iter().find(|symbol| symbol.name == name);
        of_abacus.map(|symbol| symbol.value).with_context(|| format!("the book has no address for {name}"))
    }
}

/// Where the book puts each module's core part.
pub const HELLO: u64 = 0xffff_ffff_c000_0000;
/// See [`HELLO`].
pub const ABACUS: u64 = 0xffff_ffff_c001_0000;
/// See [`HELLO`].
pub const MERCHANT: u64 = 0xffff_ffff_c002_0000;
/// See [`HELLO`].
pub const TALLY: u64 = 0xffff_ffff_c003_0000;

/// A symbol with its final value.
pub struct Symbol {
    /// Its name, or that of the section that it stands for.
    pub name: String,
    /// S.
    pub value: u64,
}

/// A section at its address, with what is to be patched in it.
pub struct PlacedSection {
    /// Its name.
    pub name: String,
    /// Its address.
    pub address: u64,
    /// Its bytes as the file has them.
    pub before: Vec<u8>,
    /// Its bytes when all has been patched that could be.
    pub after: Vec<u8>,
    /// The places, by offset.
    pub places: Vec<Place>,
}

/// A place to be patched.
pub struct Place {
    /// The entry of the table.
    pub rela: Rela,
    /// The name of its symbol.
    pub symbol: String,
    /// S.
    pub value: u64,
    /// Why it could not be patched.
    pub refused: Option<String>,
}

/// A module at its addresses.
pub struct Placed {
    /// The symbols, by number.
    pub symbols: Vec<Symbol>,
    /// The sections that are patched.
    pub sections: Vec<PlacedSection>,
}

impl Placed {
    /// The module `name` with its core part at `base` and its init part behind it, as `loader link` puts them.
    ///
    /// # Errors
    /// The module is refused, or the book has no address for a symbol that it wants.
    pub fn at(modules: &Modules, name: &str, base: u64) -> Result<Placed> {
        let refused = |refusal| anyhow!("{name}: {refusal}");
        let module = Module::parse(modules.file(name)?).map_err(refused)?;
        let layout = Layout::of(&module).map_err(refused)?;
        let init = base + layout.core.size;
        let percpu = (init + layout.init.size).next_multiple_of(PAGE_SIZE);
        let addresses = layout.addresses(Bases { core: base, init, percpu });
        let symbol = |symbol: &elf::Symbol| {
            let number = usize::from(symbol.section);
            let own = match module.sections.get(number) {
                Some(section) if symbol.name.is_empty() => section.name,
                _ => symbol.name,
            };
            let value = match u32::from(symbol.section) {
                SHN_UNDEF if symbol.name.is_empty() => 0,
                SHN_UNDEF => modules.outside(&symbol.name.to_string())?,
                SHN_ABS => symbol.value,
                _ => addresses.get(number).copied().unwrap_or_default().wrapping_add(symbol.value),
            };
            Ok(Symbol { name: own.to_string(), value })
        };
        let symbols = module.symbols.iter().map(symbol).collect::<Result<Vec<_>>>()?;
        let mut sections = Vec::new();
        for table in module.relocation_tables() {
            let (Some(section), Some(&address)) =
                (module.sections.get(table.target), addresses.get(table.target))
            else {
                continue;
            };
            sections.push(PlacedSection::of(section, address, table.entries(), &symbols, name)?);
        }
        Ok(Placed { symbols, sections })
    }

    /// The section of this name.
    ///
    /// # Errors
    /// Nothing in it is patched.
    pub fn section(&self, name: &str) -> Result<&PlacedSection> {
        self.sections
            .iter()
            .find(|section| section.name == name)
            .with_context(|| format!("nothing patches {name}"))
    }
}

impl PlacedSection {
    fn of(
        section: &elf::Section,
        address: u64,
        entries: impl Iterator<Item = Rela>,
        symbols: &[Symbol],
        module: &str,
    ) -> Result<PlacedSection> {
        let mut after = section.data.to_vec();
        let values: Vec<u64> = symbols.iter().map(|symbol| symbol.value).collect();
        let mut places = Vec::new();
        for rela in entries {
            let symbol = symbols.get(rela.symbol as usize).context("a relocation without a symbol")?;
            let applied =
                apply_relocate_add(&mut after, address, std::iter::once(rela), &values, module.into());
            let refused = applied.err().map(|refusal| refusal.message);
            places.push(Place { rela, symbol: symbol.name.clone(), value: symbol.value, refused });
        }
        places.sort_by_key(|place| place.rela.offset);
        let before = section.data.to_vec();
        Ok(PlacedSection { name: section.name.to_string(), address, before, after, places })
    }

    /// The place at `offset`.
    ///
    /// # Errors
    /// Nothing is patched there.
    pub fn place(&self, offset: u64) -> Result<&Place> {
        let found = self.places.iter().find(|place| place.rela.offset == offset);
        found.with_context(|| format!("nothing patches {} at {offset:#x}", self.name))
    }
}

/// The name of a kind of relocation, without `R_X86_64_`; and how many bytes it writes.
pub fn kind(kind: u32) -> Result<(&'static str, usize)> {
    let kinds = [
        (0, "NONE", 0),
        (1, "64", 8),
        (2, "PC32", 4),
        (4, "PLT32", 4),
        (10, "32", 4),
        (11, "32S", 4),
        (24, "PC64", 8),
    ];
    let found = kinds.into_iter().find(|(number, _, _)| *number == kind);
    found.map(|(_, name, size)| (name, size)).with_context(|| format!("relocation type {kind} has no name"))
}

/// Bytes as two digits each.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes as two digits each, with blanks between them.
pub fn spaced(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ")
}
