//! A module whose init is never called: to see whether it links although what it needs does not live here.

use abi::offsets::module::INIT;
use elf::Module;

/// Takes away the relocation that puts init's address into `struct module`. What cannot be parsed stays as it is.
pub fn without_init(mut file: Vec<u8>) -> Vec<u8> {
    if let Some(at) = relocation_of_init(&file)
        && let Some(kind) = file.get_mut(at + 8..at + 12)
    {
        kind.fill(0); // R_X86_64_NONE
    }
    file
}

/// Where in the file that relocation lies.
fn relocation_of_init(file: &[u8]) -> Option<usize> {
    /// The size of an Elf64_Rela.
    const RELA: usize = 24;
    let module = Module::parse(file).ok()?;
    let table = module.relocation_tables().find(|table| table.target == module.this_module)?;
    let index = table.entries().position(|entry| entry.offset == INIT as u64)?;
    let section = module.sections.get(table.section)?;
    Some(section.offset as usize + index * RELA)
}
