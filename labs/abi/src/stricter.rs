//! Where this course's loader refuses a module that Linux 6.1 would go on with. A module file is read in kernel
//! mode, on the word of root; 6.1 believes much of it, and newer kernels believe less. The book's page
//! `stricter-than-linux.md` is made from this list.

use std::fmt;

macro_rules! rules {
    ($($name:ident = $id:literal {
        refuses: $refuses:literal,
        unchecked: $unchecked:literal,
        hurts: $hurts:literal $(,)?
    })*) => {
        /// A rule by which this loader refuses what Linux 6.1 does not check. They stand in the order in which the
        /// loader comes to them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Stricter {
            $(#[doc = concat!("`", $id, "`: ", $refuses, ".")] $name,)*
        }

        impl Stricter {
            /// Every rule.
            pub const ALL: &[Stricter] = &[$(Stricter::$name,)*];

            /// The name by which a refusal's message cites the rule, such as `"relocation-place"`.
            pub const fn id(self) -> &'static str {
                match self { $(Stricter::$name => $id,)* }
            }

            /// What is refused: words that can follow "refuses".
            pub const fn refuses(self) -> &'static str {
                match self { $(Stricter::$name => $refuses,)* }
            }

            /// Where 6.1 uses it and does not check: a file of the kernel's source, a comma, and functions.
            pub const fn unchecked(self) -> &'static str {
                match self { $(Stricter::$name => $unchecked,)* }
            }

            /// What it can do to a kernel.
            pub const fn hurts(self) -> &'static str {
                match self { $(Stricter::$name => $hurts,)* }
            }
        }
    };
}

rules! {
    Class = "class" {
        refuses: "a file that says it is not 64-bit",
        unchecked: "kernel/module/main.c, elf_validity_check",
        hurts: "it is read as if it were, whatever it meant to be",
    }
    ByteOrder = "byte-order" {
        refuses: "a file that says it is not little-endian",
        unchecked: "kernel/module/main.c, elf_validity_check",
        hurts: "it is read as if it were, whatever it meant to be",
    }
    SectionName = "section-name" {
        refuses: "a section whose name lies outside the table of names, even if it is not loaded or has no bytes",
        unchecked: "kernel/module/main.c, find_sec, find_any_sec and layout_sections",
        hurts: "names of all sections are compared: a read outside the file",
    }
    NullSection = "null-section" {
        refuses: "a section of no kind (SHT_NULL) that asks to be loaded",
        unchecked: "kernel/module/main.c, move_module",
        hurts: "its range in the file was never checked, and it is copied all the same: a read outside the file",
    }
    Alignment = "alignment" {
        refuses: "a section to be loaded, symbols and their names included, whose alignment is no power of two, or 4 GiB and \
                  more",
        unchecked: "kernel/module/main.c, module_get_offset",
        hurts: "ALIGN() of anything but a power of two that fits into 32 bits makes sections overlap",
    }
    TotalSize = "total-size" {
        refuses: "sections to be loaded that need 3 GiB or more",
        unchecked: "kernel/module/main.c, module_get_offset",
        hurts: "sizes are added up in 32 bits: the sum wraps, too little is allocated, and the copy runs over its end",
    }
    Overlap = "overlap" {
        refuses: "a part of the file that shares bytes with the section headers or with struct module",
        unchecked: "kernel/module/main.c, rewrite_section_headers, layout_sections and move_module",
        hurts: "the kernel writes sections' addresses and the module's sizes into its copy of both: what was checked changes \
                afterwards",
    }
    StringTable = "string-table" {
        refuses: "names of symbols in a section without bytes, without a NUL at its end, or in the symbol table itself",
        unchecked: "kernel/module/main.c, simplify_symbols",
        hurts: "the last name does not end, or none of them lies in the file: a read outside it",
    }
    ThisModule = "this-module" {
        refuses: "a .gnu.linkonce.this_module without bytes, shorter than struct module, not writable, with a name that has \
                  no end, or of which a relocation fills in another field than init and exit",
        unchecked: "kernel/module/main.c, setup_load_info, load_module and post_relocation",
        hurts: "it is used as a struct module all the same: reads and writes outside of it, or to read-only memory",
    }
    Modinfo = "modinfo" {
        refuses: "a .modinfo without bytes, or without a NUL at its end",
        unchecked: "kernel/module/main.c, get_modinfo",
        hurts: "the last value does not end, or none of them lies in the file: a read outside it",
    }
    Versions = "versions" {
        refuses: "a __versions without bytes",
        unchecked: "kernel/module/version.c, check_version",
        hurts: "it is read all the same, from wherever its offset leads",
    }
    SymbolName = "symbol-name" {
        refuses: "a symbol whose name lies outside the string table",
        unchecked: "kernel/module/main.c, simplify_symbols; kernel/module/kallsyms.c, layout_symtab",
        hurts: "the name is read all the same: a read outside the file",
    }
    SymbolValue = "symbol-value" {
        refuses: "a symbol that lies outside the section it belongs to",
        unchecked: "kernel/module/main.c, simplify_symbols",
        hurts: "whatever refers to it reads, writes or jumps outside the module",
    }
    RelocationTarget = "relocation-target" {
        refuses: "relocations of the symbols or of their names",
        unchecked: "kernel/module/main.c, apply_relocations",
        hurts: "layout_symtab has both loaded, so the symbols are patched while they are being used",
    }
    RelocationSymbol = "relocation-symbol" {
        refuses: "a relocation by a symbol that does not exist",
        unchecked: "arch/x86/kernel/module.c, apply_relocate_add",
        hurts: "the value is read from beyond the end of the table",
    }
    RelocationPlace = "relocation-place" {
        refuses: "a relocation of a place outside the section to be patched",
        unchecked: "arch/x86/kernel/module.c, apply_relocate_add",
        hurts: "it is written there: any memory of the kernel",
    }
    LivePatch = "live-patch" {
        refuses: "relocations for live patching (SHF_RELA_LIVEPATCH)",
        unchecked: "kernel/livepatch/core.c, klp_apply_section_relocs",
        hurts: "nothing where the patch is right: this loader has no kernel that could be patched",
    }
    Export = "export" {
        refuses: "an export whose name or namespace is no string in the module's memory",
        unchecked: "kernel/module/main.c, verify_exported_symbols",
        hurts: "the name is followed wherever it leads, now and whenever anybody looks for a symbol",
    }
    ExportCrc = "export-crc" {
        refuses: "exports of which some have a CRC and others none",
        unchecked: "kernel/module/main.c, find_exported_symbol_in_section",
        hurts: "the missing CRCs are read from behind the table",
    }
    Parameter = "parameter" {
        refuses: "a parameter whose name is no string in the module's memory",
        unchecked: "kernel/params.c, parse_one and module_param_sysfs_setup",
        hurts: "the name is compared and copied wherever it leads",
    }
    EntryPoint = "entry-point" {
        refuses: "an init that lies outside the module's instructions, or an exit outside those that stay",
        unchecked: "kernel/module/main.c, do_init_module and delete_module",
        hurts: "it is called: a jump into data, or to any address",
    }
    PatchSite = "patch-site" {
        refuses: "a record of an instruction to be patched (.parainstructions, .retpoline_sites, .return_sites, \
                  .altinstructions, .static_call_sites) that lies outside the module's instructions, or is patched with \
                  what does not exist",
        unchecked: "arch/x86/kernel/alternative.c, apply_paravirt, apply_retpolines, apply_returns and \
                    apply_alternatives; arch/x86/kernel/static_call.c, __static_call_validate",
        hurts: "the instruction is read, and most often written to, wherever that is; what is none is a BUG",
    }
    PointerTable = "pointer-table" {
        refuses: "a pointer out of the module's memory in _ftrace_events, _ftrace_eval_map or ___srcu_struct_ptrs",
        unchecked: "kernel/trace/trace_events.c, trace_module_add_events and trace_event_update_all; kernel/rcu/srcutree.c, \
                    srcu_module_coming",
        hurts: "it is followed, and what it leads to is written to",
    }
    Branch = "branch" {
        refuses: "a record of __jump_table whose instruction is none that the compiler makes, or one of it or of \
                  .static_call_sites whose key is nowhere",
        unchecked: "kernel/jump_label.c, jump_label_add_module; arch/x86/kernel/jump_label.c, __jump_label_patch; \
                    kernel/static_call_inline.c, __static_call_init",
        hurts: "a wild key is followed and written to; a wrong instruction is a BUG",
    }
}

impl Stricter {
    /// How the message of such a refusal begins; the rule's id and a colon follow.
    pub const PREFIX: &str = "stricter than Linux 6.1, ";

    /// The rule with this `id`.
    pub fn from_id(id: &str) -> Option<Stricter> {
        Stricter::ALL.iter().copied().find(|rule| rule.id() == id)
    }
}

impl fmt::Display for Stricter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_is_found_by_an_id_of_its_own_and_says_all_there_is_to_say() {
        for &rule in Stricter::ALL {
            assert_eq!(Stricter::from_id(rule.id()), Some(rule), "{rule}: its id is another's");
            for words in [rule.refuses(), rule.unchecked(), rule.hurts()] {
                assert!(!words.is_empty() && !words.ends_with('.'), "{rule}: {words:?}");
            }
            let (file, function) = rule.unchecked().split_once(", ").expect("a file, and functions");
            assert!(file.ends_with(".c") && !function.is_empty(), "{rule}: {:?}", rule.unchecked());
        }
    }
}
