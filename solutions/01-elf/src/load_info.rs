//! Finding one's way about a sound file: the name, the symbols, `struct module`, the versions.
//! kernel/module/main.c, setup_load_info.

use abi::offsets::module as struct_module;
use abi::{Errno, LoadError};
use bstr::{BStr, ByteSlice};
use goblin::elf::section_header::SHT_SYMTAB;

use crate::modinfo::Modinfo;
use crate::section::{Section, find_sec};

/// What the kernel calls a module whose name it does not know.
pub const NO_NAME: &str = "(missing .modinfo section or name field)";

/// `char name[MODULE_NAME_LEN]` in `struct module`, include/linux/module.h: 64 less a pointer.
pub const MODULE_NAME_LEN: usize = 56;

/// The sections that the loader needs by number (`struct load_info`, kernel/module/internal.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LoadInfo<'a> {
    /// What messages call the module: `name=` in `.modinfo`, else the name in `struct module`.
    pub name: &'a BStr,
    /// The name in `struct module`, by which the module is known once it is loaded.
    pub this_module_name: &'a BStr,
    /// The first symbol table.
    pub symbol_table: usize,
    /// The strings of its symbols' names.
    pub string_table: usize,
    /// `.gnu.linkonce.this_module`, which holds `struct module`.
    pub this_module: usize,
    /// `.modinfo`.
    pub modinfo: Option<usize>,
    /// `__versions`: the CRC of each symbol that the module was built against.
    pub versions: Option<usize>,
    /// `.data..percpu`.
    pub percpu: Option<usize>,
}

impl LoadInfo<'_> {
    /// The sections that say ALLOC in the file and that the kernel does not load with the others.
    pub fn kept_out(&self) -> [Option<usize>; 3] {
        [self.modinfo, self.versions, self.percpu]
    }
}

/// Finds what every later step needs, in this order:
///
/// 1. `.modinfo`, by [`find_sec`], and in its bytes the name: the first value of the key `name`. Either may
///    be missing. What the messages below call the module is this name, or [`NO_NAME`].
/// 2. The symbol table: the first section of type [`SHT_SYMTAB`], whatever it is called. Its names are in
///    the section that its `link` tells.
/// 3. `.gnu.linkonce.this_module`, by `find_sec`; `name_in_struct_module` reads the name in it.
/// 4. Where `.modinfo` has no name, the name is that in `struct module`, be it empty.
/// 5. `__versions` and `.data..percpu`, by `find_sec`. Either may be missing.
///
/// # Errors
/// ENOEXEC without a symbol table (`{name}: module has no symbols (stripped?)`), and then without
/// `struct module` (`{name}: No module found in object`).
pub fn setup_load_info<'a>(sections: &[Section<'a>]) -> Result<LoadInfo<'a>, LoadError> {
    // ANCHOR: task_setup_load_info
    let modinfo = find_sec(sections, ".modinfo");
    let name = modinfo.and_then(|number| Modinfo::new(sections.get(number)?.data).get("name"));
    let refuse = |what: &str| {
        let name = name.unwrap_or(BStr::new(NO_NAME));
        Err(LoadError::new(Errno::ENOEXEC, format!("{name}: {what}")))
    };

    let Some(symbol_table) = sections.iter().position(|section| section.kind == SHT_SYMTAB) else {
        return refuse("module has no symbols (stripped?)");
    };
    let string_table = sections.get(symbol_table).map_or(0, |symbols| symbols.link as usize);
    let Some(this_module) = find_sec(sections, ".gnu.linkonce.this_module") else {
        return refuse("No module found in object");
    };

    let this_module_name = sections.get(this_module).map(name_in_struct_module).unwrap_or_default();
    Ok(LoadInfo {
        name: name.unwrap_or(this_module_name),
        this_module_name,
        symbol_table,
        string_table,
        this_module,
        modinfo,
        versions: find_sec(sections, "__versions"),
        percpu: find_sec(sections, ".data..percpu"),
    })
    // ANCHOR_END: task_setup_load_info
}

/// The name in `struct module`, up to its NUL; empty where the section is too short for one.
fn name_in_struct_module<'a>(this_module: &Section<'a>) -> &'a BStr {
    let field = this_module.data.get(struct_module::NAME..struct_module::NAME + MODULE_NAME_LEN);
    let name = field.and_then(|field| field.split_str("\0").next());
    name.map(BStr::new).unwrap_or_default()
}
