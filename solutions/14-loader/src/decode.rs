//! `loader kallsyms`: a table of symbols, compressed as the kernel compresses its own, and what an oops names looked
//! up in it. `scripts/kallsyms.c` reads the same lines; `scripts/faddr2line` takes the same places.

use std::{io::Write, path::Path};

use anyhow::{Context, anyhow};
use bstr::BStr;
use kallsyms::Vmlinux;

use crate::files;

/// Reads the table at `path`; prints what it takes, or where the `places` are.
///
/// # Errors
/// The table cannot be read, a place is not in it, or `out` cannot be written to.
pub fn kallsyms(path: &Path, places: &[String], out: &mut dyn Write) -> anyhow::Result<()> {
    let text = files::read_text(path)?;
    let symbols = text.lines().zip(1..).map(|(line, number)| {
        parse(line).with_context(|| {
            format!("{}: line {number}: not an address, a letter and a name", path.display())
        })
    });
    let table = Vmlinux::new(symbols.collect::<anyhow::Result<Vec<_>>>()?)
        .with_context(|| format!("{}: too large for the kernel's tables", path.display()))?;
    if places.is_empty() {
        return print_sizes(&table, out);
    }
    for place in places {
        let address = find(&table, place).with_context(|| format!("{place}: no such symbol"))?;
        let decoded =
            table.lookup_address(address).ok_or_else(|| anyhow!("{place}: no symbol lies there"))?;
        writeln!(out, "{address:016x} {decoded}")?;
    }
    Ok(())
}

/// One line of `/proc/kallsyms`, System.map, or nm's output; a module's symbol keeps `\t[MODULE]` in its name.
fn parse(line: &str) -> Option<(u64, char, &BStr)> {
    let (address, rest) = line.split_once(' ')?;
    let (letter, name) = rest.split_once(' ')?;
    let letter = letter.parse().ok().filter(char::is_ascii_graphic)?;
    let is_name = !name.is_empty() && !name.contains('\0');
    is_name.then_some((u64::from_str_radix(address, 16).ok()?, letter, BStr::new(name)))
}

/// The address of `0x…`, `NAME`, or `NAME+0x…`; the size that an oops writes behind it is not needed.
fn find(table: &Vmlinux, place: &str) -> Option<u64> {
    let hexadecimal = |text: &str| u64::from_str_radix(text.strip_prefix("0x")?, 16).ok();
    if let Some(address) = hexadecimal(place) {
        return Some(address);
    }
    let place = place.split('/').next()?;
    let (name, offset) = place.split_once('+').unwrap_or((place, "0x0"));
    table.lookup_name(BStr::new(name))?.checked_add(hexadecimal(offset)?)
}

fn print_sizes(table: &Vmlinux, out: &mut dyn Write) -> anyhow::Result<()> {
    let sizes = table.sizes();
    let percent = (sizes.compressed() * 100).checked_div(sizes.plain).unwrap_or(100);
    writeln!(out, "{} symbols", sizes.symbols)?;
    writeln!(out, "{:>9} bytes  names as they are, each with its letter", sizes.plain)?;
    writeln!(out, "{:>9} bytes  names compressed: {percent} %", sizes.compressed())?;
    for (size, what) in [
        (sizes.stream, "the stream of codes, with the lengths"),
        (sizes.markers, "markers"),
        (sizes.token_table, "the texts of the tokens"),
        (sizes.token_index, "where each begins"),
    ] {
        writeln!(out, "{size:>9}          {what}")?;
    }
    Ok(())
}
