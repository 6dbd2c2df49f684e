//! Text search: algorithms that are registered, prepared, counted.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::sync::{Arc, Mutex};

use abi::{
    Errno,
    offsets::{ts_config, ts_ops},
};
use common::{boot, export, function};
use machine::services::{Failure, TS_AUTOLOAD};
use machine::{Machine, ModuleHooks, call_module};

/// An algorithm that looks for the pattern's first byte.
struct FirstByte([u64; ts_ops::SIZE / 8]);

const OWNER: u64 = 0x5000;

impl FirstByte {
    fn new(name: &'static [u8]) -> FirstByte {
        let mut ops = FirstByte([0; ts_ops::SIZE / 8]);
        ops.0[ts_ops::NAME / 8] = name.as_ptr() as u64;
        ops.0[ts_ops::INIT / 8] = function(init as *const ());
        ops.0[ts_ops::FIND / 8] = function(find as *const ());
        // get_pattern and get_pattern_len must be there; then comes the owner.
        ops.0[4] = function(init as *const ());
        ops.0[5] = function(init as *const ());
        ops.0[6] = OWNER;
        ops
    }

    fn call(&self, machine: &Machine, name: &str) -> i32 {
        let address = self.0.as_ptr() as u64;
        machine.run(0, "insmod", || export(name, &[address])).unwrap() as i32
    }
}

unsafe extern "C" fn init(pattern: *const u8, _length: u32, _gfp: u32, _flags: i32) -> u64 {
    // SAFETY: called as ts_ops.init; a struct ts_config with a byte behind it.
    unsafe {
        if *pattern == b'?' {
            return Errno::EINVAL.to_return() as u64;
        }
        let config = export("__kmalloc", &[ts_config::SIZE as u64 + 8, 0]);
        *((config + ts_config::SIZE as u64) as *mut u8) = *pattern;
        config
    }
}

unsafe extern "C" fn find(config: u64, state: *mut u32) -> u32 {
    // SAFETY: called as ts_ops.find: asks for block after block.
    unsafe {
        let wanted = *((config + ts_config::SIZE as u64) as *const u8);
        let next = *((config + ts_config::GET_NEXT_BLOCK as u64) as *const u64);
        let mut consumed = *state;
        loop {
            let mut block: *const u8 = std::ptr::null();
            let arguments = [u64::from(consumed), &raw mut block as u64, config, state as u64, 0, 0];
            let length = call_module(next, &arguments) as u32;
            if length == 0 {
                return u32::MAX;
            }
            if let Some(at) = (0..length).find(|at| *block.add(*at as usize) == wanted) {
                return consumed + at;
            }
            consumed += length;
        }
    }
}

#[derive(Default)]
struct Count(Mutex<i32>, Mutex<Vec<String>>);

impl ModuleHooks for Count {
    fn try_module_get(&self, module: u64) -> bool {
        assert_eq!(module, OWNER);
        *self.0.lock().unwrap() += 1;
        true
    }

    fn module_put(&self, _module: u64) {
        *self.0.lock().unwrap() -= 1;
    }

    fn request_module(&self, name: &str) -> i32 {
        self.1.lock().unwrap().push(name.to_owned());
        -2
    }
}

#[test]
fn a_pattern_is_found_and_the_algorithms_module_is_free_again() {
    let (machine, count) = (boot(), Arc::new(Count::default()));
    let hooks: Arc<dyn ModuleHooks> = count.clone();
    machine.set_hooks(Arc::downgrade(&hooks));
    let ops = FirstByte::new(b"first\0");
    assert_eq!(ops.call(&machine, "textsearch_register"), 0);
    assert_eq!(machine.textsearch().list(), ["first"]);
    let find = |pattern: &[u8]| machine.textsearch().find("first", pattern, b"hay needle", 0);
    assert_eq!(find(b"n"), Ok(Some(4)));
    assert_eq!(find(b"z"), Ok(None));
    assert_eq!(find(b"?"), Err(Failure::Errno(Errno::EINVAL)), "init() refuses");
    assert_eq!(find(b""), Err(Failure::Errno(Errno::EINVAL)), "no pattern");
    assert_eq!(*count.0.lock().unwrap(), 0);
}

#[test]
fn an_algorithm_is_registered_once_and_loaded_only_if_that_is_asked_for() {
    let (machine, count) = (boot(), Arc::new(Count::default()));
    let hooks: Arc<dyn ModuleHooks> = count.clone();
    machine.set_hooks(Arc::downgrade(&hooks));
    let (ops, same) = (FirstByte::new(b"first\0"), FirstByte::new(b"first\0"));
    assert_eq!(ops.call(&machine, "textsearch_register"), 0);
    assert_eq!(same.call(&machine, "textsearch_register"), Errno::EEXIST.to_return() as i32);
    assert_eq!(same.call(&machine, "textsearch_unregister"), Errno::ENOENT.to_return() as i32);
    assert_eq!(ops.call(&machine, "textsearch_unregister"), 0);
    for flags in [0, TS_AUTOLOAD] {
        let gone = machine.textsearch().find("first", b"x", b"x", flags);
        assert_eq!(gone, Err(Failure::Errno(Errno::ENOENT)));
    }
    assert_eq!(*count.1.lock().unwrap(), ["ts_first"]);
}

#[test]
fn an_algorithm_without_a_function_is_refused() {
    let machine = boot();
    let mut ops = FirstByte::new(b"first\0");
    ops.0[ts_ops::FIND / 8] = 0;
    assert_eq!(ops.call(&machine, "textsearch_register"), Errno::EINVAL.to_return() as i32);
}
