//! What laying out a module yields: the parts with their sizes, and the place of each section in them.
//! `struct module_layout` in include/linux/module.h, and the offsets that the kernel hides in `sh_entsize`.

use abi::{
    LoadError,
    offsets::{module as fields, module_layout},
};
use elf::Module;

use crate::{PerCpu, module_enforce_rwx_sections, passes, percpu, symtab};

/// A page; bytes.
pub const PAGE_SIZE: u64 = 4096;

/// All the room that the kernel has for modules, which is the most that one part can take; bytes
/// (`arch/x86/include/asm/pgtable_64_types.h`, with CONFIG_RANDOMIZE_BASE).
pub const MODULES_LEN: u64 = 0x3f00_0000;

/// The part of a module's memory that a section belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Position {
    /// What stays as long as the module does.
    Core,
    /// What is freed once `init` has succeeded.
    Init,
    /// What every CPU has a copy of.
    PerCpu,
}

/// The place of one section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Placement {
    /// The part that it lies in.
    pub part: Position,
    /// Where it begins; bytes from the start of the part.
    pub offset: u64,
}

/// One part's sizes, in the order in which the groups of pages follow one another. Each figure is the end of
/// a group and the start of the next; bytes, whole pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PartLayout {
    /// The end of the instructions.
    pub text_size: u64,
    /// The end of the data that is never written to.
    pub ro_size: u64,
    /// The end of the data that only `init` writes to.
    pub ro_after_init_size: u64,
    /// The whole part.
    pub size: u64,
}

/// Where the parts of a module begin in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bases {
    /// The address of the core part; a multiple of [`PAGE_SIZE`].
    pub core: u64,
    /// The address of the init part; a multiple of [`PAGE_SIZE`].
    pub init: u64,
    /// The value of a per-CPU symbol with offset 0: what is added to a CPU's base to find its copy.
    pub percpu: u64,
}

/// The layout of a whole module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Layout {
    /// What stays.
    pub core: PartLayout,
    /// What is freed after `init`.
    pub init: PartLayout,
    /// What every CPU has a copy of.
    pub percpu: PerCpu,
    pub(crate) placements: Vec<Option<Placement>>,
}

impl Layout {
    /// The layout of `module` before anything in it has a place. The kernel counts in the `struct module` of the file, and
    /// goes on from what stands there: nothing, unless somebody has tampered with it.
    pub fn new(module: &Module) -> Layout {
        let this_module = module.sections.get(module.this_module).map(|section| section.data);
        let begun = |part: usize| {
            let field = this_module.and_then(|data| data.get(part + module_layout::END..)?.first_chunk());
            PartLayout {
                size: field.map_or(0, |size| u32::from_le_bytes(*size).into()),
                ..PartLayout::default()
            }
        };
        Layout {
            core: begun(fields::CORE_LAYOUT),
            init: begun(fields::INIT_LAYOUT),
            percpu: PerCpu::of(module),
            placements: vec![None; module.sections.len()],
        }
    }

    /// Lays `module` out, after the check that no section is both writable and executable.
    ///
    /// The symbol table is not placed: `kallsyms` keeps names outside the module's memory. But the room that
    /// the kernel takes for it at the end of both parts is counted, so that sizes are what `lsmod` shows.
    ///
    /// # Errors
    /// `ENOEXEC` with the kernel's words for a writable and executable section; `ENOMEM`, in silence, where
    /// a part grows beyond [`MODULES_LEN`] (so does the kernel, whose `vmalloc` fails).
    pub fn of(module: &Module) -> Result<Layout, LoadError> {
        module_enforce_rwx_sections(&module.sections, module.this_module_name)?;
        let mut layout = Layout::new(module);
        percpu::place(&mut layout, module)?;
        passes::layout_sections(&mut layout, module)?;
        symtab::layout_symtab(&mut layout, module)?;
        Ok(layout)
    }

    /// The sizes of the core part or of the init part.
    pub(crate) fn sizes(&mut self, part: Position) -> &mut PartLayout {
        if part == Position::Init { &mut self.init } else { &mut self.core }
    }

    /// The place of section number `section`; `None` where it is not loaded.
    pub fn placement(&self, section: usize) -> Option<Placement> {
        self.placements.get(section).copied().flatten()
    }

    /// The number and place of every section that is loaded, in file order.
    pub fn placements(&self) -> impl Iterator<Item = (usize, Placement)> {
        self.placements.iter().enumerate().filter_map(|(number, placement)| Some((number, (*placement)?)))
    }

    /// The address of every section where the parts begin at `bases`, by the section's number (the kernel
    /// writes it into `sh_addr`). Zero for sections that are not loaded.
    pub fn addresses(&self, bases: Bases) -> Vec<u64> {
        let address = |placement: &Option<Placement>| match placement {
            None => 0,
            Some(Placement { part: Position::Core, offset }) => bases.core.wrapping_add(*offset),
            Some(Placement { part: Position::Init, offset }) => bases.init.wrapping_add(*offset),
            Some(Placement { part: Position::PerCpu, offset }) => bases.percpu.wrapping_add(*offset),
        };
        self.placements.iter().map(address).collect()
    }
}
