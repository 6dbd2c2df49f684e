//! Algorithms that templates have made of others: what stands on what, and what falls with it. Linux: crypto/algapi.c,
//! crypto_register_instance, crypto_remove_spawns.

use std::collections::HashSet;

use abi::Errno;

use super::layout::{Alg, Instance, Spawn, Template};
use super::types::Kind;
use super::{flag, registry};
use crate::services::{invoke::invoke, module_refs, with};

/// An instance's hold on an algorithm.
#[derive(Debug, Clone, Copy)]
struct Hold {
    spawn: u64,
    /// The algorithm below.
    alg: u64,
    /// The instance above.
    inst: u64,
    registered: bool,
}

/// What stands on what.
#[derive(Debug, Default)]
struct Instances {
    holds: Vec<Hold>,
    /// Instances and the templates that made them.
    made: Vec<(u64, u64)>,
    /// Instances that are out of the list and end with their last reference.
    leaving: Vec<(u64, u64)>,
}

/// Lets an instance that is being made stand on an algorithm on which a reference is held (`crypto_grab_spawn`).
///
/// # Safety for all of this file
/// Instances, spawns and templates are living structures of modules' or of the machine's own.
pub unsafe fn stand(spawn: *mut Spawn, inst: *mut Instance, alg: *mut Alg, mask: u32) {
    // SAFETY: the caller's structures.
    unsafe {
        (*spawn).alg = alg;
        (*spawn).mask = mask;
        (*inst).alg.flags |= (*alg).flags & flag::INHERITED;
    }
    let hold = Hold { spawn: spawn as u64, alg: alg as u64, inst: inst as u64, registered: false };
    with(|instances: &mut Instances| instances.holds.push(hold));
}

/// Lets go again (`crypto_drop_spawn`).
pub unsafe fn drop_spawn(spawn: *mut Spawn) {
    // SAFETY: the caller's spawn, zeroed where it has never stood on anything.
    let alg = unsafe { (*spawn).alg };
    if alg.is_null() {
        return;
    }
    let hold = with(|instances: &mut Instances| {
        let index = instances.holds.iter().position(|hold| hold.spawn == spawn as u64)?;
        Some(instances.holds.remove(index))
    });
    // A registered instance holds no reference: the algorithm below may go, and takes it along.
    if hold.is_some_and(|hold| !hold.registered) {
        // SAFETY: the reference that `stand` was given.
        unsafe { registry::put(alg) };
    }
}

/// The algorithm below, with references taken (`crypto_spawn_alg`).
pub unsafe fn alg_below(spawn: *mut Spawn) -> Result<*mut Alg, Errno> {
    // SAFETY: the caller's spawn; the instance that it belongs to would be gone, were the algorithm below gone.
    unsafe {
        let alg = (*spawn).alg;
        if alg.is_null() || (*spawn).dead || !registry::get(alg, (*alg).module) {
            return Err(Errno::EAGAIN);
        }
        Ok(alg)
    }
}

/// `crypto_register_instance`.
pub unsafe fn register(template: *mut Template, inst: *mut Instance) -> Result<(), Errno> {
    // SAFETY: the caller's structures. The reference keeps the instance while it becomes known.
    unsafe {
        let alg = &raw mut (*inst).alg;
        registry::check(alg)?;
        (*inst).alg.module = (*template).module;
        (*inst).alg.flags |= flag::INSTANCE;
        if !registry::get(alg, (*template).module) {
            return Err(Errno::EAGAIN);
        }
        let added = settle(inst).and_then(|()| registry::add(alg));
        if added.is_ok() {
            (*inst).tmpl = template as u64;
            with(|instances: &mut Instances| instances.made.push((inst as u64, template as u64)));
        }
        registry::put(alg);
        added
    }
}

/// From now on the instance holds no references but falls with what it stands on.
unsafe fn settle(inst: *mut Instance) -> Result<(), Errno> {
    let mine = |hold: &&mut Hold| hold.inst == inst as u64;
    let holds: Vec<Hold> = with(|instances: &mut Instances| {
        instances
            .holds
            .iter_mut()
            .filter(mine)
            .map(|hold| std::mem::replace(hold, Hold { registered: true, ..*hold }))
            .collect()
    });
    // SAFETY: the instance's own spawns, which the caller has filled.
    unsafe {
        let dead = holds.iter().any(|hold| (*(hold.spawn as *const Spawn)).dead);
        for hold in holds.into_iter().filter(|hold| !hold.registered) {
            let spawn = hold.spawn as *mut Spawn;
            (*spawn).inst = inst as u64;
            (*spawn).registered = true;
            registry::put(hold.alg as *mut Alg);
        }
        if dead { Err(Errno::EAGAIN) } else { Ok(()) }
    }
}

/// Everything that an instance stands on, directly or not.
fn below(instances: &Instances, inst: u64) -> HashSet<u64> {
    let mut found = HashSet::from([inst]);
    let mut open = vec![inst];
    while let Some(upper) = open.pop() {
        for hold in instances.holds.iter().filter(|hold| hold.inst == upper) {
            if found.insert(hold.alg) {
                open.push(hold.alg);
            }
        }
    }
    found
}

/// Takes what is built on `alg` out of the list, but for `spared` and what that needs (`crypto_remove_spawns`).
pub unsafe fn remove_above(alg: u64, spared: u64) {
    let (removed, unfinished): (Vec<(u64, u64)>, Vec<u64>) = with(|instances: &mut Instances| {
        let keep = below(instances, spared);
        let mut falling = vec![alg];
        let mut unfinished = Vec::new();
        let mut at = 0;
        while let Some(&lower) = falling.get(at) {
            at += 1;
            for hold in instances.holds.iter().filter(|hold| hold.alg == lower && !keep.contains(&hold.inst))
            {
                if !hold.registered {
                    unfinished.push(hold.spawn);
                } else if !falling.contains(&hold.inst) {
                    falling.push(hold.inst);
                }
            }
        }
        let (gone, made) = instances.made.drain(..).partition(|(inst, _)| falling[1..].contains(inst));
        instances.made = made;
        (gone, unfinished)
    });
    // SAFETY: an instance's structure lives until its last reference, which the list has held.
    unsafe {
        for spawn in unfinished {
            (*(spawn as *mut Spawn)).dead = true;
        }
        for (inst, template) in removed {
            leave(inst as *mut Instance, template as *mut Template);
        }
    }
}

/// An instance is out of the list (`crypto_remove_instance`, `crypto_remove_final`).
unsafe fn leave(inst: *mut Instance, template: *mut Template) {
    // SAFETY: a registered instance and its template, whose module it keeps until the end.
    unsafe {
        if !module_refs::get((*template).module) {
            return;
        }
        with(|instances: &mut Instances| instances.leaving.push((inst as u64, template as u64)));
        registry::remove(&raw mut (*inst).alg);
        registry::put_alg(&raw mut (*inst).alg);
    }
}

/// The last reference on an algorithm is gone; where it is an instance that has left, it ends (`crypto_destroy_instance`).
pub unsafe fn destroy(alg: *mut Alg) {
    let left = with(|instances: &mut Instances| {
        let index = instances.leaving.iter().position(|(inst, _)| *inst == alg as u64)?;
        Some(instances.leaving.remove(index).1 as *mut Template)
    });
    if let Some(template) = left {
        // SAFETY: nobody knows the instance any more; its template's module is held.
        unsafe {
            let module = (*template).module;
            free(alg.cast());
            module_refs::put(module);
        }
    }
}

/// Gives an instance back to the template's code (`crypto_free_instance`): every kind has a pointer to the function
/// for that before the algorithm's own structure.
unsafe fn free(inst: *mut Instance) {
    // SAFETY: the kinds' instances all begin with that pointer.
    unsafe {
        if let Some(kind) = Kind::of(&raw const (*inst).alg) {
            let whole = inst as u64 - kind.alg_offset() as u64 - 8;
            invoke(*(whole as *const u64), [whole]);
        }
    }
}

/// What a template has made goes with it (`crypto_unregister_template`).
pub unsafe fn remove_made_by(template: *mut Template) {
    let gone: Vec<(u64, u64)> = with(|instances: &mut Instances| {
        let (gone, made) = instances.made.drain(..).partition(|(_, by)| *by == template as u64);
        instances.made = made;
        gone
    });
    for (inst, _) in gone {
        // SAFETY: registered instances; the template's module could not be unloaded while any of them was in use.
        unsafe {
            registry::remove(&raw mut (*(inst as *mut Instance)).alg);
            free(inst as *mut Instance);
        }
    }
}

/// `crypto_unregister_instance`.
pub unsafe fn unregister(inst: *mut Instance) {
    let made = with(|instances: &mut Instances| {
        let index = instances.made.iter().position(|(known, _)| *known == inst as u64)?;
        Some(instances.made.remove(index))
    });
    if let Some((inst, template)) = made {
        // SAFETY: a registered instance.
        unsafe { leave(inst as *mut Instance, template as *mut Template) };
    }
}
