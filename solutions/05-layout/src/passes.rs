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

/// Linux's own flag for sections that only `init` writes to (include/linux/module.h).
const RO_AFTER_INIT: u64 = 0x0020_0000;

/// `ARCH_SHF_SMALL`: ia64 had data within reach of a short offset; x86-64 has none, so that the last pass
/// finds nothing that the others left.
const SMALL: u64 = 0;

/// For each pass, the flags that a section must have, and those that it must not have.
const PASSES: [(u64, u64); 5] = [
    (EXECINSTR | ALLOC, SMALL),
    (ALLOC, WRITE | SMALL),
    (RO_AFTER_INIT | ALLOC, SMALL),
    (WRITE | ALLOC, SMALL),
    (SMALL | ALLOC, 0),
];

/// Sections that are made read-only after `init` although they do not say so themselves.
const RO_AFTER_INIT_NAMES: [&str; 2] = [".data..ro_after_init", "__jump_table"];

/// Places every section that is to be loaded, and has no place yet, into the core part or the init part.
pub(crate) fn layout_sections(layout: &mut Layout, module: &Module) -> Result<(), LoadError> {
    let flags = effective_flags(module);
    for part in [Position::Core, Position::Init] {
        for pass in 0..PASSES.len() {
            layout_pass(layout, module, &flags, part, pass)?;
            end_pass(layout, part, pass)?;
        }
    }
    Ok(())
}

// ANCHOR: layout_pass
/// Places the sections of one pass over one part, in file order.
fn layout_pass(
    layout: &mut Layout,
    module: &Module,
    flags: &[u64],
    part: Position,
    pass: usize,
) -> Result<(), LoadError> {
    // ANCHOR: task_layout_pass
    let (needed, unwanted) = PASSES.get(pass).copied().unwrap_or_default();
    for (number, (section, flags)) in module.sections.iter().zip(flags).enumerate() {
        let wanted = flags & needed == needed && flags & unwanted == 0;
        if wanted && position(section) == part && layout.placement(number).is_none() {
            place(layout, part, number, section)?;
        }
    }
    Ok(())
    // ANCHOR_END: task_layout_pass
}
// ANCHOR_END: layout_pass

/// The flags that count: `.modinfo` and `__versions` are read from the file and not loaded, and what is
/// per-CPU has a place already.
fn effective_flags(module: &Module) -> Vec<u64> {
    // ANCHOR: task_effective_flags
    let mut flags: Vec<u64> = module.sections.iter().map(|section| section.flags).collect();
    let dropped = [Some(0), module.modinfo_section, module.versions, module.percpu];
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

fn place(layout: &mut Layout, part: Position, number: usize, section: &Section) -> Result<(), LoadError> {
    let end = match part {
        Position::Init => &mut layout.init.size,
        _ => &mut layout.core.size,
    };
    let offset = module_get_offset(end, section.size, section.alignment)?;
    if let Some(placement) = layout.placements.get_mut(number) {
        *placement = Some(Placement { part, offset });
    }
    Ok(())
}

/// Ends a group of pages, so that no page holds sections of two groups. Writable and small data share
/// theirs; in the init part, so does read-only-after-init, because nothing of it is left after init.
fn end_pass(layout: &mut Layout, part: Position, pass: usize) -> Result<(), LoadError> {
    // ANCHOR: task_end_pass
    let is_init = part == Position::Init;
    let PartLayout { text_size, ro_size, ro_after_init_size, size } =
        if is_init { &mut layout.init } else { &mut layout.core };
    match pass {
        2 if is_init => *ro_after_init_size = *ro_size,
        3 => {}
        _ => strict_align(size)?,
    }
    match pass {
        0 => *text_size = *size,
        1 => *ro_size = *size,
        2 if !is_init => *ro_after_init_size = *size,
        _ => {}
    }
    Ok(())
    // ANCHOR_END: task_end_pass
}
