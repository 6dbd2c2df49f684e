//! Requests: a struct bio that names sectors and pages is given to the driver's submit_bio, and comes back through
//! bio_endio(). Linux: block/bio.c, block/blk-core.c.

use std::collections::HashMap;

use abi::Errno;
use abi::offsets::{bio, bio_vec, block_device, block_device_operations, bvec_iter, gendisk};

use super::SECTOR;
use crate::services::sync::parking;
use crate::services::{field, functions, heap, with};
use crate::{Table, call_module};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; bio_endio/1, blk_status_to_errno/1, errno_to_blk_status/1, page_endio/3);
}

/// The requests of the machine's own that are under way; the status of those that have come back.
#[derive(Debug, Default)]
struct Pending(HashMap<u64, Option<u8>>);

/// REQ_OP_READ and REQ_OP_WRITE.
const READ: u32 = 0;
const WRITE: u32 = 1;
const PAGE: usize = 4096;

/// Reads or writes whole sectors of a disk or a partition, through whole pages at `buffer` in the machine's RAM.
pub(super) fn transfer(
    device: u64,
    sector: u64,
    buffer: u64,
    bytes: usize,
    write: bool,
) -> Result<(), Errno> {
    let pieces = bytes.div_ceil(PAGE);
    let request = heap::allocate((bio::SIZE + pieces * bio_vec::SIZE) as u64, 0);
    if request == 0 {
        return Err(Errno::ENOMEM);
    }
    // SAFETY: a new object with room for the pieces; the device is held by the caller.
    let submit = unsafe {
        prepare(request, device, sector, buffer, bytes, write);
        let disk: u64 = field::get(device, block_device::DISK);
        field::get(field::get(disk, gendisk::FOPS), block_device_operations::SUBMIT_BIO)
    };
    if submit == 0 {
        heap::free(request);
        return Err(Errno::EOPNOTSUPP);
    }
    with(|pending: &mut Pending| pending.0.insert(request, None));
    // SAFETY: the driver's function; nothing on this stack needs dropping.
    unsafe { call_module(submit, &[request, 0, 0, 0, 0, 0]) };
    let done = || with(|pending: &mut Pending| pending.0.get(&request).copied().flatten());
    parking::wait(request, None, || done().is_some());
    let status = with(|pending: &mut Pending| pending.0.remove(&request)).flatten().unwrap_or(0);
    heap::free(request);
    errno(status).map_or(Ok(()), Err)
}

/// Fills a request in.
unsafe fn prepare(request: u64, device: u64, sector: u64, buffer: u64, bytes: usize, write: bool) {
    // SAFETY: the caller's new object.
    unsafe {
        let start: u64 = field::get(device, block_device::START_SECT);
        field::put(request, bio::BDEV, device);
        field::put(request, bio::OPF, if write { WRITE } else { READ });
        field::put(request, bio::CNT, 1i32);
        let iter = request + bio::ITER as u64;
        // The driver sees sectors of the whole disk.
        field::put(iter, bvec_iter::SECTOR, start + sector);
        field::put(iter, bvec_iter::SIZE_LEFT, bytes as u32);
        let pieces = bytes.div_ceil(PAGE);
        field::put(request, bio::VCNT, pieces as u16);
        field::put(request, bio::MAX_VECS, pieces as u16);
        let vector = request + bio::SIZE as u64;
        field::put(request, bio::IO_VEC, vector);
        for index in 0..pieces {
            let piece = vector + (index * bio_vec::SIZE) as u64;
            field::put(piece, bio_vec::PAGE, heap::page_of(buffer + (index * PAGE) as u64));
            field::put(piece, bio_vec::LEN, (bytes - index * PAGE).min(PAGE) as u32);
            field::put(piece, bio_vec::OFFSET, 0u32);
        }
    }
}

/// The driver is done with a request.
unsafe extern "C" fn bio_endio(request: u64) {
    // SAFETY: a struct bio that the driver was given, or that it made itself.
    let (status, end): (u8, u64) =
        unsafe { (field::get(request, bio::STATUS), field::get(request, bio::END_IO)) };
    let ours = with(|pending: &mut Pending| match pending.0.get_mut(&request) {
        Some(slot) => {
            *slot = Some(status);
            true
        }
        None => false,
    });
    if ours {
        parking::wake(request);
    } else if end != 0 {
        // SAFETY: the function that whoever made the request put there.
        unsafe { call_module(end, &[request, 0, 0, 0, 0, 0]) };
    }
}

/// blk_errors[] of block/blk-core.c: what each BLK_STS_* means; none is success.
fn errno(status: u8) -> Option<Errno> {
    Some(match status {
        0 => return None,
        1 => Errno::EOPNOTSUPP,
        2 => Errno::ETIMEDOUT,
        3 => Errno::ENOSPC,
        4 => Errno::ENOLINK,
        5 => Errno::EREMOTEIO,
        6 => Errno::EBADE,
        7 => Errno::ENODATA,
        8 => Errno::EILSEQ,
        9 => Errno::ENOMEM,
        12 => Errno::EAGAIN,
        13 => Errno::EBUSY,
        _ => Errno::EIO,
    })
}

/// BLK_STS_IOERR.
const IOERR: u8 = 10;

unsafe extern "C" fn blk_status_to_errno(status: u8) -> i32 {
    errno(status).map_or(0, crate::services::fail)
}

unsafe extern "C" fn errno_to_blk_status(error: i32) -> u8 {
    if error == 0 {
        return 0;
    }
    let wanted = Errno::from_return(i64::from(error));
    (1..=13).find(|&status| errno(status) == wanted && status != 11).unwrap_or(IOERR)
}

/// Only the page cache has pages under such operations, and there is none.
unsafe extern "C" fn page_endio(_page: u64, _write: bool, _error: i32) {}

/// The sector behind the last one that a transfer of bytes touches.
pub(super) fn sectors(bytes: usize) -> u64 {
    (bytes as u64).div_ceil(SECTOR)
}
