//! Jump labels: a branch that costs nothing, because it is a nop or a jump in the text itself, rewritten when
//! its key changes. `arch/x86/kernel/jump_label.c`; the types in include/linux/jump_label.h.

use abi::offsets::jump_entry;

use super::insn::{
    JMP8_INSN_OPCODE, JMP8_INSN_SIZE, JMP32_INSN_OPCODE, JMP32_INSN_SIZE, text_gen_insn, x86_nop,
};

// ANCHOR: JumpEntry
/// One branch: a record of `__jump_table`, after relocation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JumpEntry {
    /// The address of the instruction.
    pub code: u64,
    /// Where the jump goes.
    pub target: u64,
    /// The address of the `struct static_key` that decides.
    pub key: u64,
    /// Whether the compiler guessed that the branch is taken: then an enabled key means a nop.
    pub is_branch: bool,
}

impl JumpEntry {
    /// Whether the instruction has to be a jump while the key is `enabled` (`jump_label_type`).
    pub fn jumps(&self, enabled: bool) -> bool {
        enabled != self.is_branch
    }
}
// ANCHOR_END: JumpEntry

/// The bytes to write at a branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JumpPatch {
    /// The compiler left room for a short jump.
    Short([u8; JMP8_INSN_SIZE]),
    /// The compiler left room for a long jump.
    Long([u8; JMP32_INSN_SIZE]),
}

impl JumpPatch {
    /// The bytes themselves: two or five.
    pub fn bytes(&self) -> &[u8] {
        match self {
            JumpPatch::Short(bytes) => bytes,
            JumpPatch::Long(bytes) => bytes,
        }
    }
}

/// The entries of a `__jump_table` that lies at `address`; a trailing part of a record is ignored.
pub fn jump_entries(table: &[u8], address: u64) -> impl Iterator<Item = JumpEntry> + '_ {
    let (records, _) = table.as_chunks::<{ jump_entry::SIZE }>();
    let place = move |number: usize| address.wrapping_add((number * jump_entry::SIZE) as u64);
    records.iter().enumerate().map(move |(number, record)| read_entry(record, place(number)))
}

/// The entry in the `record` that lies at the address `at` (`jump_entry_code`, `jump_entry_target` and
/// `jump_entry_key` in include/linux/jump_label.h). [`jump_entry`] has the offsets of its fields:
///
/// | field | type | what is in it |
/// |---|---|---|
/// | `CODE` | 32 bits with a sign | the distance of the instruction |
/// | `TARGET` | 32 bits with a sign | the distance of the jump's target |
/// | `KEY` | 64 bits with a sign | the distance of the key, but for the lowest two bits |
///
/// Each distance counts from the address of its own field, not from that of the record, and wraps around. The
/// lowest two bits of `KEY` are no part of the distance: taken out of it, they are 0. Bit 0 says `is_branch`; bit 1
/// says that the code is in the init part, which the loader finds out by itself.
fn read_entry(record: &[u8; jump_entry::SIZE], at: u64) -> JumpEntry {
    // ANCHOR: task_jump_entry
    let place = |field: usize| at.wrapping_add(field as u64);
    let (code, target) = (read_i32(record, jump_entry::CODE), read_i32(record, jump_entry::TARGET));
    let key = read_i64(record, jump_entry::KEY);
    JumpEntry {
        code: place(jump_entry::CODE).wrapping_add_signed(code.into()),
        target: place(jump_entry::TARGET).wrapping_add_signed(target.into()),
        key: place(jump_entry::KEY).wrapping_add_signed(key & !3),
        is_branch: key & 1 != 0,
    }
    // ANCHOR_END: task_jump_entry
}

/// What to write at `entry.code`, so that the text jumps to `entry.target` (`jump` is true) or goes on (it is false).
/// `now` is what the text holds from there on: five bytes, or fewer where the text ends.
///
/// | `now` begins with | the branch is | written to jump | written to go on |
/// |---|---|---|---|
/// | the short nop, or the short jump from `code` to `target` | short | that jump | the short nop |
/// | the long nop, or the long jump from `code` to `target` | long | that jump | the long nop |
/// | anything else | none | `None` | `None` |
///
/// [`text_gen_insn`] makes the jumps, [`x86_nop`] has the nops; what is behind the instruction does not matter. Where
/// a jump of one length cannot be made because it is too far, the branch is not of that length. The kernel calls a
/// branch that is none a fatal bug, and stops (`arch/x86/kernel/jump_label.c, __jump_label_patch`).
///
/// What is right already is written once more: laxer than 6.1, which before a jump insists on the nop, and before a
/// nop on the jump.
pub fn jump_label_patch(entry: &JumpEntry, now: &[u8], jump: bool) -> Option<JumpPatch> {
    // ANCHOR: task_jump_label_patch
    let short = text_gen_insn::<JMP8_INSN_SIZE>(JMP8_INSN_OPCODE, entry.code, entry.target);
    let long = text_gen_insn::<JMP32_INSN_SIZE>(JMP32_INSN_OPCODE, entry.code, entry.target);
    if let Some(code) = short.filter(|code| holds(now, code)) {
        return Some(JumpPatch::Short(if jump { code } else { nop() }));
    }
    let code = long.filter(|code| holds(now, code))?;
    Some(JumpPatch::Long(if jump { code } else { nop() }))
    // ANCHOR_END: task_jump_label_patch
}

/// Whether the text `now` starts with the jump `code`, or with the nop in its place.
fn holds<const N: usize>(now: &[u8], code: &[u8; N]) -> bool {
    now.starts_with(code) || now.starts_with(&nop::<N>())
}

/// The nop of 2 or 5 bytes.
fn nop<const N: usize>() -> [u8; N] {
    x86_nop(N).and_then(|nop| nop.try_into().ok()).unwrap_or([0x90; N])
}

/// The 32 bits at `at`, with their sign; 0 where the record ends before.
fn read_i32(record: &[u8], at: usize) -> i32 {
    record.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| i32::from_le_bytes(*bytes))
}

/// The 64 bits at `at`, with their sign; 0 where the record ends before.
fn read_i64(record: &[u8], at: usize) -> i64 {
    record.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| i64::from_le_bytes(*bytes))
}
