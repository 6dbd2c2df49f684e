//! Per-CPU data: one section, `.data..percpu`, of which every CPU gets a copy, far away from the rest of
//! the module. The kernel does the same in `kernel/module/main.c, percpu_modalloc`.

use abi::{Errno, LoadError};
use bstr::BStr;
use elf::Module;

use crate::{Layout, MODULES_LEN, PAGE_SIZE, Placement, Position};

/// What the per-CPU data of a module needs, for each CPU.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PerCpu {
    /// How much; bytes. Zero where the module has none.
    pub size: u64,
    /// The alignment that the section asks for; bytes.
    pub wanted_alignment: u64,
}

impl PerCpu {
    pub(crate) fn of(module: &Module) -> PerCpu {
        let section = module.percpu.and_then(|number| module.sections.get(number));
        section.map_or(PerCpu::default(), |section| PerCpu {
            size: section.size,
            wanted_alignment: section.alignment.max(1),
        })
    }

    /// The alignment that it gets: a page at most.
    pub fn alignment(&self) -> u64 {
        self.wanted_alignment.clamp(1, PAGE_SIZE)
    }

    /// What the kernel prints of module `name` where it gets less alignment than it asks for.
    pub fn warning(&self, name: &BStr) -> Option<String> {
        let too_much = self.size != 0 && self.wanted_alignment > PAGE_SIZE;
        too_much.then(|| format!("{name}: per-cpu alignment {} > {PAGE_SIZE}", self.wanted_alignment))
    }

    /// The refusal where there is not enough per-CPU memory for the module `name`.
    pub fn could_not_allocate(&self, name: &BStr) -> LoadError {
        let message = format!("{name}: Could not allocate {} bytes percpu data", self.size);
        LoadError::new(Errno::ENOMEM, message)
    }
}

/// Places the per-CPU section at the start of the per-CPU part, which is all there is in it.
pub(crate) fn place(layout: &mut Layout, module: &Module) -> Result<(), LoadError> {
    if layout.percpu.size > MODULES_LEN {
        return Err(layout.percpu.could_not_allocate(module.this_module_name));
    }
    if let Some(placement) = module.percpu.and_then(|number| layout.placements.get_mut(number)) {
        *placement = Some(Placement { part: Position::PerCpu, offset: 0 });
    }
    Ok(())
}
