//! Memory for modules: below 2 GiB, never writable and executable at once, watched after it is freed.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use common::{boot, text};
use machine::{Protection, call_module, task};

/// The rights of the mapping around `address`, such as `r-xs`.
fn rights(address: u64) -> String {
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let found = maps.lines().find_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let (start, end) = range.split_once('-')?;
        let number = |text| u64::from_str_radix(text, 16).unwrap();
        (number(start)..number(end)).contains(&address).then(|| rest[..4].to_owned())
    });
    found.unwrap_or_else(|| "gone".to_owned())
}

#[test]
fn module_memory_lies_below_2_gib_and_begins_zeroed() {
    let machine = boot();
    let mut region = machine.memory().allocate(10_000, "test").unwrap();
    assert!(region.address() + region.size() as u64 <= 1 << 31, "R_X86_64_32S must reach it");
    assert_eq!(region.size(), 12_288);
    assert!(region.bytes_mut().iter().all(|&byte| byte == 0));
}

#[test]
fn the_groups_of_a_region_have_their_rights_and_none_is_both_writable_and_executable() {
    let machine = boot();
    let mut region = machine.memory().allocate(3 * 4096, "test").unwrap();
    let at = region.address();
    assert_eq!(rights(at), "rw-s");
    region.protect(0..4096, Protection::ReadExecute).unwrap();
    region.protect(4096..8192, Protection::ReadOnly).unwrap();
    assert_eq!([rights(at), rights(at + 4096), rights(at + 8192)], ["r-xs", "r--s", "rw-s"]);
    assert!(region.bytes_mut().is_empty(), "published memory belongs to the CPUs");
    // The kernel's own text keeps the rule too: the exports' stubs are in the same process.
    let maps = fs::read_to_string("/proc/self/maps").unwrap();
    let both =
        maps.lines().filter(|line| line.contains("machine") && line.contains("wx")).collect::<Vec<_>>();
    assert!(both.is_empty(), "writable and executable: {both:?}");
}

#[test]
fn only_whole_pages_of_the_region_can_be_protected() {
    let machine = boot();
    let mut region = machine.memory().allocate(4096, "test").unwrap();
    for range in [0..100, 100..4096, 0..8192, 4096..8192] {
        assert!(region.protect(range.clone(), Protection::ReadOnly).is_err(), "{range:?}");
    }
    assert!(region.protect(0..0, Protection::ReadOnly).is_ok());
}

#[test]
fn text_can_be_patched_and_stays_unwritable() {
    let machine = boot();
    // mov eax, 1; ret
    let region = text(&machine, &[0xb8, 1, 0, 0, 0, 0xc3]);
    // SAFETY: a function without arguments.
    let call = || machine.run(0, "test", || unsafe { call_module(region.address(), &[0; 6]) });
    assert_eq!(call(), Ok(1));
    region.patch(1, &[2]).unwrap();
    assert_eq!((call(), rights(region.address())), (Ok(2), "r-xs".to_owned()));
    region.patch(0, &[0xb8, 3, 0, 0, 0, 0xc3, 0x90, 0x90, 0x90, 0x90]).unwrap();
    assert_eq!(call(), Ok(3));
    assert_eq!(region.read(0..3), Some(vec![0xb8, 3, 0]));
    assert!(region.patch(region.size() - 1, &[0, 0]).is_err(), "it must not write outside");
    assert!(region.patch(usize::MAX, &[0, 0]).is_err());
    assert_eq!(region.read(4096..4097), None);
}

#[test]
fn a_cpu_that_executes_an_instruction_while_it_is_replaced_meets_the_old_one_or_the_new_one() {
    let machine = boot();
    let (nop, load) = ([0x0f, 0x1f, 0x44, 0, 0], [0xb8, 1, 0, 0, 0]);
    // mov eax, 7; nop; five bytes across an eight-byte boundary; ret
    let region = text(&machine, &[&[0xb8, 7, 0, 0, 0, 0x90], &nop[..], &[0xc3]].concat());
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        let runner = scope.spawn(|| {
            machine.run(0, "runner", || {
                let mut seen = [0u64; 8];
                while !done.load(Ordering::Relaxed) {
                    for _ in 0..1000 {
                        // SAFETY: a function without arguments, whole at any moment.
                        seen[unsafe { call_module(region.address(), &[0; 6]) } as usize & 7] += 1;
                    }
                    task::yield_now();
                }
                seen
            })
        });
        for at in 0..2000 {
            region.patch(6, if at % 2 == 0 { &load } else { &nop }).unwrap();
        }
        done.store(true, Ordering::Relaxed);
        let seen = runner.join().unwrap().unwrap();
        assert_eq!(seen[1] + seen[7], seen.iter().sum::<u64>(), "{seen:?}");
    });
}

#[test]
fn patching_across_pages_reaches_both() {
    let machine = boot();
    let region = text(&machine, &[0; 8192]);
    region.patch(4094, &[1, 2, 3, 4]).unwrap();
    assert_eq!(region.read(4093..4099), Some(vec![0, 1, 2, 3, 4, 0]));
}

#[test]
fn freed_memory_is_out_of_reach_and_its_owner_remembered() {
    let machine = boot();
    let before = machine.memory().in_use();
    let region = machine.memory().allocate(4096, "crc8").unwrap();
    assert_eq!(machine.memory().in_use(), before + 4096);
    let address = region.address();
    assert!(!machine.memory().owner(address).unwrap().freed);
    drop(region);
    assert_eq!(machine.memory().in_use(), before, "everything has been given back");
    assert_eq!(rights(address), "---s");
    let owner = machine.memory().owner(address + 100).unwrap();
    assert_eq!((&*owner.label, owner.freed, owner.start), ("crc8", true, address));
}

#[test]
fn quarantine_is_bounded() {
    let machine = boot();
    let first = machine.memory().allocate(16 << 20, "first").unwrap().address();
    for _ in 0..5 {
        drop(machine.memory().allocate(16 << 20, "more").unwrap());
    }
    assert!(machine.memory().owner(first).is_none_or(|owner| &*owner.label != "first"));
}

#[test]
fn per_cpu_data_has_the_same_offset_on_every_cpu_and_separate_contents() {
    let machine = boot();
    let percpu = machine.percpu();
    let before = percpu.in_use();
    let offset = percpu.allocate(24, 16, b"initial").unwrap();
    assert!(offset > 0 && offset < 1 << 31 && offset.is_multiple_of(16), "32S relocations hold it");
    // mov rax, gs:[rdi]; add qword ptr gs:[rdi], rsi; ret
    let region = text(&machine, &[0x65, 0x48, 0x8b, 0x07, 0x65, 0x48, 0x01, 0x37, 0xc3]);
    let add = |cpu, amount| {
        // SAFETY: the function takes the offset of a per-CPU word and a number.
        machine.run(cpu, "test", || unsafe { call_module(region.address(), &[offset, amount, 0, 0, 0, 0]) })
    };
    let initial = u64::from_le_bytes(*b"initial\0");
    assert_eq!([add(0, 5), add(0, 0), add(1, 0)], [Ok(initial), Ok(initial + 5), Ok(initial)]);
    assert!(percpu.free(offset));
    assert!(!percpu.free(offset), "what is free cannot be freed");
    assert_eq!(percpu.in_use(), before);
    assert!(percpu.allocate(2 << 20, 8, &[]).is_err());
}
