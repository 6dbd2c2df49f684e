//! A copy of a module for ld to read. Sections get names of their own, because names may repeat and ld knows
//! some of them too well; and whatever would make ld rearrange their bytes is taken away.

use anyhow::ensure;
use elf::Module;
use goblin::elf::section_header::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_PROGBITS};
use goblin::elf64::header::Header;
use goblin::elf64::section_header::{SIZEOF_SHDR, SectionHeader};
use layout::Layout;
use scroll::{LE, Pread, Pwrite};

/// The flags that ld is told; without MERGE, which would fold equal strings, and GROUP and LINK_ORDER.
const FLAGS: u64 = (SHF_ALLOC | SHF_EXECINSTR | SHF_WRITE) as u64;

/// The bytes of the copy: section number 5 is called `s5`, and only what is loaded is ALLOC.
pub fn for_ld(module: &Module, layout: &Layout) -> anyhow::Result<Vec<u8>> {
    let mut copy = module.bytes.to_vec();
    let header: Header = copy.pread_with(0, LE)?;
    let names_number = usize::from(header.e_shstrndx);
    let (names, offsets) = names(module.sections.len());
    for (number, &name) in offsets.iter().enumerate().skip(1) {
        let at = usize::try_from(header.e_shoff)? + number * SIZEOF_SHDR;
        let mut section: SectionHeader = copy.pread_with(at, LE)?;
        section.sh_name = name;
        if layout.placement(number).is_some() {
            section.sh_flags &= FLAGS;
            section.sh_type = if section.sh_type == SHT_NOBITS { SHT_NOBITS } else { SHT_PROGBITS };
        } else {
            section.sh_flags &= !u64::from(SHF_ALLOC);
        }
        if number == names_number {
            (section.sh_offset, section.sh_size) = (copy.len() as u64, names.len() as u64);
        }
        copy.pwrite_with(section, at, LE)?;
    }
    ensure!(names_number != 0, "no table of section names");
    copy.extend_from_slice(&names);
    Ok(copy)
}

/// A table of section names, and where each begins.
fn names(count: usize) -> (Vec<u8>, Vec<u32>) {
    let mut table = Vec::new();
    let offsets = (0..count).map(|number| {
        let offset = table.len() as u32;
        table.extend_from_slice(if number == 0 { String::new() } else { format!("s{number}") }.as_bytes());
        table.push(0);
        offset
    });
    let offsets = offsets.collect();
    (table, offsets)
}
