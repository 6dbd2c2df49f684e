//! struct gendisk: made by a driver, added, scanned for partitions, deleted, freed with its last reference.
//! Linux: block/genhd.c, block/partitions/core.c.

use std::collections::BTreeMap;

use abi::Errno;
use abi::offsets::{block_device, block_device_operations, gendisk, queue_limits, request_queue};

use super::{SECTOR, bio, partitions};
use crate::services::devices::{self, NodeKind, add_node, remove_node};
use crate::services::{fail, field, functions, heap, module_refs, text, with};
use crate::{Level, Table, call_module, printk};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __blk_alloc_disk/2, put_disk/1, device_add_disk/3, del_gendisk/1, set_capacity/2, set_capacity_and_notify/2,
        set_disk_ro/2, invalidate_disk/1, disk_force_media_change/2);
}

/// What the machine knows of a disk beside what is in its struct gendisk.
#[derive(Debug, Clone, Default)]
pub(super) struct Disk {
    pub name: String,
    pub part0: u64,
    pub live: bool,
    /// Partition number, struct block_device and name, by number.
    pub partitions: Vec<(u32, u64, String)>,
    references: u32,
}

/// The disks by the address of their struct gendisk.
#[derive(Debug, Default)]
pub(super) struct Disks(pub(super) BTreeMap<u64, Disk>);

/// BLOCK_EXT_MAJOR, for disks without a major of their own, and the numbers given out of it.
const EXTENDED_MAJOR: u32 = 259;
/// GENHD_FL_NO_PART and the bit numbers GD_ADDED, GD_DEAD of gendisk.state.
const NO_PARTITIONS: u32 = 4;
const ADDED: u64 = 1 << 4;
const DEAD: u64 = 1 << 2;
/// FMODE_READ.
const READ: u64 = 1;

/// Works on what is known of a disk.
pub(super) fn with_disk<R>(disk: u64, work: impl FnOnce(&mut Disk) -> R) -> Option<R> {
    with(|disks: &mut Disks| disks.0.get_mut(&disk).map(work))
}

/// A struct block_device for a disk or a part of it.
unsafe fn new_device(disk: u64, queue: u64, number: u32, start: u64, sectors: u64, device: u32) -> u64 {
    let address = heap::allocate(block_device::SIZE as u64, 0);
    // SAFETY: a new object of that size.
    unsafe {
        field::put(address, block_device::DISK, disk);
        field::put(address, block_device::QUEUE, queue);
        field::put(address, block_device::PARTNO, number as u8);
        field::put(address, block_device::START_SECT, start);
        field::put(address, block_device::NR_SECTORS, sectors);
        field::put(address, block_device::DEV, device);
    }
    address
}

unsafe extern "C" fn __blk_alloc_disk(node: i32, _key: u64) -> u64 {
    let disk = heap::allocate(gendisk::SIZE as u64, 0);
    let queue = heap::allocate(request_queue::SIZE as u64, 0);
    // SAFETY: two new objects of their sizes.
    unsafe {
        let limits = queue + request_queue::LIMITS as u64;
        for size in
            [queue_limits::LOGICAL_BLOCK_SIZE, queue_limits::PHYSICAL_BLOCK_SIZE, queue_limits::IO_MIN]
        {
            field::put(limits, size, SECTOR as u32);
        }
        let part0 = new_device(disk, queue, 0, 0, 0, 0);
        field::put(disk, gendisk::PART0, part0);
        field::put(disk, gendisk::QUEUE, queue);
        field::put(disk, gendisk::NODE_ID, node);
        let entry = Disk { part0, references: 1, ..Disk::default() };
        with(|disks: &mut Disks| disks.0.insert(disk, entry));
    }
    disk
}

/// Takes a reference on a disk.
pub(super) fn get(disk: u64) {
    with_disk(disk, |disk| disk.references += 1);
}

/// Drops one; the last frees the disk, after telling its driver.
pub(super) fn put(disk: u64) {
    let gone = with(|disks: &mut Disks| {
        let entry = disks.0.get_mut(&disk)?;
        entry.references = entry.references.saturating_sub(1);
        if entry.references > 0 { None } else { disks.0.remove(&disk) }
    });
    let Some(entry) = gone else { return };
    let part0 = entry.part0;
    drop(entry);
    // SAFETY: the last reference is gone; the driver's operations outlive its disks.
    unsafe {
        let state: u64 = field::get(disk, gendisk::STATE);
        let operations: u64 = field::get(disk, gendisk::FOPS);
        let free =
            if operations == 0 { 0 } else { field::get(operations, block_device_operations::FREE_DISK) };
        if state & ADDED != 0 && free != 0 {
            call_module(free, &[disk, 0, 0, 0, 0, 0]);
        }
        heap::free(field::get(disk, gendisk::QUEUE));
    }
    heap::free(part0);
    heap::free(disk);
}

unsafe extern "C" fn put_disk(disk: u64) {
    if disk != 0 {
        put(disk);
    }
}

/// The size in sectors: get_capacity().
pub(super) unsafe fn capacity(disk: u64) -> u64 {
    // SAFETY: a struct gendisk with its first block device.
    unsafe { field::get(field::get(disk, gendisk::PART0), block_device::NR_SECTORS) }
}

unsafe extern "C" fn set_capacity(disk: u64, sectors: u64) {
    // SAFETY: the module's struct gendisk.
    unsafe { field::put(field::get(disk, gendisk::PART0), block_device::NR_SECTORS, sectors) };
}

unsafe extern "C" fn set_capacity_and_notify(disk: u64, sectors: u64) -> bool {
    // SAFETY: the module's struct gendisk.
    unsafe {
        let before = capacity(disk);
        set_capacity(disk, sectors);
        before != sectors && before != 0 && sectors != 0
    }
}

unsafe extern "C" fn set_disk_ro(disk: u64, read_only: bool) {
    // SAFETY: the module's struct gendisk.
    unsafe { field::put(field::get(disk, gendisk::PART0), block_device::READ_ONLY, read_only) };
}

unsafe extern "C" fn invalidate_disk(_disk: u64) {}

unsafe extern "C" fn disk_force_media_change(_disk: u64, _events: u32) -> bool {
    true
}

/// The name of a disk, or of its partition: "sda1", but "ram0p1".
unsafe fn name_of(disk: u64, partition: u32) -> String {
    // SAFETY: a struct gendisk, whose name ends with NUL.
    let name = unsafe { text::bytes((disk + gendisk::DISK_NAME as u64) as *const u8) };
    let name = String::from_utf8_lossy(name).into_owned();
    match partition {
        0 => name,
        number if name.ends_with(|last: char| last.is_ascii_digit()) => format!("{name}p{number}"),
        number => format!("{name}{number}"),
    }
}

/// The numbers of a disk: its driver's, or the next ones of the extended major.
unsafe fn numbers(disk: u64) -> Result<u32, Errno> {
    // SAFETY: the module's struct gendisk.
    unsafe {
        let (major, first, minors): (u32, u32, i32) = (
            field::get(disk, gendisk::MAJOR),
            field::get(disk, gendisk::FIRST_MINOR),
            field::get(disk, gendisk::MINORS),
        );
        if major == 0 {
            if minors != 0 {
                crate::services::complain::warn("device_add_disk: minors without a major");
                return Err(Errno::EINVAL);
            }
            let free = with(|disks: &mut Disks| disks.0.len() as u32);
            field::put(disk, gendisk::MAJOR, EXTENDED_MAJOR);
            field::put(disk, gendisk::FIRST_MINOR, free);
            return Ok(devices::number(EXTENDED_MAJOR, free));
        }
        if minors <= 0 || first.saturating_add(minors as u32) > 1 << 20 {
            return Err(Errno::EINVAL);
        }
        Ok(devices::number(major, first))
    }
}

unsafe extern "C" fn device_add_disk(_parent: u64, disk: u64, _groups: u64) -> i32 {
    // SAFETY: the module's struct gendisk.
    match unsafe { add(disk) } {
        Ok(()) => 0,
        Err(errno) => fail(errno),
    }
}

unsafe fn add(disk: u64) -> Result<(), Errno> {
    // SAFETY: the module's struct gendisk, filled in by its driver.
    unsafe {
        let number = numbers(disk)?;
        let part0: u64 = field::get(disk, gendisk::PART0);
        field::put(part0, block_device::DEV, number);
        let name = name_of(disk, 0);
        add_node(&name, NodeKind::Block, number)?;
        make_live(disk);
        with_disk(disk, |entry| {
            entry.name = name;
            entry.live = true;
        });
        let scanned = field::get::<u32>(disk, gendisk::FLAGS) & NO_PARTITIONS == 0;
        if capacity(disk) > 0 && scanned {
            scan(disk, part0);
        }
        field::put(disk, gendisk::STATE, field::get::<u64>(disk, gendisk::STATE) | ADDED);
    }
    Ok(())
}

/// The disk can be read from now on, and is, before its driver's init has returned: in the patch of January 2003
/// add_disk() says so to the loader. 6.1 has no such call; there the loader lets everybody in all the same.
unsafe fn make_live(disk: u64) {
    // SAFETY: the module's struct gendisk, filled in by its driver.
    unsafe {
        let operations: u64 = field::get(disk, gendisk::FOPS);
        if operations != 0 {
            module_refs::make_live(field::get(operations, block_device_operations::OWNER));
        }
    }
}

/// disk_scan_partitions(): opens the disk like anybody else, and so needs its driver's module and functions.
unsafe fn scan(disk: u64, part0: u64) {
    // SAFETY: a live disk and its driver's operations; nothing on this stack needs dropping while they are called.
    unsafe {
        let operations: u64 = field::get(disk, gendisk::FOPS);
        let owner: u64 = field::get(operations, block_device_operations::OWNER);
        if !module_refs::get(owner) {
            return;
        }
        let open: u64 = field::get(operations, block_device_operations::OPEN);
        if open == 0 || call_module(open, &[part0, READ, 0, 0, 0, 0]) as i32 == 0 {
            read_table(disk, part0);
            let release: u64 = field::get(operations, block_device_operations::RELEASE);
            if release != 0 {
                call_module(release, &[disk, READ, 0, 0, 0, 0]);
            }
        }
        module_refs::put(owner);
    }
}

/// One sector of a disk.
fn read_sector(part0: u64, sector: u64) -> Option<Vec<u8>> {
    let page = heap::pages(1, 0);
    if page == 0 {
        return None;
    }
    let read = bio::transfer(part0, sector, page, SECTOR as usize, false);
    // SAFETY: a page of our own, filled by now.
    let bytes = unsafe { std::slice::from_raw_parts(page as *const u8, SECTOR as usize) }.to_vec();
    heap::free_pages(page);
    read.ok().map(|()| bytes)
}

unsafe fn read_table(disk: u64, part0: u64) {
    // SAFETY: a live disk.
    let (name, size) = unsafe { (name_of(disk, 0), capacity(disk)) };
    let table = partitions::scan(|sector| if sector < size { read_sector(part0, sector) } else { None });
    let scan = match table {
        Ok(Some(scan)) => scan,
        Ok(None) => return,
        Err(()) => {
            printk(Level::INFO, &format!(" {name}: unable to read partition table\n"));
            return;
        }
    };
    let word = |word: &partitions::Word| match word {
        // SAFETY: a live disk.
        partitions::Word::Partition(number) => unsafe { name_of(disk, *number) },
        partitions::Word::Open => "<".to_owned(),
        partitions::Word::Close => ">".to_owned(),
    };
    let words: Vec<String> = scan.words.iter().map(word).collect();
    printk(Level::INFO, &format!(" {name}: {}\n", words.join(" ")));
    for found in scan.partitions {
        // SAFETY: a live disk.
        unsafe { add_partition(disk, size, found) };
    }
}

/// blk_add_partition(): what begins behind the disk's end is left out, what reaches beyond it is cut.
unsafe fn add_partition(disk: u64, size: u64, found: partitions::Found) {
    let partitions::Found { number, start, mut sectors } = found;
    // SAFETY: a live disk.
    unsafe {
        let name = name_of(disk, 0);
        if start >= size {
            printk(Level::WARNING, &format!("{name}: p{number} start {start} is beyond EOD, truncated\n"));
            return;
        }
        if start + sectors > size {
            printk(
                Level::WARNING,
                &format!("{name}: p{number} size {sectors} extends beyond EOD, truncated\n"),
            );
            sectors = size - start;
        }
        let (major, first): (u32, u32) =
            (field::get(disk, gendisk::MAJOR), field::get(disk, gendisk::FIRST_MINOR));
        let device = devices::number(major, first + number);
        let name = name_of(disk, number);
        if let Err(errno) = add_node(&name, NodeKind::Block, device) {
            printk(Level::ERR, &format!(" {name}: p{number} could not be added: -{}\n", errno.name()));
            return;
        }
        let address = new_device(disk, field::get(disk, gendisk::QUEUE), number, start, sectors, device);
        with_disk(disk, |entry| entry.partitions.push((number, address, name)));
    }
}

/// No new opens; what is open fails from now on.
unsafe extern "C" fn del_gendisk(disk: u64) {
    let taken = with_disk(disk, |entry| {
        let was_live = std::mem::take(&mut entry.live);
        was_live.then(|| (entry.name.clone(), std::mem::take(&mut entry.partitions)))
    });
    let Some((name, partitions)) = taken.flatten() else {
        crate::services::complain::warn("del_gendisk: the disk is not live");
        return;
    };
    remove_node(&name);
    for (_, address, name) in partitions {
        remove_node(&name);
        heap::free(address);
    }
    // SAFETY: the module's struct gendisk.
    unsafe {
        field::put(disk, gendisk::STATE, field::get::<u64>(disk, gendisk::STATE) | DEAD);
        set_capacity(disk, 0);
    }
}
