//! What depmod wants to know of a module: what it exports, what it needs, what it says about itself.
//! kmod 30, libkmod/libkmod-elf.c: no verdict is passed on the module, it is only read.

use std::path::Path;
use std::thread;

use bstr::{BStr, BString, ByteSlice};
use elf::{AnyElf, Modinfo, Symbol, symbols};

use super::ModuleFile;
use crate::files::read_module;

/// What depmod keeps of a module once its file is closed.
#[derive(Debug, Default)]
pub struct Facts {
    /// The symbols that it exports.
    pub exports: Names,
    /// The symbols that it needs, in the order of its symbol table; then those of `__versions`.
    pub needs: Names,
    /// `alias=` in `.modinfo`.
    pub aliases: Vec<BString>,
    /// `softdep=` in `.modinfo`.
    pub soft_dependencies: Vec<BString>,
}

/// A list of names in one piece of memory, each followed by a NUL.
#[derive(Debug, Default)]
pub struct Names(Vec<u8>);

impl Names {
    fn push(&mut self, name: &[u8]) {
        if !name.is_empty() {
            self.0.extend_from_slice(name);
            self.0.push(0);
        }
    }

    /// The names, none of which is empty.
    pub fn iter(&self) -> impl Iterator<Item = &BStr> {
        self.0.split(|&byte| byte == 0).filter(|name| !name.is_empty()).map(BStr::new)
    }
}

/// Reads every module once, on as many threads as the machine runs at a time.
pub fn read_all(directory: &Path, files: &[ModuleFile], warnings: &mut Vec<String>) -> Vec<Facts> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = files.len().div_ceil(threads).max(1);
    let read_share =
        |share: &[ModuleFile]| -> Vec<_> { share.iter().map(|file| read(directory, file)).collect() };
    let results = thread::scope(|scope| {
        let shares: Vec<_> =
            files.chunks(share).map(|share| scope.spawn(move || read_share(share))).collect();
        shares.into_iter().flat_map(|share| share.join().unwrap_or_default()).collect::<Vec<_>>()
    });
    let keep = |result: anyhow::Result<Facts>| {
        result.unwrap_or_else(|error| {
            warnings.push(format!("{error:#}"));
            Facts::default()
        })
    };
    results.into_iter().map(keep).collect()
}

fn read(directory: &Path, file: &ModuleFile) -> anyhow::Result<Facts> {
    let path = directory.join(&file.path);
    let bytes = read_module(&path)?;
    let elf = AnyElf::open(&bytes).map_err(|refusal| anyhow::anyhow!("{}: {refusal}", path.display()))?;
    let modinfo = Modinfo::new(elf.section(".modinfo").unwrap_or_default());
    let symbols = symbols_of(&elf);
    Ok(Facts {
        exports: exports(&elf, &symbols),
        needs: needs(&elf, &symbols),
        aliases: modinfo.all("alias").map(BString::from).collect(),
        soft_dependencies: modinfo.all("softdep").map(BString::from).collect(),
    })
}

fn symbols_of<'a>(elf: &AnyElf<'a>) -> Vec<Symbol<'a>> {
    let tables = elf.section(".symtab").zip(elf.section(".strtab")).filter(|_| elf.is_64_bit_little_endian());
    tables.map(|(table, strings)| symbols(table, strings)).unwrap_or_default()
}

/// Each export has a `__crc_` symbol where there are CRCs; else the names are those of the export table.
fn exports(elf: &AnyElf, symbols: &[Symbol]) -> Names {
    let mut names = Names::default();
    symbols.iter().filter_map(|symbol| symbol.name.strip_prefix(b"__crc_")).for_each(|name| names.push(name));
    if names.0.is_empty() {
        let strings = elf.section("__ksymtab_strings").unwrap_or_default();
        strings.split_str("\0").for_each(|name| names.push(name));
    }
    names
}

/// The undefined symbols. Nearly all are in `__versions` again, where they add nothing.
fn needs(elf: &AnyElf, symbols: &[Symbol]) -> Names {
    let mut names = Names::default();
    let undefined = symbols.iter().skip(1).filter(|symbol| symbol.is_undefined());
    undefined.for_each(|symbol| names.push(symbol.name));
    let versions = elf.section("__versions").unwrap_or_default();
    let records = versions.chunks_exact(abi::offsets::modversion_info::SIZE);
    let fields = records.filter_map(|record| record.get(abi::offsets::modversion_info::NAME..));
    fields.filter_map(|field| field.split_str("\0").next()).for_each(|name| names.push(name));
    names
}
