//! Who wants to hear of new algorithms. Linux: crypto/api.c, crypto_probing_notify.

use abi::offsets::blocking_notifier_head;

use super::layout::Alg;
use crate::current;
use crate::exports::Table;
use crate::services::{functions, notifier};

pub(super) fn register(table: &mut Table) {
    table.data("crypto_chain", blocking_notifier_head::SIZE, 8, &[]);
    functions!(table; crypto_register_notifier/1, crypto_unregister_notifier/1);
}

/// CRYPTO_MSG_ALG_LOADED.
const ALG_LOADED: u64 = 2;

fn chain() -> u64 {
    current().machine().exports().value("crypto_chain").unwrap_or(0)
}

unsafe extern "C" fn crypto_register_notifier(block: u64) -> i32 {
    // SAFETY: the machine's own chain and the caller's block.
    unsafe { notifier::blocking_notifier_chain_register(chain(), block) }
}

unsafe extern "C" fn crypto_unregister_notifier(block: u64) -> i32 {
    // SAFETY: as above.
    unsafe { notifier::blocking_notifier_chain_unregister(chain(), block) }
}

/// Says that an algorithm may be used now.
pub unsafe fn loaded(alg: *mut Alg) {
    // SAFETY: the machine's own chain, and a registered algorithm.
    unsafe { notifier::blocking_notifier_call_chain(chain(), ALG_LOADED, alg as u64) };
}
