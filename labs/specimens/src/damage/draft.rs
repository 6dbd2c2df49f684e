//! A module file under the knife: where its parts lie, and the few ways to change it.

use crate::{SHF_ALLOC, SHT_NOBITS, SHT_NULL, SHT_SYMTAB, header, section};

/// A file with an offset or a size beyond this is none that a compiler made, and has no parts; bytes.
const FAR: u64 = 1 << 40;

/// The longest name that is read; bytes.
const LONGEST: usize = 1024;

/// The size of a section header, and of the records of symbol and relocation tables; bytes.
const SECTION_HEADER: usize = 64;
pub(super) const RECORD: usize = 24;

/// A section of the sound file.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub(super) number: usize,
    /// Where its header lies in the file; bytes.
    pub(super) header: usize,
    pub(super) name: String,
    pub(super) kind: u32,
    pub(super) flags: u64,
    pub(super) offset: usize,
    pub(super) size: usize,
    pub(super) link: usize,
    pub(super) info: usize,
}

impl Part {
    pub(super) fn is_alloc(&self) -> bool {
        self.flags & SHF_ALLOC != 0
    }

    /// Whether it has bytes in the file.
    pub(super) fn has_bytes(&self) -> bool {
        self.kind != SHT_NOBITS && self.kind != SHT_NULL && self.size > 0
    }

    /// What messages call it.
    pub(super) fn title(&self) -> String {
        format!("section {} ({})", self.number, shown(self.name.as_bytes()))
    }
}

/// The file that is being damaged. Where it is no sound ELF file in the first place, it has no parts.
#[derive(Debug, Clone)]
pub(super) struct Draft {
    bytes: Vec<u8>,
    parts: Vec<Part>,
}

impl Draft {
    pub(super) fn new(bytes: Vec<u8>) -> Draft {
        let mut draft = Draft { bytes, parts: Vec::new() };
        draft.parts = draft.read_parts().unwrap_or_default();
        draft
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn bytes_mut(&mut self) -> &mut Vec<u8> {
        &mut self.bytes
    }

    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    fn read_parts(&self) -> Option<Vec<Part>> {
        let count = self.number(header::SHNUM, 2)? as usize;
        let names = self.number(header::SHSTRNDX, 2)? as usize;
        let names = self.read_part(names)?.offset;
        let named = |number: usize| {
            let part = self.read_part(number)?;
            let name = self.number(part.header + section::NAME, 4)? as usize;
            // What leads outside the file was not written by a compiler, and may be without end.
            let is_inside = !part.has_bytes() || self.data(&part).is_some();
            Some(Part { name: self.string(names + name)?, ..part }).filter(|_| is_inside)
        };
        (0..count).map(named).collect()
    }

    /// A section, but for its name.
    fn read_part(&self, number: usize) -> Option<Part> {
        let near = |number: u64| (number < FAR).then_some(number as usize);
        let header = near(self.number(header::SHOFF, 8)?)? + number * SECTION_HEADER;
        let field = |at: usize, width: usize| self.number(header + at, width);
        Some(Part {
            number,
            header,
            name: String::new(),
            kind: field(section::TYPE, 4)? as u32,
            flags: field(section::FLAGS, 8)?,
            offset: near(field(section::OFFSET, 8)?)?,
            size: near(field(section::SIZE, 8)?)?,
            link: field(section::LINK, 4)? as usize,
            info: field(section::INFO, 4)? as usize,
        })
    }

    /// The string that begins at `at`, for messages and look-ups.
    fn string(&self, at: usize) -> Option<String> {
        let rest = self.bytes.get(at..)?;
        let string = rest.get(..LONGEST).unwrap_or(rest).split(|&byte| byte == 0).next()?;
        Some(String::from_utf8_lossy(string).into_owned())
    }

    /// Every section but number 0.
    pub(super) fn parts(&self) -> &[Part] {
        self.parts.get(1..).unwrap_or_default()
    }

    pub(super) fn part(&self, number: usize) -> Option<&Part> {
        self.parts.get(number)
    }

    /// The section of this name, as the kernel finds it: ALLOC ones only.
    pub(super) fn named(&self, name: &str) -> Option<Part> {
        self.parts().iter().find(|part| part.is_alloc() && part.name == name).cloned()
    }

    /// The symbol table.
    pub(super) fn symbol_table(&self) -> Option<Part> {
        self.parts().iter().find(|part| part.kind == SHT_SYMTAB).cloned()
    }

    /// The bytes of a section.
    pub(super) fn data(&self, part: &Part) -> Option<&[u8]> {
        self.bytes.get(part.offset..part.offset.checked_add(part.size)?).filter(|_| part.has_bytes())
    }

    /// The little-endian number of `width` bytes at `at`.
    pub(super) fn number(&self, at: usize, width: usize) -> Option<u64> {
        let mut number = [0; 8];
        number.get_mut(..width)?.copy_from_slice(self.bytes.get(at..at.checked_add(width)?)?);
        Some(u64::from_le_bytes(number))
    }

    /// Writes a number and says so.
    pub(super) fn set(&mut self, field: impl AsRef<str>, at: usize, width: usize, to: u64) -> Option<String> {
        let from = self.number(at, width)?;
        self.bytes.get_mut(at..at.checked_add(width)?)?.copy_from_slice(to.to_le_bytes().get(..width)?);
        Some(format!("{}: {} became {}", field.as_ref(), number(from), number(to)))
    }

    /// Writes bytes, where there are as many.
    pub(super) fn overwrite(&mut self, at: usize, bytes: &[u8]) -> Option<()> {
        self.bytes.get_mut(at..at.checked_add(bytes.len())?)?.copy_from_slice(bytes);
        Some(())
    }

    /// Gives a section other bytes, more or fewer: they lie at the end of the file then, and every offset but the
    /// section's own stays as it was.
    pub(super) fn replace(&mut self, number: usize, data: &[u8]) -> Option<()> {
        let header = self.part(number)?.header;
        self.bytes.resize(self.bytes.len().next_multiple_of(64), 0);
        let offset = self.bytes.len();
        self.bytes.extend_from_slice(data);
        self.overwrite(header + section::OFFSET, &(offset as u64).to_le_bytes())?;
        self.overwrite(header + section::SIZE, &(data.len() as u64).to_le_bytes())?;
        let part = self.parts.get_mut(number)?;
        (part.offset, part.size) = (offset, data.len());
        Some(())
    }

    /// Adds a string to a section of strings; its offset there.
    pub(super) fn add_string(&mut self, number: usize, string: &[u8]) -> Option<u64> {
        let mut strings = self.data(self.part(number)?)?.to_vec();
        let at = strings.len() as u64;
        strings.extend_from_slice(string);
        strings.push(0);
        self.replace(number, &strings)?;
        Some(at)
    }

    /// Gives a section another name.
    pub(super) fn rename(&mut self, part: &Part, name: &str) -> Option<String> {
        let names = self.number(header::SHSTRNDX, 2)? as usize;
        let at = self.add_string(names, name.as_bytes())?;
        self.overwrite(part.header + section::NAME, &(at as u32).to_le_bytes())?;
        Some(format!("{}: its name became {name}", part.title()))
    }

    /// What the symbol number `symbol` is called, or where it has no name, its section.
    pub(super) fn symbol_name(&self, symbol: usize) -> Option<String> {
        let table = self.symbol_table()?;
        let record = table.offset.checked_add(symbol.checked_mul(RECORD)?)?;
        let name = self.number(record, 4)? as usize;
        let strings = self.part(table.link)?.offset;
        match self.string(strings.checked_add(name)?)? {
            empty if empty.is_empty() => Some(self.part(self.number(record + 6, 2)? as usize)?.name.clone()),
            name => Some(name),
        }
    }

    /// The section of relocations for the section number `target`.
    pub(super) fn relocations_for(&self, target: usize) -> Option<Part> {
        let is_for = |part: &&Part| part.kind == crate::SHT_RELA && part.info == target;
        self.parts().iter().find(is_for).cloned()
    }

    /// Where the relocation record lies that fills in the place `offset` of the section number `target`.
    pub(super) fn relocation_of(&self, target: usize, offset: usize) -> Option<usize> {
        let table = self.relocations_for(target)?;
        let end = table.offset.checked_add(table.size)?;
        (table.offset..end).step_by(RECORD).find(|&record| self.number(record, 8) == Some(offset as u64))
    }
}

/// A number as messages have it.
pub(super) fn number(number: u64) -> String {
    if number < 4096 { number.to_string() } else { format!("{number:#x}") }
}

/// Bytes of a file as messages have them: what cannot be printed is escaped, what is long is cut.
pub(super) fn shown(bytes: &[u8]) -> String {
    let cut = bytes.get(..60).unwrap_or(bytes);
    let dots = if cut.len() < bytes.len() { "…" } else { "" };
    format!("{}{dots}", cut.escape_ascii())
}
