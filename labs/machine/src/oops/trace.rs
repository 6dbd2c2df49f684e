//! The call trace of an oops (arch/x86/kernel/dumpstack.c, show_trace_log_lvl).

use super::Oops;
use crate::{Place, host, task::with_local};

/// How much of the stack is searched for return addresses; bytes.
const STACK_SEARCHED: u64 = 16 << 10;
/// How many return addresses are shown.
const MOST_CALLS: usize = 24;

impl Oops<'_> {
    /// The call trace. Nothing says for certain which words on the stack are return addresses, so each has the mark of
    /// doubt that the kernel's unwinder gives to what it merely found.
    pub(super) fn calls(&self) -> Vec<String> {
        let mut lines = vec!["Call Trace:".to_owned(), " <TASK>".to_owned()];
        lines.extend(self.return_addresses().take(MOST_CALLS).map(|(_, place)| format!(" ? {place}")));
        lines.push(" </TASK>".to_owned());
        lines
    }

    /// Words on the stack that point behind a call in module code or in an export's stub, innermost first.
    pub(super) fn return_addresses(&self) -> impl Iterator<Item = (u64, Place)> + '_ {
        let high = with_local(|local| local.trap().stack().1).unwrap_or(0);
        let end = high.min(self.frame.rsp.saturating_add(STACK_SEARCHED));
        (self.frame.rsp & !7..end).step_by(8).filter_map(|at| {
            let word = self.word(at).filter(|&word| self.follows_a_call(word))?;
            let mut place = self.machine.symbolize(word.wrapping_sub(1))?;
            place.offset += 1;
            Some((word, place))
        })
    }

    /// Whether `address` is in text and the instruction before it can be read as a call.
    fn follows_a_call(&self, address: u64) -> bool {
        let low = (4096..1 << 31).contains(&address) && self.machine.memory().owner(address).is_some();
        let text = low
            && (self.machine.hooks().is_text(address.wrapping_sub(1))
                || self.machine.exports().place(address.wrapping_sub(1)).is_some());
        // call rel32; and call r/m, whose length depends on the addressing, with 2 in the middle of its ModRM byte.
        let begins = |length: u64| host::peek(address.wrapping_sub(length), 2);
        let direct = || begins(5).is_some_and(|bytes| bytes[0] == 0xe8);
        let indirect =
            |length| begins(length).is_some_and(|bytes| bytes[0] == 0xff && bytes[1] >> 3 & 7 == 2);
        text && (direct() || [2, 3, 4, 6, 7].into_iter().any(indirect))
    }
}
