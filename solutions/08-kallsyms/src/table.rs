//! The symbols of one loaded module, by address and by name. The kernel keeps the ELF table as it is and walks
//! all of it for every question (`kernel/module/kallsyms.c`, add_kallsyms and find_kallsyms_symbol); we sort
//! it once, and give the same answers.

use std::ops::Range;

use bstr::{BStr, BString};
use elf::Module;
use layout::{Bases, Layout};

use crate::{KSYM_NAME_LEN, Location, elf_type};

/// One symbol of a loaded module.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ksym<'k> {
    /// The name.
    pub name: &'k BStr,
    /// The final value.
    pub value: u64,
    /// What it names, as [`elf_type`] says.
    pub letter: char,
}

/// The names of one loaded module.
#[derive(Debug, Clone)]
pub struct Kallsyms {
    module: BString,
    strings: Vec<u8>,
    /// In the order of the ELF table.
    symbols: Vec<Entry>,
    /// Numbers of symbols that can name an address; by value, and those of one value in the table's order.
    by_address: Vec<u32>,
    /// The end of the core part's instructions.
    core_text_end: u64,
    /// Where the init part lies; empty once it is gone.
    init: Range<u64>,
    /// The end of the init part's instructions.
    init_text_end: u64,
}

/// One symbol, as it is kept.
#[derive(Debug, Clone)]
struct Entry {
    /// Where its name lies in `strings`.
    name: Range<usize>,
    value: u64,
    letter: char,
    is_undefined: bool,
    /// It is still of use once the init part is gone.
    stays: bool,
}

impl Kallsyms {
    /// The symbols of `module`, laid out as `layout` says at `bases`; `values` are their final values, by
    /// number.
    pub fn new(module: &Module, layout: &Layout, bases: Bases, values: &[u64]) -> Kallsyms {
        let mut kallsyms = Kallsyms {
            module: module.this_module_name.into(),
            strings: Vec::new(),
            symbols: Vec::with_capacity(module.symbols.len()),
            by_address: Vec::new(),
            core_text_end: bases.core.wrapping_add(layout.core.text_size),
            init: bases.init..bases.init.wrapping_add(layout.init.size),
            init_text_end: bases.init.wrapping_add(layout.init.text_size),
        };
        for (symbol, &value) in module.symbols.iter().zip(values) {
            let start = kallsyms.strings.len();
            kallsyms.strings.extend(symbol.name.iter().take(KSYM_NAME_LEN - 1));
            kallsyms.symbols.push(Entry {
                name: start..kallsyms.strings.len(),
                value,
                letter: elf_type(module, symbol),
                is_undefined: symbol.is_undefined(),
                stays: layout.is_core_symbol(symbol),
            });
        }
        kallsyms.sort();
        kallsyms
    }

    /// Forgets what is gone with the init part: called once `init` has succeeded.
    ///
    /// Of the symbols only those remain that `Kallsyms::new` noted as staying ([`Layout::is_core_symbol`]). There is no
    /// init part any more, so `init` becomes an empty range. And as the symbols have new numbers, they are to be
    /// sorted again (`sort`). The kernel, which has written the shorter table beside the full one already, only
    /// switches a pointer (`mod->kallsyms = &mod->core_kallsyms` in do_init_module).
    pub fn free_init(&mut self) {
        // ANCHOR: task_free_init
        self.symbols.retain(|symbol| symbol.stays);
        self.init = 0..0;
        self.sort();
        // ANCHOR_END: task_free_init
    }

    /// The symbol that an address belongs to, and how far into it the address lies (`find_kallsyms_symbol`).
    ///
    /// Only the symbols of `by_address` count, which `sort` has filled: they are defined and have a name that says
    /// something. The one that is meant is the last whose value is not greater than `address`; of several with one
    /// value, the first in the ELF table. `None` where there is none, or where its value is 0.
    ///
    /// The offset is the distance from its value to `address`. The size is the distance to its end, which is
    /// the next greater value in `by_address`, or the end of the instructions, whichever comes first: those of the init
    /// part where `address` lies in it (`init`), else those of the core part. For data that end lies *before* the
    /// symbol, and the kernel subtracts all the same: the result wraps.
    pub fn lookup_address(&self, address: u64) -> Option<Location<'_>> {
        // ANCHOR: task_lookup_address
        let value = |&number: &u32| self.symbols.get(number as usize).map_or(0, |symbol| symbol.value);
        let behind = self.by_address.partition_point(|number| value(number) <= address);
        let (before, after) = self.by_address.split_at_checked(behind)?;
        let best = before.last().map(value).filter(|&best| best != 0)?;
        let first = before.partition_point(|number| value(number) < best);
        let symbol = before.get(first).and_then(|&number| self.symbols.get(number as usize))?;

        let end = if self.init.contains(&address) { self.init_text_end } else { self.core_text_end };
        let next = after.first().map_or(end, |number| value(number).min(end));
        let (offset, size) = (address - best, next.wrapping_sub(best));
        Some(Location { symbol: self.name(symbol), offset, size, module: self.module.as_ref() })
        // ANCHOR_END: task_lookup_address
    }

    /// The value of the first symbol in the ELF table that is called exactly `name`; undefined ones are somebody
    /// else's and do not count. `None` where there is none (`find_kallsyms_symbol_value`, which returns 0).
    pub fn lookup_name(&self, name: &BStr) -> Option<u64> {
        // ANCHOR: task_lookup_name
        let is_it = |symbol: &&Entry| !symbol.is_undefined && self.name(symbol) == name;
        self.symbols.iter().find(is_it).map(|symbol| symbol.value)
        // ANCHOR_END: task_lookup_name
    }

    /// Every symbol that has a name, in the order of the ELF table.
    pub fn iter(&self) -> impl Iterator<Item = Ksym<'_>> {
        let named = self.symbols.iter().filter(|symbol| !symbol.name.is_empty());
        named.map(|symbol| Ksym { name: self.name(symbol), value: symbol.value, letter: symbol.letter })
    }

    /// The lines of `/proc/kallsyms`: `is_exported` says what the module exports without GPL-only.
    pub fn lines(&self, is_exported: impl Fn(&Ksym) -> bool) -> impl Iterator<Item = String> {
        self.iter().map(move |symbol| self.line(&symbol, is_exported(&symbol)))
    }

    /// One line, without a newline: the value in sixteen hexadecimal digits, a space, the letter, a space, the name, a
    /// tab, the module's name in brackets (`kernel/kallsyms.c, s_show`). The letter is a capital one where the symbol
    /// is exported, and a small one where it is not, whatever it was: `U` too becomes `u`.
    pub fn line(&self, symbol: &Ksym, is_exported: bool) -> String {
        // ANCHOR: task_line
        let Ksym { name, value, letter } = symbol;
        let letter = if is_exported { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() };
        format!("{value:016x} {letter} {name}\t[{}]", self.module)
        // ANCHOR_END: task_line
    }

    /// The name of `symbol`.
    fn name(&self, symbol: &Entry) -> &BStr {
        BStr::new(self.strings.get(symbol.name.clone()).unwrap_or_default())
    }

    /// Sorts the symbols that can name an address; the sort is stable.
    fn sort(&mut self) {
        let names_addresses = |symbol: &Entry| !symbol.is_undefined && !is_ignored(self.name(symbol));
        let numbered = (0..).zip(&self.symbols);
        let mut sorted: Vec<_> = numbered
            .filter(|(_, symbol)| names_addresses(symbol))
            .map(|(number, symbol)| (symbol.value, number))
            .collect();
        sorted.sort();
        self.by_address = sorted.into_iter().map(|(_, number)| number).collect();
    }
}

/// Names that say nothing: none at all, and the marks that assemblers leave (`is_arm_mapping_symbol`).
fn is_ignored(name: &[u8]) -> bool {
    match name {
        [b'$', mark, rest @ ..] => b"axtd".contains(mark) && matches!(rest, [] | [b'.', ..]),
        _ => name.is_empty() || name.starts_with(b".L"),
    }
}
