//! Tables that Linux follows once a module is linked: instructions that are replaced by what suits the processor, and
//! pointers to what tracing and SRCU keep. `arch/x86/kernel/module.c`, module_finalize; the COMING notifiers of
//! kernel/static_call_inline.c, kernel/trace/ and kernel/rcu/srcutree.c. This loader replaces and follows none of them,
//! and refuses those that would lead a kernel astray.

use std::ops::Range;

use abi::{LoadError, Stricter, offsets::static_call_site};
use elf::Module;
use relocate::x86_64::{CALL_INSN_SIZE, JMP32_INSN_OPCODE, JMP32_INSN_SIZE, x86_nop};
use symbols::Image;

use crate::formed::relative;

/// The functions in `pv_ops`, which the kind of a paravirt call is a number of (`arch/x86/include/asm/paravirt_types.h`).
const PV_OPS: u8 = 84;

/// The features and bugs of processors: NCAPINTS and NBUGINTS words of 32 bits (`arch/x86/include/asm/cpufeatures.h`).
const FEATURES: u16 = (22 + 2) * 32;

/// `ALTINSTR_FLAG_INV`: the replacement is for processors without the feature.
const ALTINSTR_FLAG_INV: u16 = 1 << 15;

/// `STATIC_CALL_SITE_TAIL`, in a site's key: the call is a jump. The next bit, `STATIC_CALL_SITE_INIT`, is the kernel's own.
const STATIC_CALL_SITE_TAIL: u64 = 1;
const STATIC_CALL_SITE_FLAGS: u64 = 3;

/// The tables of pointers that are followed when a module comes.
const POINTERS: [&str; 3] = ["_ftrace_events", "_ftrace_eval_map", "___srcu_struct_ptrs"];

/// One place that a record names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    address: u64,
    /// How many bytes are patched there, or read.
    size: u64,
}

/// A call whose target is a key's (`struct static_call_site`, include/linux/static_call_types.h).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StaticCall {
    /// The address of the instruction.
    pub code: u64,
    /// The address of the `struct static_call_key`, or of the trampoline where the key is not exported.
    pub key: u64,
    is_tail: bool,
}

/// Where a module's instructions lie.
pub(crate) struct Instructions(Vec<Range<u64>>);

impl Instructions {
    /// Those of the sections that are loaded at `addresses`.
    pub(crate) fn of(module: &Module, addresses: &[u64]) -> Instructions {
        let loaded = module.sections.iter().zip(addresses).filter(|&(_, &address)| address != 0);
        let executable = loaded.filter(|(section, _)| section.is_executable());
        Instructions(
            executable.map(|(section, &address)| address..address.saturating_add(section.size)).collect(),
        )
    }

    /// Whether an instruction can begin at `address`.
    pub(crate) fn contains(&self, address: u64) -> bool {
        self.0.iter().any(|range| range.contains(&address))
    }

    fn contain(&self, place: Place) -> bool {
        let end = place.address.checked_add(place.size);
        self.0.iter().any(|range| range.contains(&place.address) && end.is_some_and(|end| end <= range.end))
    }
}

/// Checks what Linux follows in the module linked at `addresses` in `image`. Returns its static calls, whose keys are
/// still to be looked for.
///
/// # Errors
/// Stricter than 6.1, which reads and writes wherever the tables lead: `ENOEXEC` by [`Stricter::PatchSite`] or
/// [`Stricter::PointerTable`].
pub(crate) fn check_sites(
    module: &Module,
    addresses: &[u64],
    image: &Image,
    text: &Instructions,
) -> Result<Vec<StaticCall>, LoadError> {
    let table = |name| image.section(module, addresses, name).unwrap_or_default();
    let refuse = |name: &str, number: usize| {
        let what =
            format!("{}: record {number} of {name} names no such instruction", module.this_module_name);
        Err(LoadError::stricter(Stricter::PatchSite, what))
    };
    for (name, size, is_right) in PATCHED {
        let (address, bytes) = table(name);
        for (number, record) in bytes.chunks_exact(size).enumerate() {
            let at = address.wrapping_add((number * size) as u64);
            if !is_right(at, record, text).unwrap_or(false) {
                return refuse(name, number);
            }
        }
    }
    let (address, bytes) = table(STATIC_CALL_SITES);
    let records = bytes.as_chunks::<{ static_call_site::SIZE }>().0;
    let places = (address..).step_by(static_call_site::SIZE);
    let calls: Vec<StaticCall> = places.zip(records).map(|(at, record)| static_call(at, record)).collect();
    // A key that is an instruction should be a trampoline that has a key, and this module's own have none.
    let is_right = |call: &StaticCall| is_call(call, image, text) && !text.contains(call.key);
    if let Some(number) = calls.iter().position(|call| !is_right(call)) {
        return refuse(STATIC_CALL_SITES, number);
    }
    for name in POINTERS {
        let pointers = table(name).1.as_chunks().0.iter().map(|bytes| u64::from_le_bytes(*bytes));
        if let Some(wild) = pointers.into_iter().find(|&pointer| image.bytes(pointer).is_none()) {
            let what = format!("{}: {name} points to {wild:#x}", module.this_module_name);
            return Err(LoadError::stricter(Stricter::PointerTable, what));
        }
    }
    Ok(calls)
}

const STATIC_CALL_SITES: &str = ".static_call_sites";

/// Whether the record, which lies at this address, names what can be patched; `None` where it is too short.
type IsRight = fn(u64, &[u8], &Instructions) -> Option<bool>;

/// The tables of instructions that module_finalize replaces, and the size of a record: `struct paravirt_patch_site`, an
/// `s32`, and `struct alt_instr`; bytes.
const PATCHED: [(&str, usize, IsRight); 4] = [
    (".parainstructions", 16, is_paravirt_site),
    (".retpoline_sites", 4, is_site),
    (".return_sites", 4, is_site),
    (".altinstructions", 12, is_alternative),
];

/// The address, the kind, and the length of a call through `pv_ops`: a call of 5 bytes has to fit there.
fn is_paravirt_site(_at: u64, record: &[u8], text: &Instructions) -> Option<bool> {
    let (address, rest) = record.split_first_chunk()?;
    let (&kind, &size) = (rest.first()?, rest.get(1)?);
    let place = Place { address: u64::from_le_bytes(*address), size: size.into() };
    Some(kind < PV_OPS && usize::from(size) >= CALL_INSN_SIZE && text.contain(place))
}

/// The distance of an instruction.
fn is_site(at: u64, record: &[u8], text: &Instructions) -> Option<bool> {
    Some(text.contains(relative(at, record, 0)))
}

/// The distances of an instruction and of its replacement, the feature that decides, and both lengths.
fn is_alternative(at: u64, record: &[u8], text: &Instructions) -> Option<bool> {
    let feature = u16::from_le_bytes(*record.get(8..)?.first_chunk()?) & !ALTINSTR_FLAG_INV;
    let (&old, &new) = (record.get(10)?, record.get(11)?);
    let patched = Place { address: relative(at, record, 0), size: old.max(new).into() };
    let replacement = Place { address: relative(at, record, 4), size: new.into() };
    Some(feature < FEATURES && text.contain(patched) && (new == 0 || text.contain(replacement)))
}

fn static_call(at: u64, record: &[u8; static_call_site::SIZE]) -> StaticCall {
    let key = relative(at, record, static_call_site::KEY);
    StaticCall {
        code: relative(at, record, static_call_site::ADDR),
        key: key & !STATIC_CALL_SITE_FLAGS,
        is_tail: key & STATIC_CALL_SITE_TAIL != 0,
    }
}

/// Whether the instruction is one that a static call can be (`__static_call_validate`): for a tail call a jump, one with
/// a condition, or a return; else a call, or what stands for one that does nothing or returns 0.
fn is_call(call: &StaticCall, image: &Image, text: &Instructions) -> bool {
    const CALL: u8 = 0xe8;
    const RET: u8 = 0xc3;
    const XOR5RAX: [u8; CALL_INSN_SIZE] = [0x2e, 0x2e, 0x2e, 0x31, 0xc0];
    let code = image.bytes(call.code).filter(|_| text.contains(call.code)).unwrap_or_default();
    let nop = x86_nop(JMP32_INSN_SIZE).unwrap_or_default();
    match *code {
        [JMP32_INSN_OPCODE | RET, ..] | [0x0f, 0x80..=0x8f, ..] => call.is_tail,
        [CALL, ..] => !call.is_tail,
        _ => !call.is_tail && (code.starts_with(nop) || code.starts_with(&XOR5RAX)),
    }
}
