//! The passes over the section table: text, read-only data, read-only after init, writable data, small data;
//! first for the core part, then for the init part. The kernel does the same in
//! `kernel/module/main.c, layout_sections`.

use abi::LoadError;
use elf::{Module, Section};
use goblin::elf::section_header::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE};

use crate::place::{module_get_offset, strict_align};
use crate::{Layout, PartLayout, Placement, Position};

const ALLOC: u64 = SHF_ALLOC as u64;
const EXECINSTR: u64 = SHF_EXECINSTR as u64;
const WRITE: u64 = SHF_WRITE as u64;

/// `SHF_RO_AFTER_INIT`, Linux's own flag for sections that only `init` writes to (include/linux/module.h).
pub const RO_AFTER_INIT: u64 = 0x0020_0000;

/// `ARCH_SHF_SMALL`: ia64 had data within reach of a short offset; x86-64 has none, so that the last pass
/// finds nothing that the others left.
const SMALL: u64 = 0;

// ANCHOR: passes
/// For each pass, the flags that a section must have, all of them, and those of which it must have none.
const PASSES: [(u64, u64); 5] = [
    (EXECINSTR | ALLOC, SMALL),
    (ALLOC, WRITE | SMALL),
    (RO_AFTER_INIT | ALLOC, SMALL),
    (WRITE | ALLOC, SMALL),
    (SMALL | ALLOC, 0),
];
// ANCHOR_END: passes

/// Sections that are made read-only after `init` although they do not say so themselves.
const RO_AFTER_INIT_NAMES: [&str; 2] = [".data..ro_after_init", "__jump_table"];

// ANCHOR: layout_sections
/// Places every section that is to be loaded, and has no place yet, into the core part or the init part.
pub(crate) fn layout_sections(layout: &mut Layout, module: &Module) -> Result<(), LoadError> {
    let flags = effective_flags(module);
    for part in [Position::Core, Position::Init] {
        for pass in 0..PASSES.len() {
            layout_pass(layout, module, &flags, part, pass)?;
            end_pass(layout.sizes(part), part, pass)?;
        }
    }
    Ok(())
}
// ANCHOR_END: layout_sections

/// Places the sections of one pass over one part (`Core` or `Init`), in file order: those whose `flags`, by section
/// number, are the ones that row `pass` of `PASSES` asks for, that belong to this part, and that have no place yet.
/// There is no pass 5, nor any behind it: nothing happens.
///
/// # Errors
/// `ENOMEM`, in silence, where the part has no room for them ([`module_get_offset`]).
pub fn layout_pass(
    layout: &mut Layout,
    module: &Module,
    flags: &[u64],
    part: Position,
    pass: usize,
) -> Result<(), LoadError> {
    // ANCHOR: task_layout_pass
    let Some(&(needed, unwanted)) = PASSES.get(pass) else { return Ok(()) };
    for (number, (section, flags)) in module.sections.iter().zip(flags).enumerate() {
        let wanted = flags & needed == needed && flags & unwanted == 0;
        if wanted && position(section) == part && layout.placement(number).is_none() {
            place(layout, part, number, section)?;
        }
    }
    Ok(())
    // ANCHOR_END: task_layout_pass
}

/// The flags that count for each section, by its number: those in the file, but for two changes.
///
/// 1. `SHF_ALLOC` is cleared for `.modinfo` and `__versions`, which are read
///    from the file and not loaded (`rewrite_section_headers`); and for the per-CPU section, which has a place of
///    its own (`layout_and_allocate`). `elf` has found them already: [`Module::modinfo_section`],
///    [`Module::versions`], [`Module::percpu`].
/// 2. [`RO_AFTER_INIT`] is set for the section that [`Module::section_named`] finds for each name in
///    `RO_AFTER_INIT_NAMES`; a module need not have them.
pub fn effective_flags(module: &Module) -> Vec<u64> {
    // ANCHOR: task_effective_flags
    let mut flags: Vec<u64> = module.sections.iter().map(|section| section.flags).collect();
    let dropped = [module.modinfo_section, module.versions, module.percpu];
    for number in dropped.into_iter().flatten() {
        flags.get_mut(number).into_iter().for_each(|flags| *flags &= !ALLOC);
    }
    for number in RO_AFTER_INIT_NAMES.iter().filter_map(|name| module.section_named(name)) {
        flags.get_mut(number).into_iter().for_each(|flags| *flags |= RO_AFTER_INIT);
    }
    flags
    // ANCHOR_END: task_effective_flags
}

/// The part that a section belongs to: by its name alone (`module_init_section`).
fn position(section: &Section) -> Position {
    if section.name.starts_with(b".init") { Position::Init } else { Position::Core }
}

/// Puts section `number` at the end of a part.
fn place(layout: &mut Layout, part: Position, number: usize, section: &Section) -> Result<(), LoadError> {
    let offset = module_get_offset(&mut layout.sizes(part).size, section.size, section.alignment)?;
    if let Some(placement) = layout.placements.get_mut(number) {
        *placement = Some(Placement { part, offset });
    }
    Ok(())
}

/// Ends a group of pages after pass `pass` over `part`, so that no page holds sections of two groups.
///
/// | pass | `sizes.size` | then |
/// |--:|---|---|
/// | 0 | rounded up to whole pages | is `text_size` |
/// | 1 | rounded up | is `ro_size` |
/// | 2, core | rounded up | is `ro_after_init_size` |
/// | 2, init | as it is | `ro_after_init_size` is `ro_size`: nothing of the part is left after init |
/// | 3 | as it is | writable and small data share their pages |
/// | 4 | rounded up | is the whole part |
///
/// # Errors
/// `ENOMEM`, in silence, where rounding up does not fit into 64 bits.
pub fn end_pass(sizes: &mut PartLayout, part: Position, pass: usize) -> Result<(), LoadError> {
    // ANCHOR: task_end_pass
    match (pass, part) {
        (2, Position::Init) => sizes.ro_after_init_size = sizes.ro_size,
        (3, _) => {}
        _ => strict_align(&mut sizes.size)?,
    }
    match (pass, part) {
        (0, _) => sizes.text_size = sizes.size,
        (1, _) => sizes.ro_size = sizes.size,
        (2, Position::Core) => sizes.ro_after_init_size = sizes.size,
        _ => {}
    }
    Ok(())
    // ANCHOR_END: task_end_pass
}
