//! A program's side of a disk: bytes at a position, moved in whole sectors. Linux: block/bdev.c, block/fops.c.

use std::sync::Arc;

use abi::Errno;
use abi::offsets::{block_device, block_device_operations, gendisk};

use super::disk::{self, Disks};
use super::{SECTOR, bio, numbers};
use crate::services::{field, heap, module_refs, uaccess, with, with_of};
use crate::{Machine, call_module};

/// FMODE_READ and FMODE_WRITE.
const MODE: u64 = 3;
const PAGE: usize = 4096;

/// An open disk or partition.
#[derive(Debug, Clone, Copy)]
pub struct Opened {
    disk: u64,
    device: u64,
    size: u64,
    position: u64,
}

/// The disk and the struct block_device that a number names, if they are live.
fn find(number: u32) -> Option<(u64, u64)> {
    with(|disks: &mut Disks| {
        disks.0.iter().filter(|(_, entry)| entry.live).find_map(|(&disk, entry)| {
            let devices = std::iter::once(entry.part0).chain(entry.partitions.iter().map(|part| part.1));
            // SAFETY: the devices of a live disk are objects of the machine's own.
            let same = |device: &u64| unsafe { field::get::<u32>(*device, block_device::DEV) } == number;
            devices.into_iter().find(same).map(|device| (disk, device))
        })
    })
}

/// blkdev_get_by_dev(): the module's reference, then the driver's open function.
pub fn open(number: u32) -> Result<Opened, Errno> {
    let (disk, device) = find(number).ok_or(Errno::ENXIO)?;
    // SAFETY: a live disk, whose driver's operations are there; whether they stay, the reference decides.
    unsafe {
        let operations: u64 = field::get(disk, gendisk::FOPS);
        if !module_refs::get(field::get(operations, block_device_operations::OWNER)) {
            return Err(Errno::ENXIO);
        }
        disk::get(disk);
        let function: u64 = field::get(operations, block_device_operations::OPEN);
        let part0: u64 = field::get(disk, gendisk::PART0);
        let error = if function == 0 { 0 } else { call_module(function, &[part0, MODE, 0, 0, 0, 0]) as i32 };
        if error != 0 {
            module_refs::put(field::get(operations, block_device_operations::OWNER));
            disk::put(disk);
            return Err(Errno::from_return(i64::from(error)).unwrap_or(Errno::EIO));
        }
        count(device, 1);
        let size = field::get::<u64>(device, block_device::NR_SECTORS) * SECTOR;
        Ok(Opened { disk, device, size, position: 0 })
    }
}

/// Counts the openers of a device where its driver can see them.
unsafe fn count(device: u64, change: i32) {
    // SAFETY: a live struct block_device.
    unsafe {
        let openers: i32 = field::get(device, block_device::OPENERS);
        field::put(device, block_device::OPENERS, openers.wrapping_add(change));
    }
}

/// Whether a disk can still be used.
fn is_live(disk: u64) -> bool {
    disk::with_disk(disk, |entry| entry.live).unwrap_or(false)
}

/// blkdev_put().
pub fn close(open: Opened) {
    // SAFETY: the open's references keep the disk and its driver there.
    unsafe {
        let operations: u64 = field::get(open.disk, gendisk::FOPS);
        if is_live(open.disk) {
            count(open.device, -1);
        }
        let release: u64 = field::get(operations, block_device_operations::RELEASE);
        if release != 0 {
            call_module(release, &[open.disk, MODE, 0, 0, 0, 0]);
        }
        let owner = field::get(operations, block_device_operations::OWNER);
        disk::put(open.disk);
        module_refs::put(owner);
    }
}

impl Opened {
    /// lseek(2).
    pub fn seek(&mut self, offset: i64, whence: i32) -> Result<i64, Errno> {
        let from = match whence {
            0 => 0,
            1 => self.position,
            2 => self.size,
            _ => return Err(Errno::EINVAL),
        };
        let position = from.checked_add_signed(offset).filter(|position| *position <= self.size);
        self.position = position.ok_or(Errno::EINVAL)?;
        Ok(self.position as i64)
    }

    /// Reads or writes a user's bytes at the position, and moves it; how many.
    pub fn transfer(&mut self, user: u64, count: usize, write: bool) -> Result<usize, Errno> {
        if !is_live(self.disk) {
            return Err(Errno::EIO);
        }
        let left = self.size.saturating_sub(self.position);
        let count = count.min(usize::try_from(left).unwrap_or(usize::MAX)).min(1 << 20);
        if count == 0 {
            return if write { Err(Errno::ENOSPC) } else { Ok(0) };
        }
        let (first, skipped) = (self.position / SECTOR, (self.position % SECTOR) as usize);
        let bytes = (bio::sectors(skipped + count) * SECTOR) as usize;
        let pages = heap::pages(bytes.div_ceil(PAGE) as u64, 0);
        if pages == 0 {
            return Err(Errno::ENOMEM);
        }
        let result = self.move_bytes(pages, first, bytes, (user, skipped, count), write);
        heap::free_pages(pages);
        result?;
        self.position += count as u64;
        Ok(count)
    }

    /// The sectors are read, the user's part of them copied, and written back if it changed.
    fn move_bytes(
        &self,
        pages: u64,
        first: u64,
        bytes: usize,
        (user, skipped, count): (u64, usize, usize),
        write: bool,
    ) -> Result<(), Errno> {
        let whole = skipped == 0 && count == bytes;
        if !(write && whole) {
            bio::transfer(self.device, first, pages, bytes, false)?;
        }
        // SAFETY: pages of our own, at least `bytes` long, that no driver has at the moment.
        let part = unsafe { std::slice::from_raw_parts_mut((pages + skipped as u64) as *mut u8, count) };
        if !write {
            return if uaccess::write(user, part) { Ok(()) } else { Err(Errno::EFAULT) };
        }
        if !uaccess::read(user, part) {
            return Err(Errno::EFAULT);
        }
        bio::transfer(self.device, first, pages, bytes, true)
    }
}

/// A disk or a partition, as /proc/partitions lists them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    /// Its name in /dev.
    pub name: String,
    /// Its major number.
    pub major: u32,
    /// Its minor number.
    pub minor: u32,
    /// Where it begins on its disk; sectors of 512 bytes.
    pub start: u64,
    /// Its size; sectors of 512 bytes.
    pub sectors: u64,
}

impl Machine {
    /// The disks that are live, each before its partitions.
    pub fn partitions(self: &Arc<Self>) -> Vec<Partition> {
        with_of(self, |disks: &mut Disks| {
            let mut all = Vec::new();
            for entry in disks.0.values().filter(|entry| entry.live) {
                let parts = entry.partitions.iter().map(|(_, device, name)| (name, *device));
                for (name, device) in std::iter::once((&entry.name, entry.part0)).chain(parts) {
                    // SAFETY: the devices of a live disk are objects of the machine's own.
                    let (number, start, sectors) = unsafe {
                        (
                            field::get::<u32>(device, block_device::DEV),
                            field::get(device, block_device::START_SECT),
                            field::get(device, block_device::NR_SECTORS),
                        )
                    };
                    all.push(Partition {
                        name: name.clone(),
                        major: number >> 20,
                        minor: number & 0xf_ffff,
                        start,
                        sectors,
                    });
                }
            }
            all
        })
    }

    /// The block devices of /proc/devices: major and name, by major.
    pub fn block_majors(&self) -> Vec<(u32, String)> {
        with_of(self, |majors: &mut numbers::Majors| majors.0.clone()).into_iter().collect()
    }
}
