//! Memory that modules allocate: zeroed, watched, and counted when it is left behind.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use common::{boot, export};

#[test]
fn an_object_comes_zeroed_even_where_an_old_one_lay() {
    let machine = boot();
    let dirty = machine.run(0, "test", || {
        for _ in 0..200 {
            let object = export("__kmalloc", &[64, 0]);
            // SAFETY: sixty-four bytes of our own.
            let bytes = unsafe { std::slice::from_raw_parts_mut(object as *mut u8, 64) };
            if bytes.iter().any(|&byte| byte != 0) {
                return true;
            }
            bytes.fill(0xff);
            export("kfree", &[object]);
        }
        false
    });
    assert_eq!(dirty, Ok(false), "CONFIG_INIT_ON_ALLOC_DEFAULT_ON: nothing of another's data shows");
}

#[test]
fn an_object_of_a_power_of_two_is_aligned_to_its_size() {
    let machine = boot();
    for size in [8, 64, 256, 1024, 4096, 65536] {
        let address = machine.run(0, "test", || export("__kmalloc", &[size, 0])).unwrap();
        assert_eq!(address % size, 0, "kmalloc({size}) gave {address:#x}");
    }
}

#[test]
fn the_second_kfree_is_reported_and_does_nothing() {
    let machine = boot();
    let objects = machine.run(0, "test", || {
        let first = export("__kmalloc", &[64, 0]);
        export("kfree", &[first]);
        export("kfree", &[first]);
        (0..100).map(|_| export("__kmalloc", &[64, 0])).collect::<std::collections::HashSet<_>>().len()
    });
    assert_eq!(objects, Ok(100), "freed twice, an object would be handed out twice");
    assert!(machine.log().texts().contains("BUG kmalloc-64 (Not tainted): Object already free"));
}

#[test]
fn kfree_of_what_nobody_allocated_is_reported() {
    let machine = boot();
    machine.run(0, "test", || export("kfree", &[0x1234_5678])).unwrap();
    assert!(machine.log().texts().contains("Invalid object pointer"));
}

#[test]
fn writing_one_byte_too_far_is_found_at_kfree() {
    let machine = boot();
    machine
        .run(0, "test", || {
            let object = export("__kmalloc", &[60, 0]);
            // SAFETY: the red zone behind the object is the heap's, and mapped.
            unsafe { *((object + 60) as *mut u8) = b'A' };
            export("kfree", &[object]);
        })
        .unwrap();
    let log = machine.log().texts();
    assert!(log.contains("BUG kmalloc-64 (Not tainted): Right Redzone overwritten"), "{log}");
    assert!(log.contains("First byte 0x41 instead of 0xcc"), "{log}");
}

#[test]
fn writing_after_kfree_is_found_when_the_object_is_used_again() {
    let machine = boot();
    machine
        .run(0, "test", || {
            let object = export("__kmalloc", &[128, 0]);
            export("kfree", &[object]);
            // SAFETY: freed objects stay mapped.
            unsafe { *(object as *mut u8) = 1 };
            for _ in 0..200 {
                let other = export("__kmalloc", &[128, 0]);
                export("kfree", &[other]);
            }
        })
        .unwrap();
    let log = machine.log().texts();
    assert!(log.contains("BUG kmalloc-128 (Not tainted): Poison overwritten"), "{log}");
    assert!(log.contains("First byte 0x1 instead of 0x6b"), "{log}");
}

#[test]
fn what_is_left_is_known_by_the_place_that_allocated_it() {
    let machine = boot();
    machine
        .run(0, "test", || {
            for size in [100, 200, 300] {
                export("__kmalloc", &[size, 0]);
            }
            let freed = export("vmalloc", &[5000]);
            export("vfree", &[freed]);
        })
        .unwrap();
    let leaks = machine.leaks(0..u64::MAX);
    assert_eq!(leaks.len(), 1, "all three came from one call: {leaks:?}");
    assert_eq!((leaks[0].objects, leaks[0].bytes), (3, 600));
    assert!(machine.leaks(0..4096).is_empty(), "no call site lies there");
}

#[test]
fn a_page_and_its_address_lead_to_each_other_by_the_inlined_arithmetic() {
    let machine = boot();
    let variable = |name: &str| {
        let address = machine.exports().value(name).unwrap();
        // SAFETY: an exported variable of eight bytes.
        unsafe { *(address as *const u64) }
    };
    let (ram, map) = (variable("page_offset_base"), variable("vmemmap_base"));
    let (address, page) = machine
        .run(0, "test", || {
            let address = export("__get_free_pages", &[0, 2]);
            (address, export("vmalloc_to_page", &[address]))
        })
        .unwrap();
    assert_eq!(address % (4 * 4096), 0, "a block of order 2 is aligned to four pages");
    assert_eq!(map + (address - ram) / 4096 * 64, page, "virt_to_page()");
    assert_eq!(ram + (page - map) / 64 * 4096, address, "page_address()");
}

#[test]
fn a_cache_with_objects_in_use_is_not_destroyed() {
    let machine = boot();
    machine
        .run(0, "test", || {
            let cache = export("kmem_cache_create", &[c"beads".as_ptr() as u64, 40, 0, 0, 0]);
            let object = export("kmem_cache_alloc", &[cache, 0]);
            export("kmem_cache_destroy", &[cache]);
            export("kmem_cache_free", &[cache, object]);
            export("kmem_cache_destroy", &[cache]);
        })
        .unwrap();
    let log = machine.log().texts();
    assert_eq!(log.matches("kmem_cache_destroy beads: Slab cache still has objects").count(), 1, "{log}");
}

#[test]
fn krealloc_keeps_what_was_there() {
    let machine = boot();
    let kept = machine.run(0, "test", || {
        let old = export("kstrdup", &[c"abacus".as_ptr() as u64, 0]);
        let new = export("krealloc", &[old, 5000, 0]);
        // SAFETY: five thousand bytes, the first seven of them copied.
        unsafe { std::slice::from_raw_parts(new as *const u8, 7) }.to_vec()
    });
    assert_eq!(kept, Ok(b"abacus\0".to_vec()));
}
