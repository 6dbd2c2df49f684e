//! What vector code asks, and switches in the code: kernel_fpu_begin(), features of the processor, static keys and calls.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::sync::{Arc, Mutex};

use abi::offsets::{cpuinfo_x86, static_key};
use common::{boot, export, text};
use machine::{ModuleHooks, call_module};

#[test]
fn between_begin_and_end_the_registers_are_taken_on_this_cpu_only() {
    let machine = boot();
    let usable = || export("irq_fpu_usable", &[]) & 1 == 1;
    machine
        .run(0, "test", || {
            assert!(usable());
            export("kernel_fpu_begin_mask", &[3]);
            assert!(!usable());
            let current = machine::current();
            assert!(current.machine().run(1, "other", usable).unwrap());
            export("kernel_fpu_end", &[]);
            assert!(usable());
        })
        .unwrap();
}

#[test]
fn a_task_that_died_with_the_registers_leaves_them_to_the_next() {
    let machine = boot();
    // SAFETY: none: nothing lies at 0, and the task ends there.
    let died = machine.run(0, "victim", || unsafe {
        export("kernel_fpu_begin_mask", &[2]);
        call_module(0, &[0; 6])
    });
    assert!(died.is_err());
    assert_eq!(machine.run(0, "next", || export("irq_fpu_usable", &[]) & 1), Ok(1));
}

#[test]
fn boot_cpu_data_agrees_with_what_the_processor_says() {
    let machine = boot();
    let data = machine.exports().value("boot_cpu_data").unwrap() + cpuinfo_x86::CAPABILITY as u64;
    // SAFETY: the machine's own variable.
    let has = |feature: u64| unsafe { *((data + feature / 8) as *const u8) } >> (feature % 8) & 1 == 1;
    assert!(has(25) && has(26), "every x86-64 has SSE and SSE2");
    assert_eq!(has(4 * 32 + 28), std::is_x86_feature_detected!("avx"));
    assert_eq!(has(9 * 32 + 5), std::is_x86_feature_detected!("avx2"));
    assert_eq!(has(4 * 32 + 25), std::is_x86_feature_detected!("aes"));
    let avx = machine.run(0, "test", || export("cpu_has_xfeatures", &[7, 0])).unwrap();
    assert_eq!(avx == 1, std::is_x86_feature_detected!("avx"));
}

#[derive(Default)]
struct Branches(Mutex<Vec<(u64, bool)>>);

impl ModuleHooks for Branches {
    fn static_key_changed(&self, key: u64, enabled: bool) {
        self.0.lock().unwrap().push((key, enabled));
    }
}

#[test]
fn branches_follow_the_first_user_of_a_key_and_the_last() {
    let (machine, branches) = (boot(), Arc::new(Branches::default()));
    let hooks: Arc<dyn ModuleHooks> = branches.clone();
    machine.set_hooks(Arc::downgrade(&hooks));
    let key = [0u64; static_key::SIZE / 8];
    let at = key.as_ptr() as u64;
    machine
        .run(0, "test", || {
            for expected in 1..=3 {
                export("static_key_slow_inc", &[at]);
                assert_eq!(export("static_key_count", &[at]), expected);
            }
            for _ in 0..3 {
                export("static_key_slow_dec", &[at]);
            }
            assert_eq!(export("static_key_count", &[at]), 0);
            export("static_key_enable", &[at]);
            export("static_key_enable", &[at]);
            assert_eq!(export("static_key_count", &[at]), 1);
            export("static_key_disable", &[at]);
        })
        .unwrap();
    assert_eq!(*branches.0.lock().unwrap(), [(at, true), (at, false), (at, true), (at, false)]);
}

#[test]
fn a_static_call_goes_to_another_function_after_an_update() {
    let machine = boot();
    // At 0 the trampoline: ret. At 16: mov eax, 1; ret. At 32: mov eax, 2; ret.
    let mut code = [0xcc; 48];
    code[..5].copy_from_slice(&[0xc3, 0xcc, 0xcc, 0xcc, 0xcc]);
    code[16..22].copy_from_slice(&[0xb8, 1, 0, 0, 0, 0xc3]);
    code[32..38].copy_from_slice(&[0xb8, 2, 0, 0, 0, 0xc3]);
    let (region, key) = (text(&machine, &code), [0u64; 2]);
    let (trampoline, at) = (region.address(), key.as_ptr() as u64);
    for (function, expected) in [(16, 1), (32, 2), (16, 1)] {
        let update = || export("__static_call_update", &[at, trampoline, trampoline + function]);
        machine.run(0, "test", update).unwrap();
        // SAFETY: the trampoline leads to one of the two functions.
        let returned = machine.run(0, "test", || unsafe { call_module(trampoline, &[0; 6]) });
        assert_eq!(returned, Ok(expected));
        assert_eq!(key[0], trampoline + function);
    }
}
