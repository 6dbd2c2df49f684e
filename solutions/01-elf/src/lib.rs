//! Lab 01: a .ko opened, checked and described. Everything the loader does before it allocates a byte
//! (kernel/module/main.c, from module_sig_check to setup_load_info), and what kmod's `modinfo` prints.

mod any_elf;
mod der;
mod kmod_format;
mod load_info;
mod modinfo;
mod module;
mod pkcs7;
mod records;
mod relocation;
mod section;
mod signature;
pub mod stricter;
mod symbol;
mod validity;

pub use abi::{DECOMPRESSED_LIMIT, decompress, decompress_within};
pub use any_elf::AnyElf;
pub use kmod_format::{ModinfoStyle, modinfo_text};
pub use load_info::{LoadInfo, NO_NAME, setup_load_info};
pub use modinfo::Modinfo;
pub use module::Module;
pub use pkcs7::Signer;
pub use records::{Headers, cstr};
pub use relocation::{Rela, RelocationTable, relocation_tables};
pub use section::{Section, find_sec, sections};
pub use signature::{Signature, split_signature};
pub use symbol::{Symbol, symbols};
pub use validity::elf_validity_check;
