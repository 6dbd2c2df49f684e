//! Tables of exports: what vmlinux or a module offers to others, by name. The kernel keeps two sorted arrays
//! of `struct kernel_symbol` for each exporter, plain and GPL-only (`struct symsearch`,
//! kernel/module/main.c).

use std::ops::Range;

use bstr::BStr;
use modversions::{Name, NameIndex};

/// One exported symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Export<'a> {
    /// The name.
    pub name: &'a BStr,
    /// The address; for a per-CPU variable the offset from each CPU's base.
    pub value: u64,
    /// The symbol version; `None` where the exporter was built without.
    pub crc: Option<u32>,
    /// Exported with `EXPORT_SYMBOL_GPL`.
    pub gpl_only: bool,
    /// The namespace that importers must name; empty where there is none.
    pub namespace: &'a BStr,
}

/// Everything that one exporter exports, with look-up by name. The names are copied, into one string.
#[derive(Debug, Clone, Default)]
pub struct ExportTable {
    strings: Vec<u8>,
    records: Vec<Record>,
    index: NameIndex,
}

#[derive(Debug, Clone)]
struct Record {
    name: Range<usize>,
    namespace: Range<usize>,
    value: u64,
    crc: Option<u32>,
    gpl_only: bool,
}

impl ExportTable {
    /// The table of `exports`. A name may be there twice: plain comes before GPL-only.
    pub fn new<'a>(exports: impl IntoIterator<Item = Export<'a>>) -> ExportTable {
        let mut table = ExportTable::default();
        for export in exports {
            table.push(&export);
        }
        table.records.sort_by_key(|record| record.gpl_only);
        table.index = NameIndex::new(table.records.iter().map(|record| table.text(&record.name)));
        table
    }

    /// The export called `name`: the plain one first; GPL-only ones where `gpl_ok`
    /// (`find_exported_symbol_in_section`).
    pub fn find(&self, name: &Name, gpl_ok: bool) -> Option<Export<'_>> {
        let record = |number: usize| self.records.get(number);
        let is_it = |number| {
            record(number)
                .is_some_and(|found| (gpl_ok || !found.gpl_only) && self.text(&found.name) == name.bytes())
        };
        let number = self.index.find(name, is_it).next()?;
        record(number).map(|found| self.export(found))
    }

    /// Every export, the plain ones first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Export<'_>> {
        self.records.iter().map(|record| self.export(record))
    }

    /// How many symbols are exported.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether nothing is exported.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    fn push(&mut self, export: &Export) {
        let name = self.store(export.name);
        let namespace = self.store(export.namespace);
        let &Export { value, crc, gpl_only, .. } = export;
        self.records.push(Record { name, namespace, value, crc, gpl_only });
    }

    fn store(&mut self, text: &BStr) -> Range<usize> {
        let start = self.strings.len();
        self.strings.extend_from_slice(text);
        start..self.strings.len()
    }

    fn text(&self, range: &Range<usize>) -> &BStr {
        BStr::new(self.strings.get(range.clone()).unwrap_or_default())
    }

    fn export(&self, record: &Record) -> Export<'_> {
        let &Record { value, crc, gpl_only, .. } = record;
        let (name, namespace) = (self.text(&record.name), self.text(&record.namespace));
        Export { name, value, crc, gpl_only, namespace }
    }
}
