//! A disk whose driver is this test: what the kernel asks of it, and what programs find on it.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use abi::offsets::{bio, bio_vec, block_device_operations, bvec_iter, gendisk};
use common::{boot, export, function};
use machine::Machine;

const SECTORS: usize = 2048;
static CONTENTS: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// One disk at a time: its contents are one variable.
static TURN: Mutex<()> = Mutex::new(());

/// A field of a structure.
fn field<T: Copy>(structure: u64, offset: usize) -> T {
    // SAFETY: the tests ask for fields of structures that the machine made.
    unsafe { ((structure + offset as u64) as *const T).read_unaligned() }
}

/// submit_bio: copies every piece, as a disk in memory does.
extern "C" fn submit(request: u64) {
    let (ram, map) = {
        let variable = |name: &str| {
            let address = machine::current().machine().exports().value(name).expect("an exported variable");
            field::<u64>(address, 0)
        };
        (variable("page_offset_base"), variable("vmemmap_base"))
    };
    let iter = request + bio::ITER as u64;
    let mut at = field::<u64>(iter, bvec_iter::SECTOR) as usize * 512;
    let (write, pieces) = (field::<u32>(request, bio::OPF) & 0xff == 1, field::<u16>(request, bio::VCNT));
    for index in 0..u64::from(pieces) {
        let piece = field::<u64>(request, bio::IO_VEC) + index * bio_vec::SIZE as u64;
        let page = ram + (field::<u64>(piece, bio_vec::PAGE) - map) / 64 * 4096;
        let length = field::<u32>(piece, bio_vec::LEN) as usize;
        // SAFETY: the piece lies within its page.
        let memory = unsafe { std::slice::from_raw_parts_mut(page as *mut u8, length) };
        let mut contents = CONTENTS.lock().unwrap_or_else(PoisonError::into_inner);
        let place = &mut contents[at..at + length];
        if write {
            place.copy_from_slice(memory)
        } else {
            memory.copy_from_slice(place)
        }
        at += length;
    }
    export("bio_endio", &[request]);
}

/// A disk with this partition table, added; its struct gendisk.
fn add(machine: &Arc<Machine>, name: &str, table: &[(u8, u32, u32)]) -> u64 {
    let mut contents = vec![0; SECTORS * 512];
    for (index, &(kind, start, sectors)) in table.iter().enumerate() {
        let record = 446 + 16 * index;
        contents[record + 4] = kind;
        contents[record + 8..record + 12].copy_from_slice(&start.to_le_bytes());
        contents[record + 12..record + 16].copy_from_slice(&sectors.to_le_bytes());
    }
    contents[510..512].copy_from_slice(&[0x55, 0xaa]);
    *CONTENTS.lock().unwrap_or_else(PoisonError::into_inner) = contents;
    let operations = Box::leak(vec![0u64; block_device_operations::SIZE / 8].into_boxed_slice());
    operations[block_device_operations::SUBMIT_BIO / 8] = function(submit as *const ());
    let operations = operations.as_ptr() as u64;
    machine
        .run(0, "init", || {
            let major = export("__register_blkdev", &[0, c"test".as_ptr() as u64, 0]) as u32;
            let disk = export("__blk_alloc_disk", &[u64::MAX, 0]);
            // SAFETY: a struct gendisk of our own.
            unsafe {
                *((disk + gendisk::MAJOR as u64) as *mut u32) = major;
                *((disk + gendisk::MINORS as u64) as *mut u32) = 16;
                *((disk + gendisk::FOPS as u64) as *mut u64) = operations;
                let place = (disk + gendisk::DISK_NAME as u64) as *mut u8;
                place.copy_from_nonoverlapping(name.as_ptr(), name.len());
            }
            export("set_capacity", &[disk, SECTORS as u64]);
            assert_eq!(export("device_add_disk", &[0, disk, 0]) as i32, 0);
            disk
        })
        .unwrap()
}

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn adding_a_disk_reads_its_partitions_through_its_driver() {
    let _turn = turn();
    let machine = boot();
    add(&machine, "beads", &[(0x83, 64, 960), (0x82, 1024, 1024)]);
    let found: Vec<_> = machine
        .partitions()
        .into_iter()
        .map(|part| (part.name, part.minor, part.start, part.sectors))
        .collect();
    assert_eq!(
        found,
        [
            ("beads".to_owned(), 0, 0, 2048),
            ("beads1".to_owned(), 1, 64, 960),
            ("beads2".to_owned(), 2, 1024, 1024)
        ]
    );
    assert!(machine.log().texts().contains(" beads: beads1 beads2"));
}

#[test]
fn a_partition_beyond_the_disks_end_is_left_out_and_one_across_it_is_cut() {
    let _turn = turn();
    let machine = boot();
    add(&machine, "ram0", &[(0x83, 2000, 100), (0x83, 5000, 10)]);
    let names: Vec<_> = machine.partitions().into_iter().map(|part| (part.name, part.sectors)).collect();
    assert_eq!(names, [("ram0".to_owned(), 2048), ("ram0p1".to_owned(), 48)], "after a digit comes a p");
    let log = machine.log().texts();
    assert!(log.contains("ram0: p1 size 100 extends beyond EOD"), "{log}");
    assert!(log.contains("ram0: p2 start 5000 is beyond EOD"), "{log}");
}

#[test]
fn what_is_written_to_a_partition_lies_on_the_disk_behind_its_start() {
    let _turn = turn();
    let machine = boot();
    add(&machine, "beads", &[(0x83, 64, 960)]);
    let mut file = machine.devices().open("/dev/beads1").expect("the partition has a node");
    file.seek(510, 0).expect("within the partition");
    assert_eq!(file.write(b"across two sectors"), Ok(18));
    file.seek(510, 0).expect("within the partition");
    assert_eq!(file.read(18), Ok(b"across two sectors".to_vec()));
    let contents = CONTENTS.lock().unwrap_or_else(PoisonError::into_inner);
    assert_eq!(&contents[64 * 512 + 510..][..18], b"across two sectors");
}

#[test]
fn a_deleted_disk_is_gone_for_new_opens_and_fails_those_that_are_open() {
    let _turn = turn();
    let machine = boot();
    let disk = add(&machine, "beads", &[(0x83, 64, 960)]);
    let mut file = machine.devices().open("/dev/beads").expect("it is there");
    machine
        .run(0, "exit", || {
            export("del_gendisk", &[disk]);
            export("put_disk", &[disk]);
        })
        .unwrap();
    assert!(machine.partitions().is_empty());
    assert_eq!(machine.devices().open("/dev/beads1").map(drop), Err(abi::Errno::ENOENT));
    assert_eq!(file.read(1), Err(abi::Errno::EIO));
    file.close().expect("closing always works");
}
