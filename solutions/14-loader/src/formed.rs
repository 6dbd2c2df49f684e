//! What a linked module's own tables say: exports, parameters, bugs, fix-ups, branches, init and exit.
//! `kernel/module/main.c`, find_module_sections; lib/bug.c; lib/extable.c.

use std::sync::atomic::{AtomicBool, Ordering};

use abi::{LoadError, Stricter, offsets};
use bstr::BString;
use elf::Module;
use machine::{Bug, Fixup};
use relocate::x86_64::{JumpEntry, jump_entries};
use symbols::{ExportTable, Image, read_exports};

use crate::{
    sites::{Instructions, StaticCall, check_sites},
    struct_module::check_relocations,
};

/// `struct exception_table_entry`, arch/x86/include/asm/extable.h; bytes.
const EXTABLE_ENTRY_SIZE: usize = 12;

/// A linked module's tables, read once.
#[derive(Debug)]
pub struct Formed {
    /// What it exports.
    pub exports: ExportTable,
    /// Its parameters.
    pub parameters: Vec<Parameter>,
    /// Its branches that a static key decides.
    pub branches: Vec<JumpEntry>,
    /// Its calls whose target is a key's.
    pub static_calls: Vec<StaticCall>,
    /// The address of its init function.
    pub init: Option<u64>,
    /// The address of its exit function.
    pub exit: Option<u64>,
    bugs: Vec<BugSite>,
    fixups: Vec<(u64, Fixup)>,
}

/// A record of `__param`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name.
    pub name: BString,
    /// The address of the record itself: what `set` and `get` are called with.
    pub record: u64,
    /// The address of its `struct kernel_param_ops`.
    pub ops: u64,
    /// Its permissions in /sys/module/NAME/parameters; 0 where it is not shown there.
    pub perm: u16,
}

#[derive(Debug)]
struct BugSite {
    address: u64,
    bug: Bug,
    done: AtomicBool,
}

impl Formed {
    /// Reads the tables of `module`, whose sections lie linked at `addresses` in `image`.
    ///
    /// # Errors
    /// Stricter than 6.1, which follows them: `ENOEXEC` where the exports, the name of a parameter, init or exit lie
    /// outside the module's memory, or init or exit are no instructions; or what `check_sites` and `check_relocations` refuse.
    pub(crate) fn read(module: &Module, addresses: &[u64], image: &Image) -> Result<Formed, LoadError> {
        let table = |name| image.section(module, addresses, name).unwrap_or_default();
        let mut bugs: Vec<_> = records::<{ offsets::bug_entry::SIZE }>(table("__bug_table"))
            .map(|(at, record)| read_bug(at, record, image))
            .collect();
        bugs.sort_unstable_by_key(|site| site.address);
        let mut fixups: Vec<_> = records::<EXTABLE_ENTRY_SIZE>(table("__ex_table"))
            .map(|(at, record)| read_fixup(at, record))
            .collect();
        fixups.sort_unstable_by_key(|&(address, _)| address);
        let (jump_table_address, jump_table) = table("__jump_table");
        let this_module = addresses.get(module.this_module).copied().unwrap_or_default();
        let function =
            |offset: usize| read_u64(image, this_module.wrapping_add(offset as u64)).filter(|&at| at != 0);
        let (init, exit) = (function(offsets::module::INIT), function(offsets::module::EXIT));
        check_relocations(module)?;
        let text = Instructions::of(module, addresses);
        check_entry_points(module, image, &text, init, exit)?;
        Ok(Formed {
            exports: read_exports(module, addresses, image)?,
            static_calls: check_sites(module, addresses, image, &text)?,
            parameters: records::<{ offsets::kernel_param::SIZE }>(table("__param"))
                .map(|(at, record)| {
                    read_parameter(at, record, image).ok_or_else(|| bad_parameter(module, at))
                })
                .collect::<Result<_, _>>()?,
            branches: jump_entries(jump_table, jump_table_address).collect(),
            init,
            exit,
            bugs,
            fixups,
        })
    }

    /// The `__bug_table` record for the `ud2` at `address`.
    pub(crate) fn bug_at(&self, address: u64) -> Option<Bug> {
        self.site(address).map(|site| {
            let mut bug = site.bug.clone();
            // Relaxed: a flag of its own, which guards nothing.
            if site.done.load(Ordering::Relaxed) {
                bug.flags |= Bug::DONE;
            }
            bug
        })
    }

    /// Marks the record for `address` as done; false where it was before, or where there is none.
    pub(crate) fn bug_done(&self, address: u64) -> bool {
        // Relaxed: a flag of its own, which guards nothing.
        self.site(address).is_some_and(|site| !site.done.swap(true, Ordering::Relaxed))
    }

    /// The `__ex_table` record for the instruction at `address`.
    pub(crate) fn fixup_at(&self, address: u64) -> Option<Fixup> {
        let found = self.fixups.binary_search_by_key(&address, |&(address, _)| address).ok()?;
        self.fixups.get(found).map(|&(_, fixup)| fixup)
    }

    fn site(&self, address: u64) -> Option<&BugSite> {
        let found = self.bugs.binary_search_by_key(&address, |site| site.address).ok()?;
        self.bugs.get(found)
    }
}

/// The records of a table, each with its address; a trailing part of one is ignored, as the kernel's division does.
fn records<const SIZE: usize>((address, table): (u64, &[u8])) -> impl Iterator<Item = (u64, &[u8; SIZE])> {
    (address..).step_by(SIZE).zip(table.as_chunks().0)
}

/// The address that the i32 at `offset` of the record at `at` stands for: it is relative to its own place.
pub(crate) fn relative(at: u64, record: &[u8], offset: usize) -> u64 {
    let field = record.get(offset..).and_then(|rest| rest.first_chunk()).copied().unwrap_or_default();
    at.wrapping_add(offset as u64).wrapping_add_signed(i32::from_le_bytes(field).into())
}

fn read_bug(at: u64, record: &[u8; offsets::bug_entry::SIZE], image: &Image) -> BugSite {
    use offsets::bug_entry::{ADDRESS, FILE, FLAGS, LINE};
    let half = |offset: usize| u16::from_le_bytes([record[offset], record[offset + 1]]);
    let file = image.string(relative(at, record, FILE)).map_or_else(String::new, |file| file.to_string());
    let bug = Bug { file, line: half(LINE).into(), flags: half(FLAGS) };
    BugSite { address: relative(at, record, ADDRESS), bug, done: AtomicBool::new(false) }
}

fn read_fixup(at: u64, record: &[u8; EXTABLE_ENTRY_SIZE]) -> (u64, Fixup) {
    let [.., d0, d1, d2, d3] = *record;
    let fixup = Fixup { address: relative(at, record, 4), data: u32::from_le_bytes([d0, d1, d2, d3]) };
    (relative(at, record, 0), fixup)
}

/// `None` where the parameter's name is no string in the module's memory.
fn read_parameter(at: u64, record: &[u8; offsets::kernel_param::SIZE], image: &Image) -> Option<Parameter> {
    use offsets::kernel_param::{NAME, OPS, PERM};
    let pointer = |offset: usize| record.get(offset..)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes));
    Some(Parameter {
        name: image.string(pointer(NAME)?)?.to_owned(),
        record: at,
        ops: pointer(OPS)?,
        perm: u16::from_le_bytes(*record.get(PERM..)?.first_chunk()?),
    })
}

fn bad_parameter(module: &Module, at: u64) -> LoadError {
    let name = module.this_module_name;
    let what =
        format!("{name}: the parameter whose record lies at {at:#x} has no name in the module's memory");
    LoadError::stricter(Stricter::Parameter, what)
}

/// Init is called once, and may lie in the part that is freed afterwards; exit is called when that is gone.
fn check_entry_points(
    module: &Module,
    image: &Image,
    text: &Instructions,
    init: Option<u64>,
    exit: Option<u64>,
) -> Result<(), LoadError> {
    let (core, bytes) = image.core;
    let stays = |at: u64| at.wrapping_sub(core) < bytes.len() as u64;
    let refuse = |function: &str, at: u64| {
        let name = module.this_module_name;
        let what = format!("{name}: {function} at {at:#x} is not in the module's instructions");
        Err(LoadError::stricter(Stricter::EntryPoint, what))
    };
    match (init, exit) {
        (Some(init), _) if !text.contains(init) => refuse("init", init),
        (_, Some(exit)) if !text.contains(exit) || !stays(exit) => refuse("exit", exit),
        _ => Ok(()),
    }
}

fn read_u64(image: &Image, address: u64) -> Option<u64> {
    image.bytes(address)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
}
