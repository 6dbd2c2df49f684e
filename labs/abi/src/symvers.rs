//! Module.symvers: the kernel build's list of exported symbols with their CRCs
//! (written by `scripts/mod/modpost.c, write_dump`).
//!
//! One line a symbol, fields separated by tabs: CRC in hexadecimal, name, exporter (`vmlinux` or the
//! module's path without `.ko`), `EXPORT_SYMBOL` or `EXPORT_SYMBOL_GPL`, namespace (may be empty).

use std::{collections::HashMap, fmt};

/// One exported symbol as Module.symvers lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The symbol version: what the importer's `__versions` must hold.
    pub crc: u32,
    /// The symbol's name.
    pub name: String,
    /// `vmlinux`, or the exporting module's path in the build tree without `.ko`.
    pub exporter: String,
    /// Exported with `EXPORT_SYMBOL_GPL`.
    pub gpl_only: bool,
    /// The namespace that an importer must name, empty where there is none.
    pub namespace: String,
}

/// A line that is not as `write_dump` writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadLine {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub wrong: &'static str,
}

impl fmt::Display for BadLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.wrong)
    }
}

impl std::error::Error for BadLine {}

/// A whole Module.symvers, in the order of the file, with look-up by name.
#[derive(Debug, Clone, Default)]
pub struct Symvers {
    entries: Vec<Entry>,
    by_name: HashMap<String, usize>,
}

impl Symvers {
    /// Reads the text of a Module.symvers. Empty lines are skipped; of two lines for one name the first counts.
    ///
    /// # Errors
    /// The first line that has too few fields, a CRC that is no hexadecimal number of 32 bits, or a kind
    /// of export that 6.1 does not write.
    pub fn parse(text: &str) -> Result<Symvers, BadLine> {
        let mut symvers = Symvers::default();
        for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.is_empty()) {
            symvers.insert(parse_line(line).map_err(|wrong| BadLine { line: at + 1, wrong })?);
        }
        Ok(symvers)
    }

    /// Adds `entry` unless its name is there already.
    pub fn insert(&mut self, entry: Entry) {
        if !self.by_name.contains_key(&entry.name) {
            self.by_name.insert(entry.name.clone(), self.entries.len());
            self.entries.push(entry);
        }
    }

    /// The entry for the symbol `name`.
    pub fn get(&self, name: &str) -> Option<&Entry> {
        self.by_name.get(name).map(|&at| &self.entries[at])
    }

    /// Every entry, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// How many symbols are listed.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is listed.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl fmt::Display for Symvers {
    /// The text that `parse` reads.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for Entry { crc, name, exporter, gpl_only, namespace } in &self.entries {
            let kind = if *gpl_only { "EXPORT_SYMBOL_GPL" } else { "EXPORT_SYMBOL" };
            writeln!(f, "0x{crc:08x}\t{name}\t{exporter}\t{kind}\t{namespace}")?;
        }
        Ok(())
    }
}

fn parse_line(line: &str) -> Result<Entry, &'static str> {
    let mut fields = line.split('\t');
    let crc = fields.next().and_then(|crc| crc.strip_prefix("0x")).ok_or("no CRC in hexadecimal")?;
    let crc = u32::from_str_radix(crc, 16).map_err(|_| "the CRC is no number of 32 bits")?;
    let name = fields.next().filter(|name| !name.is_empty()).ok_or("no symbol name")?;
    let exporter = fields.next().filter(|exporter| !exporter.is_empty()).ok_or("no exporter")?;
    let gpl_only = match fields.next() {
        Some("EXPORT_SYMBOL") => false,
        Some("EXPORT_SYMBOL_GPL") => true,
        _ => return Err("neither EXPORT_SYMBOL nor EXPORT_SYMBOL_GPL"),
    };
    let namespace = fields.next().unwrap_or_default();
    Ok(Entry { crc, name: name.into(), exporter: exporter.into(), gpl_only, namespace: namespace.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_line_gives_crc_name_exporter_kind_and_namespace() {
        let text = "0x4c9d28b0\tphys_base\tvmlinux\tEXPORT_SYMBOL\t\n\n0x00000001\tf\tdrivers/x/y\tEXPORT_SYMBOL_GPL\tNS\n";
        let symvers = Symvers::parse(text).unwrap();
        let phys_base = symvers.get("phys_base").unwrap();
        assert_eq!(
            (phys_base.crc, phys_base.gpl_only, phys_base.namespace.as_str()),
            (0x4c9d_28b0, false, "")
        );
        let f = symvers.get("f").unwrap();
        assert_eq!((f.crc, f.gpl_only, f.namespace.as_str()), (1, true, "NS"));
        assert_eq!(symvers.get("g"), None);
    }

    #[test]
    fn a_bad_line_is_named_by_its_number() {
        for (text, line) in [
            ("0x1\ta\tvmlinux\tEXPORT_SYMBOL\t\nnonsense\n", 2),
            ("0x123456789\ta\tvmlinux\tEXPORT_SYMBOL\t\n", 1),
            ("0x1\t\tvmlinux\tEXPORT_SYMBOL\t\n", 1),
            ("0x1\ta\tvmlinux\tEXPORT_UNUSED\t\n", 1),
            ("0x1\ta\n", 1),
        ] {
            assert_eq!(Symvers::parse(text).unwrap_err().line, line, "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(names in proptest::collection::vec("[a-z_]{1,12}", 0..20), crc: u32, gpl_only: bool) {
            let mut symvers = Symvers::default();
            for name in names {
                symvers.insert(Entry { crc, name, exporter: "vmlinux".into(), gpl_only, namespace: String::new() });
            }
            let again = Symvers::parse(&symvers.to_string()).unwrap();
            prop_assert!(symvers.iter().eq(again.iter()));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text: String) {
            let _ = Symvers::parse(&text);
        }
    }
}
