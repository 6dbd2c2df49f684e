//! Jump labels: a branch that costs nothing, because it is a nop or a jump in the text itself, rewritten when
//! its key changes. `arch/x86/kernel/jump_label.c`; the types in include/linux/jump_label.h.

use abi::offsets::jump_entry;

use super::insn::{
    JMP8_INSN_OPCODE, JMP8_INSN_SIZE, JMP32_INSN_OPCODE, JMP32_INSN_SIZE, text_gen_insn, x86_nop,
};

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

/// The entry in the record at address `at`. Code, target and key are relative to their own places; of the
/// key's lowest two bits, which are no part of its address, bit 0 says `is_branch`.
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

/// What to write at `entry.code`, where the text now holds `now` (at least five bytes of it), so that it
/// jumps or does not. `None` where neither a nop nor the jump to the target is there: the kernel calls that
/// a fatal bug.
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

/// Whether the text starts with the jump `code`, or with the nop in its place.
fn holds<const N: usize>(now: &[u8], code: &[u8; N]) -> bool {
    now.starts_with(code) || now.starts_with(&nop::<N>())
}

fn nop<const N: usize>() -> [u8; N] {
    x86_nop(N).and_then(|nop| nop.try_into().ok()).unwrap_or([0x90; N])
}

fn read_i32(record: &[u8], at: usize) -> i32 {
    record.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| i32::from_le_bytes(*bytes))
}

fn read_i64(record: &[u8], at: usize) -> i64 {
    record.get(at..).and_then(|rest| rest.first_chunk()).map_or(0, |bytes| i64::from_le_bytes(*bytes))
}
