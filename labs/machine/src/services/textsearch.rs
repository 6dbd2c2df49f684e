//! Text search: algorithms that modules register and searches prepared with them. Linux: lib/textsearch.c.

use std::mem::offset_of;

use abi::{Errno, offsets};

use super::host::{Failure, check_pointer, task};
use super::invoke::{invoke, stub};
use super::{err_ptr, fail, functions, heap, is_err, module_refs, text, with};
use crate::exports::Table;
use crate::{Machine, current};

pub(super) fn register(table: &mut Table) {
    functions!(table; textsearch_register/1, textsearch_unregister/1, textsearch_prepare/5, textsearch_destroy/1,
        textsearch_find_continuous/4);
}

/// Flag: load the module that brings the algorithm, if need be.
pub const TS_AUTOLOAD: i32 = 1;
/// Flag: upper and lower case are the same.
pub const TS_IGNORECASE: i32 = 2;

/// `struct ts_ops`.
#[repr(C)]
struct Ops {
    name: *const u8,
    init: u64,
    find: u64,
    destroy: u64,
    get_pattern: u64,
    get_pattern_len: u64,
    owner: u64,
    list: [u64; 2],
}

/// `struct ts_config`.
#[repr(C)]
struct Config {
    ops: *mut Ops,
    flags: i32,
    get_next_block: u64,
    finish: u64,
}

/// `struct ts_state`, in which the control buffer is what `get_linear_data` needs.
#[repr(C)]
struct State {
    offset: u32,
    control: [u8; 48],
}

const _: () = assert!(
    size_of::<Ops>() == offsets::ts_ops::SIZE
        && offset_of!(Ops, find) == offsets::ts_ops::FIND
        && size_of::<Config>() == offsets::ts_config::SIZE
        && offset_of!(Config, get_next_block) == offsets::ts_config::GET_NEXT_BLOCK
);

/// The algorithms in the order of their registration: name, owner, address of the `struct ts_ops`.
#[derive(Debug, Default)]
struct Algorithms(Vec<(Vec<u8>, u64, u64)>);

unsafe extern "C" fn textsearch_register(ops: *mut Ops) -> i32 {
    // SAFETY: the caller's struct ts_ops.
    let (name, owner) = unsafe {
        let ops = &*ops;
        if ops.name.is_null() || [ops.find, ops.init, ops.get_pattern, ops.get_pattern_len].contains(&0) {
            return fail(Errno::EINVAL);
        }
        (text::bytes(ops.name).to_vec(), ops.owner)
    };
    with(|algorithms: &mut Algorithms| {
        if algorithms.0.iter().any(|(known, ..)| *known == name) {
            return fail(Errno::EEXIST);
        }
        algorithms.0.push((name, owner, ops as u64));
        0
    })
}

unsafe extern "C" fn textsearch_unregister(ops: u64) -> i32 {
    with(|algorithms: &mut Algorithms| {
        let before = algorithms.0.len();
        algorithms.0.retain(|(.., known)| *known != ops);
        if algorithms.0.len() < before { 0 } else { fail(Errno::ENOENT) }
    })
}

/// The algorithm of that name, with a reference on its module.
fn look_up(name: &[u8]) -> Option<*mut Ops> {
    let (owner, ops) = with(|algorithms: &mut Algorithms| {
        algorithms.0.iter().find(|(known, ..)| known == name).map(|(_, owner, ops)| (*owner, *ops))
    })?;
    module_refs::get(owner).then_some(ops as *mut Ops)
}

unsafe extern "C" fn textsearch_prepare(
    name: *const u8,
    pattern: u64,
    length: u32,
    gfp: u32,
    flags: i32,
) -> u64 {
    if length == 0 {
        return err_ptr(Errno::EINVAL);
    }
    // SAFETY: a NUL-terminated name.
    let name = unsafe { text::bytes(name) };
    let mut ops = look_up(name);
    if ops.is_none() && flags & TS_AUTOLOAD != 0 {
        let module = format!("ts_{}", String::from_utf8_lossy(name));
        current().machine().hooks().request_module(&module);
        ops = look_up(name);
    }
    let Some(ops) = ops else { return err_ptr(Errno::ENOENT) };
    // SAFETY: registered, and kept by the reference; its functions are called as they ask to be.
    unsafe {
        let config = invoke((*ops).init, [pattern, u64::from(length), u64::from(gfp), flags as u64]);
        if is_err(config) {
            module_refs::put((*ops).owner);
        } else {
            (*(config as *mut Config)).ops = ops;
        }
        config
    }
}

unsafe extern "C" fn textsearch_destroy(config: *mut Config) {
    // SAFETY: what textsearch_prepare() returned.
    unsafe {
        let ops = (*config).ops;
        if !ops.is_null() {
            if (*ops).destroy != 0 {
                invoke((*ops).destroy, [config as u64]);
            }
            module_refs::put((*ops).owner);
        }
    }
    heap::free(config as u64);
}

/// The rest of the text behind what has been looked at. Length and address stand in the control buffer, at 0 and 8.
unsafe extern "C" fn get_linear_data(consumed: u32, block: *mut u64, _config: u64, state: *mut State) -> u32 {
    // SAFETY: textsearch_find_continuous() has filled the state.
    unsafe {
        let control = (&raw const (*state).control).cast::<u8>();
        let length = control.cast::<u32>().read_unaligned();
        if consumed >= length {
            return 0;
        }
        *block = control.add(8).cast::<u64>().read_unaligned() + u64::from(consumed);
        length - consumed
    }
}

unsafe extern "C" fn textsearch_find_continuous(
    config: *mut Config,
    state: *mut State,
    data: u64,
    length: u32,
) -> u32 {
    // SAFETY: what textsearch_prepare() returned, the caller's state, and `length` bytes.
    unsafe {
        (*config).get_next_block = stub(get_linear_data as *const (), 4);
        let control = (&raw mut (*state).control).cast::<u8>();
        control.cast::<u32>().write_unaligned(length);
        control.add(8).cast::<u64>().write_unaligned(data);
        (*state).offset = 0;
        let found = invoke((*(*config).ops).find, [config as u64, state as u64]) as u32;
        if (*config).finish != 0 {
            invoke((*config).finish, [config as u64, state as u64]);
        }
        found
    }
}

/// A machine's text search.
#[derive(Debug, Clone, Copy)]
pub struct TextSearch<'a>(&'a Machine);

impl Machine {
    /// Its text search.
    pub fn textsearch(&self) -> TextSearch<'_> {
        TextSearch(self)
    }
}

impl TextSearch<'_> {
    /// The names of the registered algorithms, the oldest first.
    pub fn list(&self) -> Vec<String> {
        let name = |name: &Vec<u8>| String::from_utf8_lossy(name).into_owned();
        super::with_of(self.0, |known: &mut Algorithms| known.0.iter().map(|entry| name(&entry.0)).collect())
    }

    /// Where `pattern` first occurs in `text`, found by `algorithm`. `flags` are [`TS_AUTOLOAD`] and [`TS_IGNORECASE`].
    ///
    /// # Errors
    /// ENOENT: no such algorithm; EINVAL: no pattern; what the algorithm says of the pattern.
    pub fn find(
        &self,
        algorithm: &str,
        pattern: &[u8],
        text: &[u8],
        flags: i32,
    ) -> Result<Option<usize>, Failure> {
        let mut name = algorithm.as_bytes().to_vec();
        name.push(0);
        let length = u32::try_from(text.len()).map_err(|_| Errno::E2BIG)?;
        let pattern_length = u32::try_from(pattern.len()).map_err(|_| Errno::E2BIG)?;
        task(self.0, "textsearch", || {
            // SAFETY: as the exports ask; slices of the lengths given.
            unsafe {
                let config =
                    textsearch_prepare(name.as_ptr(), pattern.as_ptr() as u64, pattern_length, 0, flags);
                let config = check_pointer(config)? as *mut Config;
                let mut state = State { offset: 0, control: [0; 48] };
                let found = textsearch_find_continuous(config, &raw mut state, text.as_ptr() as u64, length);
                textsearch_destroy(config);
                Ok((found != u32::MAX).then_some(found as usize))
            }
        })
    }
}
