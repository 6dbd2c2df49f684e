//! Writes small module files, sound ones and broken ones, byte by byte: what the C compiler and the linker
//! do for a real .ko. The fields are those of include/uapi/linux/elf.h.

#![allow(missing_docs, reason = "the names are those of include/uapi/linux/elf.h")]

pub mod damage;
mod hex;

pub use damage::stricter;
pub use hex::Hex;

pub const SHT_NULL: u32 = 0;
pub const SHT_PROGBITS: u32 = 1;
pub const SHT_SYMTAB: u32 = 2;
pub const SHT_STRTAB: u32 = 3;
pub const SHT_RELA: u32 = 4;
pub const SHT_NOBITS: u32 = 8;

pub const SHF_WRITE: u64 = 1;
pub const SHF_ALLOC: u64 = 2;
pub const SHF_EXECINSTR: u64 = 4;

pub const R_X86_64_64: u32 = 1;
pub const R_X86_64_PLT32: u32 = 4;

/// `st_info` of a local section symbol, of a local and a global function, of global data, and of what is
/// wanted from elsewhere.
pub const SECTION: u8 = 3;
pub const LOCAL_FUNCTION: u8 = 2;
pub const FUNCTION: u8 = 1 << 4 | 2;
pub const OBJECT: u8 = 1 << 4 | 1;
pub const WANTED: u8 = 1 << 4;
pub const WANTED_WEAKLY: u8 = 2 << 4;

/// Where the fields lie in the ELF header; bytes.
pub mod header {
    pub const CLASS: usize = 4;
    pub const DATA: usize = 5;
    pub const TYPE: usize = 16;
    pub const MACHINE: usize = 18;
    pub const SHOFF: usize = 40;
    pub const SHENTSIZE: usize = 58;
    pub const SHNUM: usize = 60;
    pub const SHSTRNDX: usize = 62;
}

/// Where the fields lie in a section header; bytes.
pub mod section {
    pub const NAME: usize = 0;
    pub const TYPE: usize = 4;
    pub const FLAGS: usize = 8;
    pub const ADDR: usize = 16;
    pub const OFFSET: usize = 24;
    pub const SIZE: usize = 32;
    pub const LINK: usize = 40;
    pub const INFO: usize = 44;
    pub const ALIGN: usize = 48;
}

/// A section to be written.
#[derive(Debug, Clone)]
pub struct Section {
    pub name: String,
    pub kind: u32,
    pub flags: u64,
    pub data: Vec<u8>,
    /// The size of a section without bytes.
    pub nobits: u64,
    pub link: u32,
    pub info: u32,
    pub alignment: u64,
}

impl Section {
    pub fn new(name: &str, kind: u32, flags: u64, data: impl Into<Vec<u8>>) -> Section {
        let alignment = if flags & SHF_ALLOC == 0 { 1 } else { 8 };
        Section { name: name.into(), kind, flags, data: data.into(), nobits: 0, link: 0, info: 0, alignment }
    }
}

/// A symbol to be written.
#[derive(Debug, Clone)]
pub struct Symbol {
    pub name: String,
    pub info: u8,
    pub section: u16,
    pub value: u64,
    pub size: u64,
}

/// A module to be written: change it, then call [`build`](Builder::build).
#[derive(Debug, Clone, Default)]
pub struct Builder {
    pub sections: Vec<Section>,
    pub symbols: Vec<Symbol>,
}

/// `struct module` of a module without init and exit: nothing but its name.
pub fn struct_module(name: &str) -> Vec<u8> {
    let mut bytes = vec![0; abi::offsets::module::SIZE];
    put(&mut bytes, abi::offsets::module::NAME, name.as_bytes());
    bytes
}

/// A record of `__versions`.
pub fn version(crc: u64, name: &str) -> Vec<u8> {
    let mut record = crc.to_le_bytes().to_vec();
    record.extend_from_slice(name.as_bytes());
    record.resize(64, 0);
    record
}

/// A record of a relocation section.
pub fn rela(offset: u64, kind: u32, symbol: u32, addend: i64) -> Vec<u8> {
    let info = u64::from(symbol) << 32 | u64::from(kind);
    [offset.to_le_bytes(), info.to_le_bytes(), addend.to_le_bytes()].concat()
}

/// The strings of `.modinfo` that every module has.
pub const MODINFO: &[u8] = b"license=GPL\0depends=\0retpoline=Y\0name=hello\0vermagic=6.1.0 SMP preempt \0";

/// A sound module that prints something when it is loaded:
///
/// | number | section | |
/// |---|---|---|
/// | 1 | `.text` | 16 bytes: `hello_init`, which is `init_module` |
/// | 2 | `.rela.text` | one call of `_printk` |
/// | 3 | `.modinfo` | |
/// | 4 | `.gnu.linkonce.this_module` | |
/// | 5 | `.rela.gnu.linkonce.this_module` | the pointer to `init_module` |
/// | 6 | `__versions` | |
/// | 7 | `.bss` | 32 bytes |
/// | 8 | `.symtab` | |
/// | 9 | `.strtab` | |
/// | 10 | `.shstrtab` | |
pub fn hello() -> Builder {
    let mut builder = Builder::default();
    builder.section(Section::new(".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, vec![0; 16]));
    builder.relocations(".rela.text", 1, &[rela(4, R_X86_64_PLT32, 5, -4)]);
    builder.section(Section::new(".modinfo", SHT_PROGBITS, SHF_ALLOC, MODINFO));
    let this_module = ".gnu.linkonce.this_module";
    builder.section(Section::new(this_module, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, struct_module("hello")));
    let init = abi::offsets::module::INIT as u64;
    builder.relocations(".rela.gnu.linkonce.this_module", 4, &[rela(init, R_X86_64_64, 4, 0)]);
    let versions = [version(0x1234_5678, "module_layout"), version(0x9abc_def0, "_printk")].concat();
    builder.section(Section::new("__versions", SHT_PROGBITS, SHF_ALLOC, versions));
    builder.section(Section { nobits: 32, ..Section::new(".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, []) });

    builder.symbol("", 0, 0, 0, 0);
    builder.symbol("", SECTION, 1, 0, 0);
    builder.symbol("hello_init", LOCAL_FUNCTION, 1, 0, 16);
    builder.symbol("__this_module", OBJECT, 4, 0, abi::offsets::module::SIZE as u64);
    builder.symbol("init_module", FUNCTION, 1, 0, 16);
    builder.symbol("_printk", WANTED, 0, 0, 0);
    builder.symbol("maybe_there", WANTED_WEAKLY, 0, 0, 0);
    builder
}

impl Builder {
    /// Adds a section and returns its number.
    pub fn section(&mut self, section: Section) -> usize {
        self.sections.push(section);
        self.sections.len()
    }

    /// Adds a section of relocations for the section with the number `target`.
    pub fn relocations(&mut self, name: &str, target: u32, records: &[Vec<u8>]) -> usize {
        let section = Section::new(name, SHT_RELA, 0x40, records.concat());
        self.section(Section { info: target, alignment: 8, ..section })
    }

    /// Adds a symbol.
    pub fn symbol(&mut self, name: &str, info: u8, section: u16, value: u64, size: u64) {
        self.symbols.push(Symbol { name: name.into(), info, section, value, size });
    }

    /// The section of this name, to be changed.
    pub fn named(&mut self, name: &str) -> &mut Section {
        self.sections.iter_mut().find(|section| section.name == name).expect("the builder has it")
    }

    /// The module without the section of this name; those behind it move up.
    pub fn without(mut self, name: &str) -> Builder {
        self.sections.retain(|section| section.name != name);
        self
    }

    /// The file, with `.symtab`, `.strtab` and `.shstrtab` at its end.
    pub fn build(&self) -> Vec<u8> {
        let mut strings = vec![0];
        let symbols: Vec<u8> = self.symbols.iter().flat_map(|symbol| symbol.record(&mut strings)).collect();
        let number = self.sections.len() as u32;
        let mut sections = self.sections.clone();
        sections.push(Section {
            link: number + 2,
            alignment: 8,
            ..Section::new(".symtab", SHT_SYMTAB, 0, symbols)
        });
        sections.push(Section::new(".strtab", SHT_STRTAB, 0, strings));
        write(sections)
    }

    /// The file without any symbols, as `strip` leaves it.
    pub fn build_stripped(&self) -> Vec<u8> {
        write(self.sections.clone())
    }
}

impl Symbol {
    fn record(&self, strings: &mut Vec<u8>) -> Vec<u8> {
        let name = add_string(strings, &self.name);
        let mut record = name.to_le_bytes().to_vec();
        record.extend([self.info, 0]);
        record.extend(self.section.to_le_bytes());
        record.extend(self.value.to_le_bytes());
        record.extend(self.size.to_le_bytes());
        record
    }
}

fn add_string(strings: &mut Vec<u8>, string: &str) -> u32 {
    if string.is_empty() {
        return 0;
    }
    let at = strings.len() as u32;
    strings.extend_from_slice(string.as_bytes());
    strings.push(0);
    at
}

/// ELF header, the bytes of each section, the section headers.
fn write(mut sections: Vec<Section>) -> Vec<u8> {
    let mut names = vec![0];
    sections.push(Section::new(".shstrtab", SHT_STRTAB, 0, []));
    let offsets_of_names: Vec<u32> =
        sections.iter().map(|section| add_string(&mut names, &section.name)).collect();
    sections.last_mut().expect("just pushed").data = names;

    let mut file = vec![0; 64];
    let mut headers = vec![0; 64];
    for (section, name) in sections.iter().zip(offsets_of_names) {
        while !(file.len() as u64).is_multiple_of(section.alignment.clamp(1, 4096)) {
            file.push(0);
        }
        let size = if section.kind == SHT_NOBITS { section.nobits } else { section.data.len() as u64 };
        headers.extend(name.to_le_bytes());
        headers.extend(section.kind.to_le_bytes());
        headers.extend(section.flags.to_le_bytes());
        headers.extend(0u64.to_le_bytes());
        headers.extend((file.len() as u64).to_le_bytes());
        headers.extend(size.to_le_bytes());
        headers.extend(section.link.to_le_bytes());
        headers.extend(section.info.to_le_bytes());
        headers.extend(section.alignment.to_le_bytes());
        headers.extend(0u64.to_le_bytes());
        file.extend_from_slice(&section.data);
    }
    while !file.len().is_multiple_of(8) {
        file.push(0);
    }
    let count = sections.len() as u16 + 1;
    let table = file.len() as u64;
    put(&mut file, 0, b"\x7fELF\x02\x01\x01");
    put(&mut file, header::TYPE, &1u16.to_le_bytes());
    put(&mut file, header::MACHINE, &62u16.to_le_bytes());
    put(&mut file, 20, &1u32.to_le_bytes());
    put(&mut file, header::SHOFF, &table.to_le_bytes());
    put(&mut file, 52, &64u16.to_le_bytes());
    put(&mut file, header::SHENTSIZE, &64u16.to_le_bytes());
    put(&mut file, header::SHNUM, &count.to_le_bytes());
    put(&mut file, header::SHSTRNDX, &(count - 1).to_le_bytes());
    file.extend(headers);
    file
}

/// Overwrites bytes.
pub fn put(bytes: &mut [u8], at: usize, value: &[u8]) {
    bytes[at..at + value.len()].copy_from_slice(value);
}

/// Where the header of section `number` lies, or a field of it: see [`section`].
pub fn section_header(file: &[u8], number: usize, field: usize) -> usize {
    let table = file[header::SHOFF..header::SHOFF + 8].try_into().map(u64::from_le_bytes);
    table.expect("eight bytes") as usize + 64 * number + field
}

/// A file with one change: `value` at the place `at`.
pub fn with(file: &[u8], at: usize, value: &[u8]) -> Vec<u8> {
    let mut changed = file.to_vec();
    put(&mut changed, at, value);
    changed
}

/// A file with one change in the header of section `number`.
pub fn with_section(file: &[u8], number: usize, field: usize, value: &[u8]) -> Vec<u8> {
    with(file, section_header(file, number, field), value)
}

/// A signed file: the blob, its description with PKCS#7 as the kind, the marker.
pub fn signed(file: &[u8], blob: &[u8]) -> Vec<u8> {
    let length = (blob.len() as u32).to_be_bytes();
    let description = [0, 0, 2, 0, 0, 0, 0, 0, length[0], length[1], length[2], length[3]];
    [file, blob, &description, b"~Module signature appended~\n"].concat()
}

/// A verdict in words: "accepted", or the errno and the kernel's line.
pub fn said<T>(verdict: Result<T, abi::LoadError>) -> String {
    verdict.map_or_else(|refusal| refusal.to_string(), |_| "accepted".into())
}
