//! Damaged modules: an errno and the kernel's words, nothing loaded, nothing leaked, never a panic.

use std::sync::Arc;

use abi::Errno;
use loader::{Kernel, KernelConfig, NotDone};

fn hello() -> Vec<u8> {
    let modules = course_modules::cached().expect("the course's own modules can be built here");
    let hello = modules.iter().find(|module| module.name == "hello").expect("hello is one of them");
    std::fs::read(&hello.path).expect("it can be read")
}

fn kernel() -> Arc<Kernel> {
    Kernel::boot(KernelConfig::default()).expect("the simulated kernel boots here")
}

/// The refusal of `file`, after which everything is as it was.
fn refused(kernel: &Kernel, file: &[u8], what: &str) -> (Errno, String) {
    let before = (kernel.machine().memory().in_use(), kernel.machine().percpu().in_use());
    let outcome = kernel.init_module(file, "");
    let after = (kernel.machine().memory().in_use(), kernel.machine().percpu().in_use());
    assert_eq!(before, after, "{what}: something was leaked");
    assert!(kernel.registry().modules().is_empty(), "{what}: something was loaded");
    match outcome {
        Err(NotDone::Refused(refusal)) => (refusal.errno, refusal.message),
        outcome => panic!("{what}: expected a refusal, got {outcome:?}"),
    }
}

#[test]
fn a_module_cut_short_anywhere_is_refused() {
    let (kernel, file) = (kernel(), hello());
    for length in (0..file.len()).step_by(37) {
        let (errno, _) = refused(&kernel, &file[..length], &format!("cut to {length} bytes"));
        assert_eq!(errno, Errno::ENOEXEC, "cut to {length} bytes");
    }
}

#[test]
fn what_is_no_module_at_all_is_refused_in_the_kernels_words() {
    let kernel = kernel();
    let sound = hello();
    let with = |at: usize, bytes: &[u8]| {
        let mut file = sound.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    for (file, words) in [
        (vec![b'#'; 4096], "Invalid ELF header magic: != \x7fELF"),
        (with(16, &2u16.to_le_bytes()), "Invalid ELF header type: 2 != 1"),
        (with(18, &183u16.to_le_bytes()), "Invalid architecture in ELF header: 183"),
        (with(58, &63u16.to_le_bytes()), "Invalid ELF section header size"),
        (with(40, &u64::MAX.to_le_bytes()), "Invalid ELF section header overflow"),
    ] {
        assert_eq!(refused(&kernel, &file, words), (Errno::ENOEXEC, words.to_owned()));
    }
}

/// Any byte of the file may be wrong. Most such modules are refused, some load and work, a few do something wild when
/// their code runs; the kernel survives all of them. Only headers and tables are damaged here, in steps that
/// share no factor with the size of any record.
#[test]
fn no_damage_to_headers_and_tables_brings_the_kernel_down() {
    let file = hello();
    let elf = elf::Module::parse(&file).expect("hello is a module");
    let tables: Vec<_> = elf.sections.iter().filter(|section| matches!(section.kind, 2..=4)).collect();
    let in_tables =
        tables.iter().flat_map(|table| table.offset as usize..(table.offset + table.size) as usize);
    let headers = file.len() - elf.sections.len() * 64..file.len();
    let mut kernel = kernel();
    for at in (0..64).chain(in_tables.step_by(7)).chain(headers.step_by(3)) {
        for value in [0, 0xff, file[at] ^ 0x40] {
            let mut damaged = file.clone();
            damaged[at] = value;
            let outcome = kernel.init_module(&damaged, "");
            for module in kernel.registry().modules() {
                // What was loaded may have lost its exit; then it stays, as in the kernel.
                let _ = kernel.delete_module(module.name.as_ref(), true);
            }
            // What died in its init stays for ever, and the next one of its name would wait for it.
            if matches!(outcome, Err(NotDone::Killed(_))) || !kernel.registry().modules().is_empty() {
                kernel = self::kernel();
            }
        }
    }
}
