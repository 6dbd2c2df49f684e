//! The structure offsets in labs/abi, against the type information that the kernel itself carries: BTF, in the vmlinux
//! inside vmlinuz (kernel/bpf/btf.c).

mod types;

use std::{fs, io::Read, path::Path};

use abi::offsets::FACTS;
use anyhow::{Context, Result, bail};
use goblin::elf::Elf;
use lzma_rust2::XzReader;

use types::Types;

/// Checks every fact of `abi::offsets`; true when all hold.
pub fn compare(vmlinuz: &Path) -> Result<bool> {
    let types = types_of(vmlinuz)?;
    let mut wrong = 0;
    for fact in FACTS {
        let found = match fact.field {
            "" => types.size_of(fact.structure),
            field => types.offset_of(fact.structure, field),
        };
        if found != Some(fact.value as u64) {
            let dot = if fact.field.is_empty() { "" } else { "." };
            let found = found.map_or("nothing of that name".to_owned(), |found| format!("{found:#x}"));
            println!("{}{dot}{}: labs/abi says {:#x}, BTF {found}", fact.structure, fact.field, fact.value);
            wrong += 1;
        }
    }
    println!("{} offsets and sizes checked, {wrong} wrong", FACTS.len());
    Ok(wrong == 0)
}

/// Prints the fields of `structure` with their offsets, inner anonymous ones included.
pub fn dump(structure: &str, vmlinuz: &Path) -> Result<bool> {
    let types = types_of(vmlinuz)?;
    let Some(lines) = types.describe(structure) else { bail!("the kernel has no structure {structure}") };
    for line in lines {
        println!("{line}");
    }
    Ok(true)
}

fn types_of(vmlinuz: &Path) -> Result<Types> {
    let file = fs::read(vmlinuz).with_context(|| vmlinuz.display().to_string())?;
    let vmlinux = if file.starts_with(b"\x7fELF") { file } else { payload(&file)? };
    let elf = Elf::parse(&vmlinux)?;
    let section =
        elf.section_headers.iter().find(|section| elf.shdr_strtab.get_at(section.sh_name) == Some(".BTF"));
    let section = section.context("vmlinux has no .BTF: not built with CONFIG_DEBUG_INFO_BTF")?;
    let range = section.file_range().context(".BTF is empty")?;
    Types::parse(vmlinux.get(range).context(".BTF lies outside the file")?)
}

/// The vmlinux inside a vmlinuz, where it is compressed with xz as Debian's is (scripts/extract-vmlinux).
fn payload(vmlinuz: &[u8]) -> Result<Vec<u8>> {
    const MAGIC: &[u8] = b"\xfd7zXZ\0";
    let at = vmlinuz.windows(MAGIC.len()).position(|window| window == MAGIC).context("no xz payload")?;
    let mut vmlinux = Vec::new();
    XzReader::new(vmlinuz.get(at..).unwrap_or_default(), false).read_to_end(&mut vmlinux)?;
    Ok(vmlinux)
}
