//! Notifier chains: lists of functions that want to hear of something, the most important first. Linux:
//! kernel/notifier.c. A chain is a linked list through the callers' own `struct notifier_block`s.

use std::sync::OnceLock;

use abi::{
    Errno,
    offsets::{atomic_notifier_head, blocking_notifier_head, notifier_block},
};

use super::{fail, functions, sync};
use crate::{Level, Machine, Table, call_module, current, printk};

/// `NOTIFY_STOP_MASK`: whoever returns it ends the round.
const STOP_MASK: i32 = 0x8000;

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table;
        raw_notifier_chain_register/2, raw_notifier_chain_unregister/2, raw_notifier_call_chain/3,
        atomic_notifier_chain_register/2, atomic_notifier_chain_unregister/2, atomic_notifier_call_chain/3,
        blocking_notifier_chain_register/2, blocking_notifier_chain_unregister/2,
        blocking_notifier_call_chain/3, blocking_notifier_call_chain_robust/4,
        register_module_notifier/1, unregister_module_notifier/1,
    );
}

unsafe fn word(address: u64) -> *mut u64 {
    address as *mut u64
}

/// `notifier_chain_register`: behind all blocks of the same or a higher priority.
///
/// # Safety for all of this file
/// `head` is where a chain keeps its first block's address, locked by the caller; `block` is a struct notifier_block.
unsafe fn add(head: u64, block: u64) -> Result<(), Errno> {
    // SAFETY: a chain and a block, in the callers' memory.
    unsafe {
        let mut link = head;
        while let next @ 1.. = *word(link) {
            if next == block {
                printk(Level::WARNING, &format!("notifier callback {:#x} already registered\n", call(block)));
                return Err(Errno::EEXIST);
            }
            if priority(block) > priority(next) {
                break;
            }
            link = next + notifier_block::NEXT as u64;
        }
        *word(block + notifier_block::NEXT as u64) = *word(link);
        *word(link) = block;
    }
    Ok(())
}

/// `notifier_chain_unregister`.
unsafe fn remove(head: u64, block: u64) -> Result<(), Errno> {
    // SAFETY: a chain, in its users' memory.
    unsafe {
        let mut link = head;
        while let next @ 1.. = *word(link) {
            if next == block {
                *word(link) = *word(block + notifier_block::NEXT as u64);
                return Ok(());
            }
            link = next + notifier_block::NEXT as u64;
        }
    }
    Err(Errno::ENOENT)
}

unsafe fn priority(block: u64) -> i32 {
    // SAFETY: a block.
    unsafe { *((block + notifier_block::PRIORITY as u64) as *const i32) }
}

unsafe fn call(block: u64) -> u64 {
    // SAFETY: a block.
    unsafe { *word(block + notifier_block::CALL as u64) }
}

/// `notifier_call_chain`: calls at most `most` blocks; the last answer, and how many were called.
unsafe fn call_chain(head: u64, action: u64, data: u64, most: u64) -> (i32, u64) {
    let (mut answer, mut called) = (0, 0);
    // SAFETY: a chain; a block may take itself out while it is called, so the next one is looked up before.
    unsafe {
        let mut block = *word(head);
        while block != 0 && called < most {
            let next = *word(block + notifier_block::NEXT as u64);
            answer = call_module(call(block), &[block, action, data, 0, 0, 0]) as i32;
            called += 1;
            if answer & STOP_MASK != 0 {
                break;
            }
            block = next;
        }
    }
    (answer, called)
}

/// `notifier_to_errno`: what an answer says against the matter.
fn refusal(answer: i32) -> Option<Errno> {
    let answer = answer & !STOP_MASK;
    (answer > 1).then(|| Errno::from_return((1 - answer).into()).unwrap_or(Errno::EINVAL))
}

fn answer(outcome: Result<(), Errno>) -> i32 {
    outcome.map_or_else(fail, |()| 0)
}

unsafe extern "C" fn raw_notifier_chain_register(chain: u64, block: u64) -> i32 {
    // SAFETY: the caller's chain and block; it locks them itself.
    answer(unsafe { add(chain, block) })
}

unsafe extern "C" fn raw_notifier_chain_unregister(chain: u64, block: u64) -> i32 {
    // SAFETY: as above.
    answer(unsafe { remove(chain, block) })
}

unsafe extern "C" fn raw_notifier_call_chain(chain: u64, action: u64, data: u64) -> i32 {
    // SAFETY: as above.
    unsafe { call_chain(chain, action, data, u64::MAX) }.0
}

const ATOMIC_HEAD: u64 = atomic_notifier_head::HEAD as u64;

unsafe extern "C" fn atomic_notifier_chain_register(chain: u64, block: u64) -> i32 {
    // SAFETY: the caller's chain, whose own lock is taken.
    unsafe {
        sync::_raw_spin_lock(chain + atomic_notifier_head::LOCK as u64);
        let outcome = add(chain + ATOMIC_HEAD, block);
        sync::_raw_spin_unlock(chain + atomic_notifier_head::LOCK as u64);
        answer(outcome)
    }
}

unsafe extern "C" fn atomic_notifier_chain_unregister(chain: u64, block: u64) -> i32 {
    // SAFETY: as above.
    let outcome = unsafe {
        sync::_raw_spin_lock(chain + atomic_notifier_head::LOCK as u64);
        let outcome = remove(chain + ATOMIC_HEAD, block);
        sync::_raw_spin_unlock(chain + atomic_notifier_head::LOCK as u64);
        outcome
    };
    sync::synchronize();
    answer(outcome)
}

unsafe extern "C" fn atomic_notifier_call_chain(chain: u64, action: u64, data: u64) -> i32 {
    // SAFETY: the caller's chain; whoever removes a block waits for readers as under RCU.
    unsafe { call_chain(chain + ATOMIC_HEAD, action, data, u64::MAX) }.0
}

const BLOCKING_HEAD: u64 = blocking_notifier_head::HEAD as u64;

pub(super) unsafe extern "C" fn blocking_notifier_chain_register(chain: u64, block: u64) -> i32 {
    // SAFETY: the caller's chain, whose own semaphore is taken.
    unsafe {
        sync::down_write(chain);
        let outcome = add(chain + BLOCKING_HEAD, block);
        sync::up_write(chain);
        answer(outcome)
    }
}

pub(super) unsafe extern "C" fn blocking_notifier_chain_unregister(chain: u64, block: u64) -> i32 {
    // SAFETY: as above.
    unsafe {
        sync::down_write(chain);
        let outcome = remove(chain + BLOCKING_HEAD, block);
        sync::up_write(chain);
        answer(outcome)
    }
}

pub(super) unsafe extern "C" fn blocking_notifier_call_chain(chain: u64, action: u64, data: u64) -> i32 {
    // SAFETY: as above, for reading.
    unsafe {
        sync::down_read(chain);
        let (answer, _) = call_chain(chain + BLOCKING_HEAD, action, data, u64::MAX);
        sync::up_read(chain);
        answer
    }
}

/// Announces `up`; where somebody ends the round, be it with an objection or without one, those before it hear `down`.
unsafe extern "C" fn blocking_notifier_call_chain_robust(chain: u64, up: u64, down: u64, data: u64) -> i32 {
    // SAFETY: as above.
    unsafe {
        sync::down_read(chain);
        let (answer, called) = call_chain(chain + BLOCKING_HEAD, up, data, u64::MAX);
        if answer & STOP_MASK != 0 {
            call_chain(chain + BLOCKING_HEAD, down, data, called - 1);
        }
        sync::up_read(chain);
        answer
    }
}

/// `module_notify_list`: a blocking chain of the kernel's own.
#[derive(Default)]
struct ModuleNotifyList(OnceLock<u64>);

/// The address of the machine's own chain; `None` where the host has no memory for it.
fn module_notify_list(machine: &Machine) -> Option<u64> {
    let list = machine.state::<ModuleNotifyList>();
    if list.0.get().is_none() {
        let chain = machine.memory().object(blocking_notifier_head::SIZE, 8).ok()?;
        // SAFETY: fresh memory of the right size, which nobody else knows yet.
        unsafe { sync::init_rwsem(chain) };
        let _ = list.0.set(chain); // where another CPU was faster, its chain counts
    }
    list.0.get().copied()
}

unsafe extern "C" fn register_module_notifier(block: u64) -> i32 {
    match module_notify_list(current().machine()) {
        // SAFETY: the kernel's chain and the caller's block.
        Some(chain) => unsafe { blocking_notifier_chain_register(chain, block) },
        None => fail(Errno::ENOMEM),
    }
}

unsafe extern "C" fn unregister_module_notifier(block: u64) -> i32 {
    match module_notify_list(current().machine()) {
        // SAFETY: the kernel's chain and the caller's block.
        Some(chain) => unsafe { blocking_notifier_chain_unregister(chain, block) },
        None => fail(Errno::ENOENT),
    }
}

impl Machine {
    /// Tells those who registered for it that the module whose `struct module` lies at `module` has come to `state`
    /// (`enum module_state`). In a task.
    pub fn notify_module_state(&self, module: u64, state: u64) {
        if let Some(chain) = module_notify_list(self) {
            // SAFETY: the kernel's chain.
            unsafe { blocking_notifier_call_chain(chain, state, module) };
        }
    }

    /// As [`Machine::notify_module_state`], for a state to which they may object: then those who had agreed hear of
    /// the state `back`. In a task.
    ///
    /// # Errors
    /// The objection.
    pub fn propose_module_state(&self, module: u64, state: u64, back: u64) -> Result<(), Errno> {
        let Some(chain) = module_notify_list(self) else { return Ok(()) };
        // SAFETY: the kernel's chain.
        let answer = unsafe { blocking_notifier_call_chain_robust(chain, state, back, module) };
        refusal(answer).map_or(Ok(()), Err)
    }
}
