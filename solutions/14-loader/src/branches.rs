//! Branches that a static key decides: written when a module is linked, and again whenever its key changes.
//! `kernel/jump_label.c`, jump_label_add_module and __jump_label_update.

use abi::{LoadError, Stricter};
use elf::Module;
use relocate::x86_64::{JMP32_INSN_SIZE, JumpEntry, jump_label_patch};
use symbols::Image;

use crate::{form::Allocated, formed::Formed, kernel::Kernel, loaded::LoadedModule};

/// Checks that every branch of a module linked in `image` is one, and that its key, and each static call's, `is_there`.
///
/// # Errors
/// Stricter than 6.1, which would write through wild pointers or stop with a BUG: `ENOEXEC`.
pub(crate) fn check_branches(
    module: &Module,
    formed: &Formed,
    image: &Image,
    is_there: impl Fn(u64) -> bool,
) -> Result<(), LoadError> {
    let is_branch = |entry: &&JumpEntry| {
        let code = image.bytes(entry.code);
        is_there(entry.key) && code.is_some_and(|code| jump_label_patch(entry, code, true).is_some())
    };
    if let Some(entry) = formed.branches.iter().find(|entry| !is_branch(entry)) {
        return Err(bad_branch(module, entry));
    }
    match formed.static_calls.iter().find(|call| !is_there(call.key)) {
        Some(call) => {
            let (name, key) = (module.this_module_name, call.key);
            let what = format!("{name}: .static_call_sites names no key at {key:#x}");
            Err(LoadError::stricter(Stricter::Branch, what))
        }
        None => Ok(()),
    }
}

impl Kernel {
    /// Writes every branch of a module that is not published yet, as its key has it at the moment.
    ///
    /// # Errors
    /// Stricter than 6.1, which would write through wild pointers or stop with a BUG: `ENOEXEC` where a branch
    /// or its key lies nowhere, or the instruction there is none that the compiler makes.
    pub(crate) fn apply_branches(
        &self,
        branches: &[JumpEntry],
        memory: &mut Allocated,
        module: &Module,
    ) -> Result<(), LoadError> {
        for entry in branches {
            let Allocated { core, init, .. } = &mut *memory;
            let region = if init.contains(entry.code) { init } else { core };
            let offset = entry.code.wrapping_sub(region.address()) as usize;
            let enabled = self.word(entry.key, 0).map(|word| word as i32 > 0);
            let patched = enabled.and_then(|enabled| {
                let place = region.bytes_mut().get_mut(offset..)?;
                let patch = jump_label_patch(entry, place, entry.jumps(enabled))?;
                place.get_mut(..patch.bytes().len())?.copy_from_slice(patch.bytes());
                Some(())
            });
            patched.ok_or_else(|| bad_branch(module, entry))?;
        }
        Ok(())
    }

    /// Writes every branch of `loaded` that the key at `key` decides.
    pub(crate) fn update_branches(&self, loaded: &LoadedModule, key: u64, enabled: bool) {
        let (Some(formed), memory) = (loaded.formed(), loaded.memory.read()) else { return };
        let Some(memory) = &*memory else { return };
        for entry in formed.branches.iter().filter(|entry| entry.key == key) {
            // Branches of the init part are gone with it.
            let regions = [Some(&memory.core), memory.init.as_ref()];
            let region = regions.into_iter().flatten().find(|region| region.contains(entry.code));
            let Some(region) = region else { continue };
            let offset = entry.code.wrapping_sub(region.address()) as usize;
            let now = region.read(offset..(offset + JMP32_INSN_SIZE).min(region.size())).unwrap_or_default();
            if let Some(patch) = jump_label_patch(entry, &now, entry.jumps(enabled)) {
                // The host has no memory for the second mapping: the branch stays as it is, and the module goes
                // the way it went before.
                let _ = region.patch(offset, patch.bytes());
            }
        }
    }
}

fn bad_branch(module: &Module, entry: &JumpEntry) -> LoadError {
    let name = module.this_module_name;
    let message =
        format!("{name}: __jump_table names no branch at {:#x}, or no key at {:#x}", entry.code, entry.key);
    LoadError::stricter(Stricter::Branch, message)
}
