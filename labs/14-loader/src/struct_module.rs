//! What the kernel itself has written to a module's `struct module` by the time that relocations are applied, which find
//! their places taken there: `kernel/module/main.c`, load_module from layout_and_allocate to simplify_symbols.

use abi::{
    LoadError, Stricter,
    offsets::{module as fields, module_layout},
};
use elf::{Module, Rela, Section};
use goblin::elf::reloc::R_X86_64_NONE;
use layout::{Layout, PartLayout};
use vermagic::{Taint, Taints};

/// An address where the true one depends on what else there is in the kernel: a neighbour in a list, memory for a string.
const SOMEWHERE: u64 = 0xffff_8880_0101_0101;

/// A section, the fields for its address and for the number of its records, and their size in bytes
/// (`find_module_sections`).
const TABLES: [(&str, usize, Option<usize>, u64); 19] = [
    ("__param", fields::KP, Some(fields::NUM_KP), abi::offsets::kernel_param::SIZE as u64),
    ("__ksymtab", fields::SYMS, Some(fields::NUM_SYMS), abi::offsets::kernel_symbol::SIZE as u64),
    ("__kcrctab", fields::CRCS, None, 4),
    ("__ksymtab_gpl", fields::GPL_SYMS, Some(fields::NUM_GPL_SYMS), abi::offsets::kernel_symbol::SIZE as u64),
    ("__kcrctab_gpl", fields::GPL_CRCS, None, 4),
    (".noinstr.text", fields::NOINSTR_TEXT_START, Some(fields::NOINSTR_TEXT_SIZE), 1),
    ("__tracepoints_ptrs", fields::TRACEPOINTS_PTRS, Some(fields::NUM_TRACEPOINTS), 4),
    ("___srcu_struct_ptrs", fields::SRCU_STRUCT_PTRS, Some(fields::NUM_SRCU_STRUCTS), 8),
    ("__bpf_raw_tp_map", fields::BPF_RAW_EVENTS, Some(fields::NUM_BPF_RAW_EVENTS), 32),
    (".BTF", fields::BTF_DATA, Some(fields::BTF_DATA_SIZE), 1),
    ("__jump_table", fields::JUMP_ENTRIES, Some(fields::NUM_JUMP_ENTRIES), 16),
    ("_ftrace_events", fields::TRACE_EVENTS, Some(fields::NUM_TRACE_EVENTS), 8),
    ("_ftrace_eval_map", fields::TRACE_EVALS, Some(fields::NUM_TRACE_EVALS), 8),
    ("__trace_printk_fmt", fields::TRACE_BPRINTK_FMT_START, Some(fields::NUM_TRACE_BPRINTK_FMT), 8),
    ("__mcount_loc", fields::FTRACE_CALLSITES, Some(fields::NUM_FTRACE_CALLSITES), 8),
    (".kprobes.text", fields::KPROBES_TEXT_START, Some(fields::KPROBES_TEXT_SIZE), 1),
    ("_kprobe_blacklist", fields::KPROBE_BLACKLIST, Some(fields::NUM_KPROBE_BLACKLIST), 8),
    (".static_call_sites", fields::STATIC_CALL_SITES, Some(fields::NUM_STATIC_CALL_SITES), 8),
    ("__ex_table", fields::EXTABLE, Some(fields::NUM_EXENTRIES), 12),
];

/// Checks that relocations have filled in init and exit and no other field: the rest is the kernel's own, which goes by what
/// stands there (`post_relocation`, and whoever is told that the module comes).
///
/// # Errors
/// Stricter than 6.1: `ENOEXEC`.
pub(crate) fn check_relocations(module: &Module) -> Result<(), LoadError> {
    let own = [fields::INIT as u64, fields::EXIT as u64];
    let tables = module.relocation_tables().filter(|table| table.target == module.this_module);
    match tables
        .flat_map(|table| table.entries())
        .find(|rela| rela.kind != R_X86_64_NONE && !own.contains(&rela.offset))
    {
        None => Ok(()),
        Some(Rela { offset, .. }) => {
            let what = format!("{}: a relocation at {offset:#x} of struct module", module.this_module_name);
            Err(LoadError::stricter(Stricter::ThisModule, what))
        }
    }
}

/// A `struct module` that the kernel has begun to fill in.
#[derive(Debug)]
pub(crate) struct Filled<'m> {
    /// As the file has it.
    before: &'m [u8],
    /// The bytes that are no longer zero: where, and what.
    written: Vec<(usize, u8)>,
}

impl<'m> Filled<'m> {
    /// What the kernel has written for `module`, whose sections lie at `addresses`, and whose taints are `taints`.
    pub(crate) fn of(
        module: &Module<'m>,
        layout: &Layout,
        addresses: &[u64],
        taints: Taints,
    ) -> Option<Filled<'m>> {
        let before = module.sections.get(module.this_module)?.data;
        let at = *addresses.get(module.this_module)?;
        let core = at.wrapping_sub(layout.placement(module.this_module)?.offset);
        let mut filled = Filled { before, written: Vec::new() };
        filled.write(fields::STATE, 4, abi::ModuleState::Unformed as u64);
        for list in [fields::LIST, fields::PARAM_LOCK + 16, fields::SOURCE_LIST, fields::TARGET_LIST] {
            filled.write(list, 8, SOMEWHERE);
            filled.write(list + 8, 8, SOMEWHERE);
        }
        for (key, field) in [("version", fields::VERSION), ("srcversion", fields::SRCVERSION)] {
            if module.modinfo.get(key).is_some() {
                filled.write(field, 8, SOMEWHERE);
            }
        }
        filled.write_layout(fields::CORE_LAYOUT, &layout.core, core, at);
        filled.write_layout(fields::INIT_LAYOUT, &layout.init, core.wrapping_add(layout.core.size), at);
        filled.write_tree(layout.init.size > 0);
        filled.write(fields::TAINTS, 8, taints.bits().into());
        if layout.percpu.size > 0 {
            filled.write(fields::PERCPU, 8, SOMEWHERE);
            filled.write(fields::PERCPU_SIZE, 4, layout.percpu.size);
        }
        for (name, field, count, size) in TABLES {
            // The type information alone is found without being loaded (`any_section_objs`).
            let is_btf = |section: &Section| name == ".BTF" && section.name == name;
            let number = module.section_named(name).or_else(|| module.sections.iter().position(is_btf));
            let Some(number) = number else { continue };
            let (Some(section), Some(&address)) = (module.sections.get(number), addresses.get(number)) else {
                continue;
            };
            filled.write(field, 8, if address == 0 { SOMEWHERE } else { address });
            if let Some(count) = count {
                filled.write(count, 4, section.size / size);
            }
        }
        filled.write(fields::KLP, 1, taints.has(Taint::Livepatch).into());
        filled.write(fields::REFCNT, 4, 2); // MODULE_REF_BASE, and init's own
        Some(filled)
    }

    /// `struct module_layout`.
    fn write_layout(&mut self, field: usize, part: &PartLayout, base: u64, this_module: u64) {
        use module_layout::{BASE, END, MTN, RO_AFTER_INIT_SIZE, RO_SIZE, TEXT_SIZE};
        self.write(field + MTN, 8, this_module);
        if part.size == 0 {
            return;
        }
        self.write(field + BASE, 8, base);
        for (at, size) in [
            (END, part.size),
            (TEXT_SIZE, part.text_size),
            (RO_SIZE, part.ro_size),
            (RO_AFTER_INIT_SIZE, part.ro_after_init_size),
        ] {
            self.write(field + at, 4, size);
        }
    }

    /// The two parts in the tree in which an address finds its module, in both copies of it (`include/linux/rbtree_latch.h`):
    /// the core part is the root, which is black, and the init part, behind it in memory, its right child. What else is in
    /// the tree depends on the other modules.
    fn write_tree(&mut self, has_init: bool) {
        const PARENT_AND_COLOUR: usize = 8;
        const RIGHT: usize = 16;
        const BLACK: u64 = 1;
        for copy in [module_layout::MTN, module_layout::MTN + 24] {
            self.write(fields::CORE_LAYOUT + copy + PARENT_AND_COLOUR, 8, BLACK);
            if has_init {
                self.write(fields::CORE_LAYOUT + copy + RIGHT, 8, SOMEWHERE);
                self.write(fields::INIT_LAYOUT + copy + PARENT_AND_COLOUR, 8, SOMEWHERE);
            }
        }
    }

    fn write(&mut self, at: usize, width: usize, value: u64) {
        let bytes = value.to_le_bytes().into_iter().enumerate().take(width);
        self.written.extend(bytes.map(|(byte, value)| (at + byte, value)).filter(|&(_, value)| value != 0));
    }

    /// Puts it into the module's memory.
    pub(crate) fn put(&self, memory: &mut [u8]) {
        for &(at, value) in &self.written {
            memory.get_mut(at).into_iter().for_each(|byte| *byte = value);
        }
    }

    /// Takes it out again: this loader keeps all that in structures of its own.
    pub(crate) fn take(&self, memory: &mut [u8]) {
        for &(at, _) in &self.written {
            if let (Some(byte), Some(&before)) = (memory.get_mut(at), self.before.get(at)) {
                *byte = before;
            }
        }
    }
}
