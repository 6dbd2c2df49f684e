//! The symbol table (`Elf64_Sym`) and the strings of its names.

use super::{
    Kind,
    dice::Dice,
    draft::{Draft, Part, RECORD},
};
use crate::section;

pub(super) const KINDS: &[Kind] = &[
    Kind { name: "symbol-name", about: "st_name: where a symbol's name lies", apply: name },
    Kind { name: "symbol-info", about: "st_info: binding and type", apply: info },
    Kind { name: "symbol-section", about: "st_shndx: which section it lies in", apply: shndx },
    Kind { name: "symbol-common", about: "a definition that became common", apply: common },
    Kind { name: "symbol-undefined", about: "a definition that became undefined", apply: undefined },
    Kind { name: "symbol-value", about: "st_value: where in the section", apply: value },
    Kind { name: "symbol-size", about: "st_size, st_other: which nobody reads", apply: size },
    Kind { name: "symbol-renamed", about: "an undefined symbol's name", apply: renamed },
    Kind { name: "symbol-weak", about: "an undefined symbol that may stay so", apply: weak },
    Kind { name: "symbol-strings", about: "the strings of the symbols' names", apply: strings },
    Kind { name: "symbol-table-size", about: "the symbol table's size", apply: table_size },
];

/// `SHN_ABS`, `SHN_COMMON`, and the first of the reserved numbers.
const ABS: u64 = 0xfff1;
const COMMON: u64 = 0xfff2;
const RESERVED: u64 = 0xff00;

/// A symbol of the table.
struct Symbol {
    number: usize,
    /// Where its record lies in the file; bytes.
    record: usize,
    name: String,
    section: usize,
}

impl Symbol {
    fn at(draft: &Draft, table: &Part, number: usize) -> Option<Symbol> {
        let record = table.offset.checked_add(number.checked_mul(RECORD)?)?;
        let section = draft.number(record + 6, 2)? as usize;
        Some(Symbol { number, record, name: draft.symbol_name(number).unwrap_or_default(), section })
    }

    fn title(&self) -> String {
        format!("symbol {} ({})", self.number, super::draft::shown(self.name.as_bytes()))
    }
}

/// A symbol that is such, of those from a random one on; number 0 is none.
fn any(draft: &Draft, dice: &mut Dice, is_such: impl Fn(&Symbol) -> bool) -> Option<Symbol> {
    let table = draft.symbol_table()?;
    let count = (table.size / RECORD).checked_sub(1)?;
    let first = dice.below(count);
    let from_first = (first..count).chain(0..first);
    from_first.filter_map(|number| Symbol::at(draft, &table, number + 1)).find(|symbol| is_such(symbol))
}

/// Another value for a field of a symbol.
fn field(
    draft: &mut Draft,
    dice: &mut Dice,
    symbol: &Symbol,
    (name, at, width): (&str, usize, usize),
    telling: &[u64],
) -> Option<String> {
    let at = symbol.record + at;
    let to = dice.value(draft.number(at, width)?, width, telling);
    draft.set(format!("{}, {name}", symbol.title()), at, width, to)
}

fn name(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |_| true)?;
    let other = any(draft, dice, |_| true).and_then(|other| draft.number(other.record, 4))?;
    let strings = draft.part(draft.symbol_table()?.link)?.size as u64;
    let telling = [0, other, other + 1, strings, strings.saturating_sub(1)];
    field(draft, dice, &symbol, ("st_name", 0, 4), &telling)
}

fn info(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |_| true)?;
    let telling = [0, 2, 3, 4, 0x10, 0x12, 0x20, 0x26, 0xa0, 0xff];
    field(draft, dice, &symbol, ("st_info", 4, 1), &telling)
}

fn shndx(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |_| true)?;
    let count = draft.parts().len() as u64 + 1;
    let other = dice.below(count as usize) as u64;
    let telling = [count, count - 1, other, ABS, COMMON, RESERVED, 0xffff];
    field(draft, dice, &symbol, ("st_shndx", 6, 2), &telling)
}

fn common(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |symbol| symbol.section != 0)?;
    draft.set(format!("{}, st_shndx (SHN_COMMON)", symbol.title()), symbol.record + 6, 2, COMMON)
}

fn undefined(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |symbol| symbol.section != 0)?;
    draft.set(format!("{}, st_shndx (SHN_UNDEF)", symbol.title()), symbol.record + 6, 2, 0)
}

fn value(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |_| true)?;
    let telling = [1 << 31, 1 << 32, 1 << 47, 0xffff_ffff_8000_0000];
    field(draft, dice, &symbol, ("st_value", 8, 8), &telling)
}

fn size(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |_| true)?;
    let one = if dice.once_in(2) { ("st_size", 16, 8) } else { ("st_other", 5, 1) };
    field(draft, dice, &symbol, one, &[])
}

fn renamed(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |symbol| symbol.section == 0)?;
    let names = ["no_such_symbol", "module_layout", "_printk", "__gnu_lto_slim", "", &"long".repeat(200)];
    let to = dice.pick(&names)?;
    rename(draft, &symbol, to)
}

/// Gives a symbol another name, which the strings get at their end.
fn rename(draft: &mut Draft, symbol: &Symbol, name: &str) -> Option<String> {
    let strings = draft.symbol_table()?.link;
    let at = draft.add_string(strings, name.as_bytes())?;
    draft.overwrite(symbol.record, &(at as u32).to_le_bytes())?;
    Some(format!("{}: its name became {}", symbol.title(), super::draft::shown(name.as_bytes())))
}

fn weak(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let symbol = any(draft, dice, |symbol| symbol.section == 0)?;
    let from = draft.number(symbol.record + 4, 1)?;
    let mut said = draft.set(
        format!("{}, st_info (STB_WEAK)", symbol.title()),
        symbol.record + 4,
        1,
        from & 15 | 0x20,
    )?;
    if dice.once_in(2) {
        said += "; ";
        said += &rename(draft, &symbol, "no_such_symbol")?;
    }
    Some(said)
}

fn strings(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let strings = draft.part(draft.symbol_table()?.link)?.clone();
    let end = strings.offset.checked_add(strings.size)?;
    match dice.below(3) {
        0 => draft.set("the last byte of the symbols' names", end.checked_sub(1)?, 1, u64::from(b'x')),
        1 => draft.set("the first byte of the symbols' names", strings.offset, 1, u64::from(b'x')),
        _ => {
            let to = dice.below(strings.size) as u64;
            draft.set(format!("{}, sh_size", strings.title()), strings.header + section::SIZE, 8, to)
        }
    }
}

fn table_size(draft: &mut Draft, dice: &mut Dice) -> Option<String> {
    let table = draft.symbol_table()?;
    let size = table.size as u64;
    let telling = [0, 24, size.saturating_sub(1), size.saturating_sub(24), size / 48 * 24];
    let to = *dice.pick(&telling)?;
    draft.set(format!("{}, sh_size", table.title()), table.header + section::SIZE, 8, to)
}
