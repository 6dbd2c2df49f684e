//! For each rule that our loader has and Linux 6.1 has not ([`Stricter`]): files that break it and no other, made
//! from a sound module by changing a few fields, and what a real kernel did with them.

use abi::offsets::{kernel_param, kernel_symbol, module as struct_module};
use abi::{Errno, Stricter};

use super::{
    draft::{Draft, Part, RECORD},
    unsigned,
};
use crate::{R_X86_64_64, SHF_WRITE, SHT_NOBITS, SHT_NULL, SHT_RELA, header, section};

/// The kernel that was asked what it does with each case: Debian's, with the course's own modules built for it.
pub const ASKED: &str = abi::RELEASE;

/// What a kernel did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It took the module, and nothing was to be seen.
    Loads,
    /// It refused the module after all, for another reason.
    Refuses(Errno),
    /// It died of an oops.
    Dies,
}

/// A way to break one rule.
pub struct Case {
    /// The rule.
    pub rule: Stricter,
    /// A name of its own, fit for a file's: it begins with the rule's.
    pub name: &'static str,
    /// The module of the course that the kernel [`ASKED`] got, broken in this way.
    pub base: &'static str,
    /// What is wrong with the file, in a few words.
    pub about: &'static str,
    /// What the kernel [`ASKED`] did with it when it was inserted and not removed.
    pub seen: Seen,
    /// What the answer means, or what can be seen in the log.
    pub note: &'static str,
    apply: fn(&mut Draft) -> Option<String>,
}

/// A file that breaks a rule.
#[derive(Debug)]
pub struct Specimen {
    /// The way in which it does.
    pub case: &'static Case,
    /// What was changed, as `FIELD: BEFORE became AFTER`; more than one are separated by semicolons.
    pub what: String,
    /// The file.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl Case {
    /// Every case, in the order of the rules.
    pub fn all() -> &'static [Case] {
        CASES
    }

    /// The sound module `file` broken in this way; `None` where it has nothing that could be. A signature is cut off
    /// first.
    pub fn of(&'static self, file: &[u8]) -> Option<Specimen> {
        let mut draft = Draft::new(unsigned(file).to_vec());
        let what = (self.apply)(&mut draft)?;
        Some(Specimen { case: self, what, bytes: draft.into_bytes() })
    }
}

/// The sound module `file` broken in every way in which it can be.
pub fn specimens(file: &[u8]) -> impl Iterator<Item = Specimen> {
    CASES.iter().filter_map(|case| case.of(file))
}

/// An offset in the file, an address or a length that leads far away from everything.
const FAR: u64 = 1 << 40;

/// `SHF_RELA_LIVEPATCH`, include/uapi/linux/elf.h.
const SHF_RELA_LIVEPATCH: u64 = 0x0010_0000;

const THIS_MODULE: &str = ".gnu.linkonce.this_module";

const CASES: &[Case] = &[
    Case {
        rule: Stricter::Class,
        name: "class",
        base: "hello",
        about: "it says that it is a 32-bit file",
        seen: Seen::Loads,
        note: "it does not ask",
        apply: |draft| draft.set("e_ident[EI_CLASS]", header::CLASS, 1, 1),
    },
    Case {
        rule: Stricter::ByteOrder,
        name: "byte-order",
        base: "hello",
        about: "it says that it is a big-endian file",
        seen: Seen::Loads,
        note: "it does not ask",
        apply: |draft| draft.set("e_ident[EI_DATA]", header::DATA, 1, 2),
    },
    Case {
        rule: Stricter::SectionName,
        name: "section-name",
        base: "hello",
        about: "the name of .bss lies 2 GiB behind the table of names",
        seen: Seen::Dies,
        note: "in find_sec, which compares the name",
        apply: |draft| {
            let bss = draft.parts().iter().find(|part| part.kind == SHT_NOBITS && part.is_alloc())?.clone();
            field(draft, &bss, "sh_name", section::NAME, 4, 0x7fff_0000)
        },
    },
    Case {
        rule: Stricter::NullSection,
        name: "null-section",
        base: "hello",
        about: "a section to be loaded has no kind, and an offset far behind the file's end",
        seen: Seen::Dies,
        note: "in move_module, which copies the section",
        apply: |draft| {
            let kept_out = [".modinfo", "__versions", THIS_MODULE];
            let is_plain =
                |part: &&Part| part.is_alloc() && part.has_bytes() && !kept_out.contains(&part.name.as_str());
            let part = draft.parts().iter().find(is_plain)?.clone();
            without_bytes(draft, &part, SHT_NULL)
        },
    },
    Case {
        rule: Stricter::Alignment,
        name: "alignment",
        base: "abacus",
        about: "struct module is to be aligned to 4 GiB",
        seen: Seen::Dies,
        note: "in verify_exported_symbols: struct module was put over the text, and the rest behind the memory's end",
        apply: |draft| {
            let part = draft.named(THIS_MODULE)?;
            field(draft, &part, "sh_addralign", section::ALIGN, 8, 1 << 32)
        },
    },
    Case {
        rule: Stricter::TotalSize,
        name: "total-size",
        base: "hello",
        about: "the size of .bss wraps the sum of all sizes around",
        seen: Seen::Dies,
        note: "in move_module, which copies a section behind the memory's end",
        apply: |draft| {
            let bss = draft.named(".bss")?;
            sh_size(draft, &bss, 0xffff_e000)
        },
    },
    Case {
        rule: Stricter::Overlap,
        name: "overlap",
        base: "hello",
        about: "a relocation is part of a section's header, in which the section's address changes its place",
        seen: Seen::Dies,
        note: "in apply_relocate_add, which looks whether the place is empty",
        apply: overlap,
    },
    Case {
        rule: Stricter::StringTable,
        name: "string-table",
        base: "hello",
        about: "the NUL of the last symbol's name lies behind the section's end",
        seen: Seen::Loads,
        note: "the kernel's memory is zero behind the names",
        apply: |draft| {
            let strings = draft.part(draft.symbol_table()?.link)?.clone();
            sh_size(draft, &strings, strings.size.checked_sub(1)? as u64)
        },
    },
    Case {
        rule: Stricter::StringTable,
        name: "string-table-nobits",
        base: "hello",
        about: "the names of the symbols have no bytes, and an offset far behind the file's end",
        seen: Seen::Dies,
        note: "in layout_symtab, which measures the names",
        apply: |draft| {
            let strings = draft.part(draft.symbol_table()?.link)?.clone();
            without_bytes(draft, &strings, SHT_NOBITS)
        },
    },
    Case {
        rule: Stricter::ThisModule,
        name: "this-module-short",
        base: "hello",
        about: "struct module has 64 bytes instead of 896",
        seen: Seen::Dies,
        note: "in add_kallsyms: what was laid out behind the 64 bytes is part of struct module",
        apply: |draft| {
            let part = draft.named(THIS_MODULE)?;
            sh_size(draft, &part, 64)
        },
    },
    Case {
        rule: Stricter::ThisModule,
        name: "this-module-read-only",
        base: "hello",
        about: "struct module is not writable",
        seen: Seen::Dies,
        note: "in load_module, at the first write once the pages are protected",
        apply: |draft| {
            let part = draft.named(THIS_MODULE)?;
            field(draft, &part, "sh_flags", section::FLAGS, 8, part.flags & !SHF_WRITE)
        },
    },
    Case {
        rule: Stricter::ThisModule,
        name: "this-module-nobits",
        base: "hello",
        about: "struct module has no bytes, and an offset far behind the file's end",
        seen: Seen::Dies,
        note: "in load_module, which prints the module's name",
        apply: |draft| {
            let part = draft.named(THIS_MODULE)?;
            without_bytes(draft, &part, SHT_NOBITS)
        },
    },
    Case {
        rule: Stricter::ThisModule,
        name: "this-module-relocation",
        base: "hello",
        about: "a relocation fills in the number of fix-ups instead of exit",
        seen: Seen::Dies,
        note: "in sort_extable, which sorts a table that is not there",
        apply: |draft| {
            let record = draft.relocation_of(draft.named(THIS_MODULE)?.number, struct_module::EXIT)?;
            draft.set("the relocation of exit, r_offset", record, 8, 301)
        },
    },
    Case {
        rule: Stricter::Modinfo,
        name: "modinfo",
        base: "hello",
        about: "the NUL of the last value in .modinfo lies behind the section's end",
        seen: Seen::Loads,
        note: "the NUL is still there",
        apply: |draft| {
            let part = draft.named(".modinfo")?;
            sh_size(draft, &part, part.size.checked_sub(1)? as u64)
        },
    },
    Case {
        rule: Stricter::Modinfo,
        name: "modinfo-nobits",
        base: "hello",
        about: ".modinfo has no bytes, and an offset far behind the file's end",
        seen: Seen::Dies,
        note: "in get_modinfo",
        apply: |draft| {
            let part = draft.named(".modinfo")?;
            without_bytes(draft, &part, SHT_NOBITS)
        },
    },
    Case {
        rule: Stricter::Versions,
        name: "versions",
        base: "hello",
        about: "__versions has no bytes, and an offset far behind the file's end",
        seen: Seen::Dies,
        note: "in check_version, which compares the first name",
        apply: |draft| {
            let part = draft.named("__versions")?;
            without_bytes(draft, &part, SHT_NOBITS)
        },
    },
    Case {
        rule: Stricter::SymbolName,
        name: "symbol-name",
        base: "hello",
        about: "the name of the last symbol lies 2 GiB behind the table of strings",
        seen: Seen::Dies,
        note: "in find_symbol, which compares the name",
        apply: |draft| {
            let table = draft.symbol_table()?;
            let last = (table.size / RECORD).checked_sub(1)?;
            draft.set(format!("symbol {last}, st_name"), table.offset + last * RECORD, 4, 0x7fff_0000)
        },
    },
    Case {
        rule: Stricter::SymbolValue,
        name: "symbol-value",
        base: "hello",
        about: "the symbol that init is set to lies a mebibyte behind its section",
        seen: Seen::Dies,
        note: "in do_one_initcall: init is called where nothing is",
        apply: |draft| {
            let record = draft.relocation_of(draft.named(THIS_MODULE)?.number, struct_module::INIT)?;
            let symbol = draft.number(record + 12, 4)? as usize;
            let name = draft.symbol_name(symbol)?;
            draft.set(
                format!("{name}, st_value"),
                draft.symbol_table()?.offset + symbol * RECORD + 8,
                8,
                1 << 20,
            )
        },
    },
    Case {
        rule: Stricter::RelocationTarget,
        name: "relocation-target",
        base: "hello",
        about: "a relocation gives a value to the symbol that stands for none",
        seen: Seen::Loads,
        note: "nobody used that symbol afterwards",
        apply: |draft| {
            let table = draft.relocations_for(draft.named(THIS_MODULE)?.number)?;
            let symbols = draft.symbol_table()?.number as u64;
            let info = field(draft, &table, "sh_info", section::INFO, 4, symbols)?;
            let size = sh_size(draft, &table, RECORD as u64)?;
            let place = draft.set("its only record, r_offset", table.offset, 8, 8)?;
            Some(format!("{info}; {size}; {place}"))
        },
    },
    Case {
        rule: Stricter::RelocationSymbol,
        name: "relocation-symbol",
        base: "hello",
        about: "a relocation by symbol number 2147483647",
        seen: Seen::Dies,
        note: "in apply_relocate_add, which reads the symbol's value",
        apply: |draft| {
            let (title, record) = relocation(draft)?;
            draft.set(format!("{title}, r_info, symbol"), record + 12, 4, 0x7fff_ffff)
        },
    },
    Case {
        rule: Stricter::RelocationPlace,
        name: "relocation-place",
        base: "hello",
        about: "a relocation of a place a tebibyte behind its section",
        seen: Seen::Dies,
        note: "in apply_relocate_add, which looks whether the place is empty",
        apply: |draft| {
            let (title, record) = relocation(draft)?;
            draft.set(format!("{title}, r_offset"), record, 8, FAR)
        },
    },
    Case {
        rule: Stricter::LivePatch,
        name: "live-patch",
        base: "hello",
        about: "relocations of vmlinux for live patching, none of them",
        seen: Seen::Loads,
        note: "there is nothing to patch",
        apply: |draft| {
            let table = draft.relocations_for(draft.named(THIS_MODULE)?.number)?;
            let flags = table.flags | SHF_RELA_LIVEPATCH;
            let flags = field(draft, &table, "sh_flags", section::FLAGS, 8, flags)?;
            let size = sh_size(draft, &table, 0)?;
            let name = draft.rename(&table, ".klp.rela.vmlinux..gnu.linkonce.this_module")?;
            Some(format!("{flags}; {size}; {name}"))
        },
    },
    Case {
        rule: Stricter::Export,
        name: "export",
        base: "abacus",
        about: "the name of an export lies half a gibibyte behind it",
        seen: Seen::Dies,
        note: "in verify_exported_symbols, which looks for the name",
        apply: |draft| addend(draft, "__ksymtab", kernel_symbol::NAME, 1 << 29),
    },
    Case {
        rule: Stricter::Export,
        name: "export-namespace",
        base: "abacus",
        about: "the namespace of an export lies half a gibibyte behind it",
        seen: Seen::Loads,
        note: "it is read when somebody uses the export",
        apply: |draft| addend(draft, "__ksymtab", kernel_symbol::NAMESPACE, 1 << 29),
    },
    Case {
        rule: Stricter::ExportCrc,
        name: "export-crc",
        base: "abacus",
        about: "the table of CRCs is one short",
        seen: Seen::Loads,
        note: "the last export's CRC is whatever lies behind the table",
        apply: |draft| {
            let crcs = draft.named("__kcrctab")?;
            sh_size(draft, &crcs, crcs.size.checked_sub(4)? as u64)
        },
    },
    Case {
        rule: Stricter::Parameter,
        name: "parameter",
        base: "settings",
        about: "the name of a parameter lies a tebibyte behind its place",
        seen: Seen::Dies,
        note: "in module_param_sysfs_setup, which makes a file of that name",
        apply: |draft| addend(draft, "__param", kernel_param::NAME, FAR),
    },
    Case {
        rule: Stricter::EntryPoint,
        name: "entry-point-init",
        base: "hello",
        about: "init lies a mebibyte behind its place",
        seen: Seen::Dies,
        note: "in do_one_initcall: init is called where nothing is",
        apply: |draft| addend(draft, THIS_MODULE, struct_module::INIT, 1 << 20),
    },
    Case {
        rule: Stricter::EntryPoint,
        name: "entry-point-exit",
        base: "hello",
        about: "exit lies a mebibyte behind its place",
        seen: Seen::Loads,
        note: "it dies when the module is removed",
        apply: |draft| addend(draft, THIS_MODULE, struct_module::EXIT, 1 << 20),
    },
    Case {
        rule: Stricter::PatchSite,
        name: "patch-site",
        base: "hello",
        about: "the table of returns holds text",
        seen: Seen::Dies,
        note: "in insn_decode, which reads where the first one leads",
        apply: |draft| holds_text(draft, ".return_sites", 4),
    },
    Case {
        rule: Stricter::PatchSite,
        name: "patch-site-retpolines",
        base: "hello",
        about: "the table of indirect branches holds text",
        seen: Seen::Dies,
        note: "in insn_decode, which reads where the first one leads",
        apply: |draft| holds_text(draft, ".retpoline_sites", 4),
    },
    Case {
        rule: Stricter::PatchSite,
        name: "patch-site-paravirt",
        base: "hello",
        about: "the table of paravirt calls holds text",
        seen: Seen::Dies,
        note: "in apply_paravirt, which copies the instruction",
        apply: |draft| holds_text(draft, ".parainstructions", 16),
    },
    Case {
        rule: Stricter::PatchSite,
        name: "patch-site-alternatives",
        base: "hello",
        about: "the table of alternatives holds text",
        seen: Seen::Dies,
        note: "in apply_alternatives: a BUG, because there is no such feature",
        apply: |draft| holds_text(draft, ".altinstructions", 12),
    },
    Case {
        rule: Stricter::PatchSite,
        name: "patch-site-static-calls",
        base: "hello",
        about: "the table of static calls holds text",
        seen: Seen::Dies,
        note: "in __static_call_init, which follows the key",
        apply: |draft| holds_text(draft, ".static_call_sites", 8),
    },
    Case {
        rule: Stricter::PointerTable,
        name: "pointer-table",
        base: "hello",
        about: "the table of trace events holds text",
        seen: Seen::Dies,
        note: "in trace_module_add_events, which follows the pointer",
        apply: |draft| holds_text(draft, "_ftrace_events", 8),
    },
    Case {
        rule: Stricter::PointerTable,
        name: "pointer-table-evals",
        base: "hello",
        about: "the table of names for tracing holds text",
        seen: Seen::Loads,
        note: "the names are looked up for the trace events of the module, and it has none",
        apply: |draft| holds_text(draft, "_ftrace_eval_map", 8),
    },
    Case {
        rule: Stricter::PointerTable,
        name: "pointer-table-srcu",
        base: "hello",
        about: "the table of SRCU domains holds text",
        seen: Seen::Dies,
        note: "in init_srcu_struct_fields, which writes there",
        apply: |draft| holds_text(draft, "___srcu_struct_ptrs", 8),
    },
    Case {
        rule: Stricter::Branch,
        name: "branch",
        base: "hello",
        about: "the table of branches holds text",
        seen: Seen::Dies,
        note: "in jump_label_add_module, which follows the key",
        apply: |draft| {
            let part = draft.named(".rodata.str1.1").filter(|part| part.size >= 16)?;
            let flags = field(draft, &part, "sh_flags", section::FLAGS, 8, part.flags | SHF_WRITE)?;
            Some(format!("{flags}; {}", draft.rename(&part, "__jump_table")?))
        },
    },
];

/// Gives a section header another sh_size.
fn sh_size(draft: &mut Draft, part: &Part, size: u64) -> Option<String> {
    field(draft, part, "sh_size", section::SIZE, 8, size)
}

/// Changes one field of a section's header.
fn field(draft: &mut Draft, part: &Part, name: &str, at: usize, width: usize, to: u64) -> Option<String> {
    draft.set(format!("{}, {name}", part.title()), part.header + at, width, to)
}

/// Takes a section's bytes away: its kind becomes one whose range in the file nobody checks.
fn without_bytes(draft: &mut Draft, part: &Part, kind: u32) -> Option<String> {
    let kind = field(draft, part, "sh_type", section::TYPE, 4, kind.into())?;
    let offset = field(draft, part, "sh_offset", section::OFFSET, 8, FAR)?;
    Some(format!("{kind}; {offset}"))
}

/// The first relocation of a section that is loaded: its title, and where its record lies.
fn relocation(draft: &Draft) -> Option<(String, usize)> {
    let is_loaded = |part: &&Part| draft.part(part.info).is_some_and(Part::is_alloc);
    let is_table = |part: &&Part| part.kind == SHT_RELA && part.size >= RECORD;
    let table = draft.parts().iter().filter(is_table).find(is_loaded)?;
    Some((format!("relocation 0 of {}", draft.part(table.info)?.name), table.offset))
}

/// Changes what is added in the relocation of the place `offset` of a section.
fn addend(draft: &mut Draft, name: &str, offset: usize, to: u64) -> Option<String> {
    let target = draft.named(name)?.number;
    let record = draft.relocation_of(target, offset)?;
    draft.set(format!("the relocation of {name}+{offset:#x}, r_addend"), record + 16, 8, to)
}

/// Gives the strings of the module's text the name of a table of at least one record.
fn holds_text(draft: &mut Draft, table: &str, record: usize) -> Option<String> {
    let part = draft.named(".rodata.str1.1").filter(|part| part.size >= record)?;
    draft.rename(&part, table)
}

/// Lays a record of a relocation over the header of `.bss`, so that the section's address, which the kernel writes there,
/// is its `r_offset`, and the offset in the file, which nobody reads, its `r_info`.
fn overlap(draft: &mut Draft) -> Option<String> {
    let bss = draft.named(".bss")?;
    let table = draft.relocations_for(draft.named(THIS_MODULE)?.number)?;
    let record = (bss.header + section::ADDR) as u64;
    let info = field(draft, &bss, "sh_offset", section::OFFSET, 8, R_X86_64_64.into())?;
    let offset = field(draft, &table, "sh_offset", section::OFFSET, 8, record)?;
    let size = sh_size(draft, &table, RECORD as u64)?;
    Some(format!("{info}; {offset}; {size}"))
}
