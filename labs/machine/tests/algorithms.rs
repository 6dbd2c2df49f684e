//! Algorithms as modules register them: which is chosen, who is counted, what falls with what.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::sync::{Arc, Mutex};

use abi::{
    Errno,
    offsets::{crypto_alg, crypto_tfm, shash_alg, shash_desc},
};
use common::{boot, export, function};
use machine::services::Failure;
use machine::{Machine, ModuleHooks};

/// A hash whose digest is one byte, the sum of what it was given and what it began with.
struct Sum {
    alg: Box<[u64; shash_alg::SIZE / 8]>,
}

impl Sum {
    fn new(name: &str, driver: &str, priority: i32, owner: u64, init: *const ()) -> Sum {
        let mut sum = Sum { alg: Box::new([0; shash_alg::SIZE / 8]) };
        let base = shash_alg::BASE;
        sum.put(shash_alg::INIT, &(init as u64).to_le_bytes());
        sum.put(shash_alg::UPDATE, &function(update as *const ()).to_le_bytes());
        sum.put(shash_alg::FINAL, &function(finish as *const ()).to_le_bytes());
        sum.put(shash_alg::DESCSIZE, &1u32.to_le_bytes());
        sum.put(shash_alg::DIGESTSIZE, &1u32.to_le_bytes());
        sum.put(base + crypto_alg::BLOCKSIZE, &1u32.to_le_bytes());
        sum.put(base + crypto_alg::PRIORITY, &priority.to_le_bytes());
        sum.put(base + crypto_alg::NAME, name.as_bytes());
        sum.put(base + crypto_alg::DRIVER_NAME, driver.as_bytes());
        sum.put(base + crypto_alg::MODULE, &owner.to_le_bytes());
        sum
    }

    fn put(&mut self, at: usize, bytes: &[u8]) {
        for (index, byte) in bytes.iter().enumerate() {
            let place = at + index;
            self.alg[place / 8] |= u64::from(*byte) << (8 * (place % 8));
        }
    }

    fn address(&self) -> u64 {
        self.alg.as_ptr() as u64
    }

    fn register(&self, machine: &Machine) -> i32 {
        let address = self.address();
        machine.run(0, "insmod", || export("crypto_register_shash", &[address])).unwrap() as i32
    }

    fn unregister(&self, machine: &Machine) {
        let address = self.address();
        machine.run(0, "rmmod", || export("crypto_unregister_shash", &[address])).unwrap();
    }
}

unsafe fn state<'a>(desc: u64) -> &'a mut u8 {
    // SAFETY: a struct shash_desc with the one byte that the algorithm asked for.
    unsafe { &mut *((desc + shash_desc::CTX as u64) as *mut u8) }
}

unsafe extern "C" fn from_zero(desc: u64) -> i32 {
    // SAFETY: called as shash_alg.init.
    unsafe { *state(desc) = 0 };
    0
}

unsafe extern "C" fn from_hundred(desc: u64) -> i32 {
    // SAFETY: called as shash_alg.init.
    unsafe { *state(desc) = 100 };
    0
}

unsafe extern "C" fn update(desc: u64, data: *const u8, length: u32) -> i32 {
    // SAFETY: called as shash_alg.update.
    unsafe {
        let data = std::slice::from_raw_parts(data, length as usize);
        *state(desc) = data.iter().fold(*state(desc), |sum, byte| sum.wrapping_add(*byte));
    }
    0
}

unsafe extern "C" fn finish(desc: u64, out: *mut u8) -> i32 {
    // SAFETY: called as shash_alg.final.
    unsafe { *out = *state(desc) };
    0
}

/// What the machine asks of the loader.
#[derive(Default)]
struct Asked {
    counts: Mutex<std::collections::HashMap<u64, i32>>,
    going: Mutex<Vec<u64>>,
    requested: Mutex<Vec<String>>,
}

impl ModuleHooks for Asked {
    fn try_module_get(&self, module: u64) -> bool {
        if self.going.lock().unwrap().contains(&module) {
            return false;
        }
        *self.counts.lock().unwrap().entry(module).or_default() += 1;
        true
    }

    fn module_put(&self, module: u64) {
        *self.counts.lock().unwrap().entry(module).or_default() -= 1;
    }

    fn request_module(&self, name: &str) -> i32 {
        self.requested.lock().unwrap().push(name.to_owned());
        -2
    }
}

/// The machine's handle to the hooks is weak: they must be kept.
fn with_hooks() -> (Arc<Machine>, Arc<Asked>) {
    let (machine, asked) = (boot(), Arc::new(Asked::default()));
    let hooks: Arc<dyn ModuleHooks> = asked.clone();
    machine.set_hooks(Arc::downgrade(&hooks));
    (machine, asked)
}

#[test]
fn the_highest_priority_is_chosen_unless_a_driver_is_named() {
    let machine = boot();
    let plain = Sum::new("sum", "sum-generic", 100, 0, from_zero as *const ());
    let fast = Sum::new("sum", "sum-fast", 300, 0, from_hundred as *const ());
    assert_eq!((plain.register(&machine), fast.register(&machine)), (0, 0));
    let digest = |name: &str| machine.crypto().digest(name, None, &[1, 2, 3]);
    assert_eq!(digest("sum"), Ok(vec![106]), "the better one, although it came later");
    assert_eq!(digest("sum-generic"), Ok(vec![6]));
    fast.unregister(&machine);
    assert_eq!(digest("sum"), Ok(vec![6]), "the better one is gone");
    assert_eq!(digest("sum-fast"), Err(Failure::Errno(Errno::ENOENT)));
    plain.unregister(&machine);
}

#[test]
fn names_that_would_be_ambiguous_are_refused() {
    let machine = boot();
    let first = Sum::new("sum", "sum-generic", 100, 0, from_zero as *const ());
    let exists = Errno::EEXIST.to_return() as i32;
    assert_eq!(first.register(&machine), 0);
    assert_eq!(first.register(&machine), exists, "the same one again");
    let clash = Sum::new("sum-generic", "other", 100, 0, from_zero as *const ());
    assert_eq!(clash.register(&machine), exists, "a name that is somebody's driver");
    let nameless = Sum::new("", "nameless", 100, 0, from_zero as *const ());
    assert_eq!(nameless.register(&machine), Errno::EINVAL.to_return() as i32);
}

#[test]
fn a_module_is_counted_while_its_algorithm_is_in_use() {
    let (machine, asked) = with_hooks();
    let sum = Sum::new("sum", "sum-generic", 100, 0x1234_5000, from_zero as *const ());
    assert_eq!(sum.register(&machine), 0);
    let name = c"sum".as_ptr() as u64;
    let hash = machine.run(0, "user", || export("crypto_alloc_shash", &[name, 0, 0])).unwrap();
    assert_eq!(asked.counts.lock().unwrap()[&0x1234_5000], 1);
    let tfm = hash + 8;
    machine.run(0, "user", || export("crypto_destroy_tfm", &[hash, tfm])).unwrap();
    assert_eq!(asked.counts.lock().unwrap()[&0x1234_5000], 0);
}

#[test]
fn the_transform_has_the_layout_that_modules_know() {
    let machine = boot();
    let sum = Sum::new("sum", "sum-generic", 100, 0, from_zero as *const ());
    assert_eq!(sum.register(&machine), 0);
    let name = c"sum".as_ptr() as u64;
    let hash = machine.run(0, "user", || export("crypto_alloc_shash", &[name, 0, 0])).unwrap();
    // SAFETY: a struct crypto_shash: the size of the state, then the struct crypto_tfm.
    let (descsize, alg) =
        unsafe { (*(hash as *const u32), *((hash + 8 + crypto_tfm::ALG as u64) as *const u64)) };
    assert_eq!((descsize, alg), (1, sum.address() + shash_alg::BASE as u64));
}

#[test]
fn a_module_that_is_going_is_passed_over() {
    let (machine, asked) = with_hooks();
    let plain = Sum::new("sum", "sum-generic", 100, 0x1000, from_zero as *const ());
    let fast = Sum::new("sum", "sum-fast", 300, 0x2000, from_hundred as *const ());
    assert_eq!((plain.register(&machine), fast.register(&machine)), (0, 0));
    asked.going.lock().unwrap().push(0x2000);
    assert_eq!(machine.crypto().digest("sum", None, &[1]), Ok(vec![1]));
}

#[test]
fn modules_are_asked_for_by_the_algorithms_name() {
    let (machine, asked) = with_hooks();
    assert_eq!(machine.crypto().cipher_block("none", b"", b"", false), Err(Failure::Errno(Errno::ENOENT)));
    assert_eq!(*asked.requested.lock().unwrap(), ["crypto-none", "crypto-none-all"]);
    asked.requested.lock().unwrap().clear();
    assert!(machine.crypto().digest("hmac(none)", None, b"").is_err());
    let asked = asked.requested.lock().unwrap();
    assert!(
        asked.contains(&"crypto-hmac(none)".to_owned()) && asked.contains(&"crypto-none".to_owned()),
        "{asked:?}"
    );
}

#[test]
fn what_a_template_built_falls_with_what_it_stands_on() {
    let machine = boot();
    let mut sum = Sum::new("sum", "sum-generic", 100, 0, from_zero as *const ());
    // hmac wants a state of at least a block, and here both are one byte.
    sum.put(shash_alg::DIGESTSIZE, &1u32.to_le_bytes());
    assert_eq!(sum.register(&machine), 0);
    let digest = || machine.crypto().digest("hmac(sum)", Some(&[1]), &[5]);
    // Inside 1 ^ 0x36 and 5, outside 1 ^ 0x5c and that.
    assert_eq!(digest(), Ok(vec![(0x37 + 5) + 0x5d]));
    assert!(machine.crypto().list().unwrap().contains("driver       : hmac(sum-generic)\n"));
    sum.unregister(&machine);
    assert!(!machine.crypto().list().unwrap().contains("sum"));
    assert_eq!(digest(), Err(Failure::Errno(Errno::ENOENT)));
}

#[test]
fn a_better_implementation_replaces_what_was_built_on_the_worse() {
    let machine = boot();
    let plain = Sum::new("sum", "sum-generic", 100, 0, from_zero as *const ());
    let fast = Sum::new("sum", "sum-fast", 300, 0, from_zero as *const ());
    assert_eq!(plain.register(&machine), 0);
    assert!(machine.crypto().digest("hmac(sum)", Some(&[1]), &[5]).is_ok());
    assert_eq!(fast.register(&machine), 0);
    assert!(!machine.crypto().list().unwrap().contains("hmac"), "the old one is gone");
    assert!(machine.crypto().digest("hmac(sum)", Some(&[1]), &[5]).is_ok());
    assert!(machine.crypto().list().unwrap().contains("driver       : hmac(sum-fast)\n"));
}

#[test]
fn data_reaches_an_algorithm_aligned_as_it_asks() {
    unsafe extern "C" fn misalignment(desc: u64, data: u64, _length: u32) -> i32 {
        // SAFETY: called as shash_alg.update.
        unsafe { *state(desc) |= (data & 63) as u8 };
        0
    }
    let machine = boot();
    let mut sum = Sum::new("sum", "sum-generic", 100, 0, from_zero as *const ());
    sum.alg[shash_alg::UPDATE / 8] = function(misalignment as *const ());
    // cra_alignmask follows cra_ctxsize.
    sum.put(shash_alg::BASE + crypto_alg::CTXSIZE + 4, &63u32.to_le_bytes());
    assert_eq!(sum.register(&machine), 0);
    let name = c"sum".as_ptr() as u64;
    let (data, mut out) = ([0u8; 100], 0xffu8);
    let (data, out_at) = (data.as_ptr() as u64, &raw mut out as u64);
    for offset in 0..3 {
        machine
            .run(0, "user", || {
                let hash = export("crypto_alloc_shash", &[name, 0, 0]);
                assert_eq!(export("crypto_shash_tfm_digest", &[hash, data + offset, 90, out_at]), 0);
                export("crypto_destroy_tfm", &[hash, hash + 8]);
            })
            .unwrap();
        assert_eq!(out, 0, "offset {offset}");
    }
}

#[test]
fn what_oopses_in_an_algorithm_kills_only_its_task() {
    unsafe extern "C" fn wild(_desc: u64) -> i32 {
        // SAFETY: none at all, as in a module with a bug.
        unsafe { *(0x10 as *const i32) }
    }
    let machine = boot();
    let sum = Sum::new("sum", "sum-generic", 100, 0, wild as *const ());
    assert_eq!(sum.register(&machine), 0);
    let Err(Failure::Killed(killed)) = machine.crypto().digest("sum", None, b"") else { panic!("no oops") };
    assert!(killed.reason.contains("NULL pointer dereference"), "{killed}");
    assert!(machine.crypto().digest("sha1", None, b"").is_ok());
}

#[test]
fn a_module_that_goes_without_unregistering_makes_others_oops() {
    let machine = boot();
    let sum = Sum::new("sum", "sum-generic", 100, 0, from_zero as *const ());
    let mut data = machine.memory().allocate(shash_alg::SIZE, "careless").unwrap();
    for (place, word) in data.bytes_mut().chunks_mut(8).zip(sum.alg.iter()) {
        place.copy_from_slice(&word.to_le_bytes());
    }
    let address = data.address();
    let registered = machine.run(0, "insmod", || export("crypto_register_shash", &[address])).unwrap();
    assert_eq!(registered, 0);
    assert!(machine.crypto().list().unwrap().contains("sum-generic"));
    drop(data);
    let Err(Failure::Killed(killed)) = machine.crypto().list() else { panic!("no oops") };
    assert!(killed.reason.contains("freed module memory: careless"), "{killed}");
    let Err(Failure::Killed(_)) = machine.crypto().digest("sum", None, b"") else { panic!("no oops") };
    assert!(machine.crypto().digest("sha1", None, b"").is_ok(), "nothing else is harmed");
}
