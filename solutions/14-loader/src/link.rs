//! Linking: a module's bytes go to where the layout says, and every relocation is applied. There is one way
//! to do it, for `loader link` and for a module that will run: `kernel/module/main.c`, move_module and
//! apply_relocations.

use std::{fs, path::Path};

use abi::{Errno, LoadError, Policy, Stricter};
use anyhow::{Context, anyhow, ensure};
use elf::{Module, Section};
use goblin::elf::section_header::SHT_RELA;
use layout::{Bases, Layout, PAGE_SIZE, Placement, Position};
use relocate::x86_64::{apply_relocate_add, rel_unsupported};
use symbols::simplify_symbols;
use vermagic::{Judgement, Taints};

use crate::{files::read_module, struct_module::Filled};

/// `SHT_REL`: relocations without addends.
const SHT_REL: u32 = 9;

/// Linux's own flag for relocations that live patching applies (include/uapi/linux/elf.h).
const SHF_RELA_LIVEPATCH: u64 = 0x0010_0000;

/// The memory of a module that is being linked: as long as the layout says, and all zeroes at the start.
#[derive(Debug)]
pub struct Parts<'m> {
    /// What stays.
    pub core: &'m mut [u8],
    /// What is freed after `init`.
    pub init: &'m mut [u8],
    /// The per-CPU data as every CPU's copy begins.
    pub percpu: &'m mut [u8],
    /// The module's taints, where it is linked by a kernel: that has written to `struct module` before, so that places
    /// there are taken. Nobody has for `loader link`.
    pub taints: Option<Taints>,
}

impl Parts<'_> {
    /// The memory of a section of `size` bytes; `None` where the part is too short.
    pub fn section(&mut self, placement: Placement, size: u64) -> Option<&mut [u8]> {
        let part = match placement.part {
            Position::Core => &mut *self.core,
            Position::Init => &mut *self.init,
            Position::PerCpu => &mut *self.percpu,
        };
        let (start, size) = (usize::try_from(placement.offset).ok()?, usize::try_from(size).ok()?);
        part.get_mut(start..)?.get_mut(..size)
    }
}

/// Puts the final bytes of `module` into `parts`. `addresses` are its sections' ([`Layout::addresses`]) and
/// `symbols` its symbols' final values ([`simplify_symbols`]), both by number. Each table of relocations is
/// walked once, and nothing is allocated.
///
/// # Errors
/// `ENOEXEC` with the kernel's words at the first relocation that cannot be applied; `ENOMEM` where `parts`
/// are shorter than the layout says.
pub fn link(
    module: &Module,
    layout: &Layout,
    addresses: &[u64],
    symbols: &[u64],
    parts: &mut Parts,
) -> Result<(), LoadError> {
    move_module(module, layout, parts)?;
    let filled = parts.taints.and_then(|taints| Filled::of(module, layout, addresses, taints));
    if let (Some(filled), Some(memory)) = (&filled, this_module(module, layout, parts)) {
        filled.put(memory);
    }
    apply_relocations(module, layout, addresses, symbols, parts)?;
    if let (Some(filled), Some(memory)) = (&filled, this_module(module, layout, parts)) {
        filled.take(memory);
    }
    Ok(())
}

/// The memory of `struct module`.
fn this_module<'p>(module: &Module, layout: &Layout, parts: &'p mut Parts) -> Option<&'p mut [u8]> {
    let size = module.sections.get(module.this_module)?.size;
    parts.section(layout.placement(module.this_module)?, size)
}

/// Copies every section that is loaded and has bytes in the file.
fn move_module(module: &Module, layout: &Layout, parts: &mut Parts) -> Result<(), LoadError> {
    for (number, placement) in layout.placements() {
        let Some(section) = module.sections.get(number) else { continue };
        let memory = parts.section(placement, section.size).ok_or(LoadError::silent(Errno::ENOMEM))?;
        if let Some(memory) = memory.get_mut(..section.data.len()) {
            memory.copy_from_slice(section.data);
        }
    }
    Ok(())
}

/// Applies every table whose target is loaded. Per-CPU data is copied before anybody relocates it: 6.1
/// clears its ALLOC flag when it lays the module out, and so skips its relocations too.
fn apply_relocations(
    module: &Module,
    layout: &Layout,
    addresses: &[u64],
    symbols: &[u64],
    parts: &mut Parts,
) -> Result<(), LoadError> {
    let refused = module
        .sections
        .iter()
        .enumerate()
        .find_map(|(number, table)| refusal(table, layout, module).map(|refusal| (number, refusal)));
    let until = refused.as_ref().map_or(module.sections.len(), |&(number, _)| number);
    let is_patch = |number: usize| module.sections.get(number).is_some_and(is_for_live_patching);
    for table in module.relocation_tables().filter(|table| table.section < until && !is_patch(table.section))
    {
        let Some(placement) = relocated(layout, table.target) else { continue };
        let size = module.sections.get(table.target).map_or(0, |section| section.size);
        let memory = parts.section(placement, size).ok_or(LoadError::silent(Errno::ENOMEM))?;
        let address = addresses.get(table.target).copied().unwrap_or_default();
        apply_relocate_add(memory, address, table.entries(), symbols, module.this_module_name)?;
    }
    refused.map_or(Ok(()), |(_, refusal)| Err(refusal))
}

/// The place of section number `target`, where relocations to it are applied at all.
fn relocated(layout: &Layout, target: usize) -> Option<Placement> {
    layout.placement(target).filter(|placement| placement.part != Position::PerCpu)
}

/// Whether live patching applies this section, and not the loader.
fn is_for_live_patching(table: &Section) -> bool {
    table.kind == SHT_RELA && table.flags & SHF_RELA_LIVEPATCH != 0
}

/// The refusal of a table that cannot be applied: one without addends, or one for live patching
/// (`kernel/livepatch/core.c, klp_apply_section_relocs`). What it patches stands in its name,
/// `.klp.rela.OBJECT.SECTION`; a module's turn comes when that module is loaded, vmlinux's is now. The kernel can do
/// that; this loader has no kernel that could be patched.
fn refusal(table: &Section, layout: &Layout, module: &Module) -> Option<LoadError> {
    relocated(layout, table.info as usize)?;
    let name = module.this_module_name;
    if table.kind == SHT_REL {
        return Some(rel_unsupported(name));
    }
    if !is_for_live_patching(table) {
        return None;
    }
    let rest = table.name.strip_prefix(b".klp.rela.").unwrap_or_default();
    match rest.split(|&byte| byte == b'.').next().unwrap_or_default() {
        b"" => {
            let message = format!("livepatch: section {} has an incorrectly formatted name", table.name);
            Some(LoadError::new(Errno::EINVAL, message))
        }
        b"vmlinux" => {
            let what = format!("{name}: {} is for live patching", table.name);
            Some(LoadError::stricter(Stricter::LivePatch, what))
        }
        _ => None,
    }
}

/// `loader link`: writes the final bytes of every loaded section of `file` to a file of its own in `outdir`,
/// and a `map`. The core part begins at `base`, the init part at the page after it, and per-CPU data after
/// that; every undefined symbol has the address `undefined`.
///
/// A line of the map is a section's name, its address, its size and its file's name, separated by tabs;
/// numbers are hexadecimal. The file's name begins with the section's number, because names may occur twice.
///
/// # Errors
/// What cannot be read, linked or written, with the file's name and the kernel's words.
pub fn link_file(file: &Path, base: u64, undefined: u64, outdir: &Path) -> anyhow::Result<()> {
    let bytes = read_module(file)?;
    let refused = |refusal| anyhow!("{}: {refusal}", file.display());
    let module = Module::parse(&bytes).map_err(refused)?;
    let layout = Layout::of(&module).map_err(refused)?;
    let bases = one_after_the_other(&layout, base)?;
    let addresses = layout.addresses(bases);
    let mut judgement = Judgement::new(&module, Policy::default(), Taints::NONE);
    let symbols = simplify_symbols(&mut judgement, &module, &addresses, |_, _| Ok(Some(undefined)));

    let memory = |size: u64| vec![0; size as usize]; // at most MODULES_LEN
    let (mut core, mut init) = (memory(layout.core.size), memory(layout.init.size));
    let mut percpu = memory(layout.percpu.size);
    let mut parts = Parts { core: &mut core, init: &mut init, percpu: &mut percpu, taints: None };
    link(&module, &layout, &addresses, &symbols.map_err(refused)?, &mut parts).map_err(refused)?;
    write(&module, &layout, &addresses, &mut parts, outdir)
}

/// Where the parts go that follow one another from `base` on.
fn one_after_the_other(layout: &Layout, base: u64) -> anyhow::Result<Bases> {
    ensure!(base.is_multiple_of(PAGE_SIZE), "--base: {base:#x} is not the start of a page");
    let all = layout.core.size + layout.init.size + PAGE_SIZE + layout.percpu.size;
    ensure!(base.checked_add(all).is_some(), "--base: {base:#x} leaves no room for the module");
    let init = base + layout.core.size;
    let percpu = (init + layout.init.size).next_multiple_of(layout.percpu.alignment());
    Ok(Bases { core: base, init, percpu })
}

fn write(
    module: &Module,
    layout: &Layout,
    addresses: &[u64],
    parts: &mut Parts,
    outdir: &Path,
) -> anyhow::Result<()> {
    fs::create_dir_all(outdir).with_context(|| outdir.display().to_string())?;
    let mut map = String::new();
    for (number, placement) in layout.placements() {
        let (Some(section), Some(address)) = (module.sections.get(number), addresses.get(number)) else {
            continue;
        };
        let name = printable(section);
        let path = outdir.join(format!("{number:03}{name}"));
        let bytes = parts.section(placement, section.size).unwrap_or_default();
        fs::write(&path, bytes).with_context(|| path.display().to_string())?;
        map += &format!("{name}\t{address:#x}\t{:#x}\t{number:03}{name}\n", section.size);
    }
    let path = outdir.join("map");
    fs::write(&path, map).with_context(|| path.display().to_string())
}

/// A section's name as it can stand in a file's name and in a line.
fn printable(section: &Section) -> String {
    let printable = |&byte: &u8| byte.is_ascii_alphanumeric() || b"._-$+".contains(&byte);
    section.name.iter().map(|byte| if printable(byte) { char::from(*byte) } else { '_' }).take(200).collect()
}
