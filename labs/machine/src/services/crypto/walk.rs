//! How a cipher goes through a message: piece by piece, each as long as both lists allow, and by way of a page of its
//! own where a block lies across pieces or badly aligned. Linux: crypto/skcipher.c, skcipher_walk_next.

use std::mem::{MaybeUninit, offset_of};

use abi::{Errno, offsets::skcipher_walk};

use super::aead;
use super::layout::{AeadRequest, SkcipherRequest};
use super::skcipher;
use crate::exports::Table;
use crate::services::scatterlist::walk::{Pass, ScatterWalk};
use crate::services::{fail, functions, heap};
use crate::task;

pub(super) fn register(table: &mut Table) {
    functions!(table; skcipher_walk_virt/3, skcipher_walk_done/2, skcipher_walk_aead_encrypt/3, skcipher_walk_aead_decrypt/3);
}

/// `struct skcipher_walk`.
#[repr(C)]
struct Walk {
    src_page: u64,
    src: u64,
    dst_page: u64,
    dst: u64,
    input: ScatterWalk,
    nbytes: u32,
    output: ScatterWalk,
    total: u32,
    buffers: [u64; 2],
    page: u64,
    buffer: u64,
    oiv: u64,
    iv: u64,
    ivsize: u32,
    flags: u32,
    blocksize: u32,
    stride: u32,
    alignmask: u32,
}

const _: () = assert!(
    size_of::<Walk>() == skcipher_walk::SIZE
        && offset_of!(Walk, input) == skcipher_walk::IN
        && offset_of!(Walk, nbytes) == skcipher_walk::NBYTES
        && offset_of!(Walk, output) == skcipher_walk::OUT
        && offset_of!(Walk, total) == skcipher_walk::TOTAL
        && offset_of!(Walk, page) == skcipher_walk::PAGE
        && offset_of!(Walk, iv) == skcipher_walk::IV
        && offset_of!(Walk, alignmask) == skcipher_walk::ALIGNMASK
);

/// SKCIPHER_WALK_SLOW: this step is one block gathered from several pieces.
const SLOW: u32 = 2;
/// SKCIPHER_WALK_COPY: this step is copied because of its alignment.
const COPY: u32 = 4;
/// SKCIPHER_WALK_SLEEP: between steps others may run.
const SLEEP: u32 = 16;
/// CRYPTO_TFM_REQ_MAY_SLEEP, in a request.
const MAY_SLEEP: u32 = 0x200;
const PAGE: u32 = 4096;

/// # Safety for all of this file
/// Walks are the callers' and have been begun, requests are valid, their lists as long as they say.
unsafe extern "C" fn skcipher_walk_virt(walk: *mut Walk, request: *mut SkcipherRequest, atomic: bool) -> i32 {
    // SAFETY: the caller's request; the walk is new.
    unsafe {
        let request = &*request;
        let tfm = request.base.tfm;
        let alg = &*skcipher::alg_of(tfm);
        let input = ScatterWalk::start(request.src as *mut _);
        let output = ScatterWalk::start(request.dst as *mut _);
        walk.write(Walk {
            blocksize: alg.base.blocksize,
            stride: alg.walksize,
            ivsize: alg.ivsize,
            alignmask: alg.base.alignmask,
            ..Walk::new(request.cryptlen, request.iv, input, output, request.base.flags, atomic)
        });
        first(&mut *walk)
    }
}

unsafe fn aead_walk(walk: *mut Walk, request: *mut AeadRequest, atomic: bool, total: u32) -> i32 {
    // SAFETY: the caller's request; the walk is new.
    unsafe {
        let request = &*request;
        let alg = &*aead::alg_of(request.base.tfm);
        let mut input = ScatterWalk::start(request.src as *mut _);
        let mut output = ScatterWalk::start(request.dst as *mut _);
        input.pass(std::ptr::null_mut(), request.assoclen, Pass::Skip);
        output.pass(std::ptr::null_mut(), request.assoclen, Pass::Skip);
        walk.write(Walk {
            blocksize: alg.base.blocksize,
            stride: alg.chunksize,
            ivsize: alg.ivsize,
            alignmask: alg.base.alignmask,
            ..Walk::new(total, request.iv, input, output, request.base.flags, atomic)
        });
        first(&mut *walk)
    }
}

unsafe extern "C" fn skcipher_walk_aead_encrypt(
    walk: *mut Walk,
    request: *mut AeadRequest,
    atomic: bool,
) -> i32 {
    // SAFETY: as aead_walk.
    unsafe { aead_walk(walk, request, atomic, (*request).cryptlen) }
}

unsafe extern "C" fn skcipher_walk_aead_decrypt(
    walk: *mut Walk,
    request: *mut AeadRequest,
    atomic: bool,
) -> i32 {
    // SAFETY: as aead_walk.
    unsafe {
        let authsize = (*aead::aead_of((*request).base.tfm)).authsize;
        aead_walk(walk, request, atomic, (*request).cryptlen.saturating_sub(authsize))
    }
}

impl Walk {
    fn new(total: u32, iv: u64, input: ScatterWalk, output: ScatterWalk, request: u32, atomic: bool) -> Walk {
        Walk {
            src_page: 0,
            src: 0,
            dst_page: 0,
            dst: 0,
            input,
            nbytes: 0,
            output,
            total,
            buffers: [0; 2],
            page: 0,
            buffer: 0,
            oiv: iv,
            iv,
            ivsize: 0,
            flags: if request & MAY_SLEEP != 0 && !atomic { SLEEP } else { 0 },
            blocksize: 0,
            stride: 0,
            alignmask: 0,
        }
    }
}

/// The first step: of an empty message there is none.
unsafe fn first(walk: &mut Walk) -> i32 {
    if walk.total == 0 {
        return 0;
    }
    let mask = u64::from(walk.alignmask);
    if walk.iv & mask != 0 {
        walk.buffer = heap::allocate(u64::from(walk.ivsize) + mask + 1, 0);
        if walk.buffer == 0 {
            return fail(Errno::ENOMEM);
        }
        walk.iv = (walk.buffer + mask) & !mask;
        // SAFETY: the request's IV, and new memory with room for it at `walk.iv`.
        unsafe {
            std::ptr::copy_nonoverlapping(walk.oiv as *const u8, walk.iv as *mut u8, walk.ivsize as usize);
        }
    }
    // SAFETY: the walk has been begun.
    unsafe { next(walk) }
}

/// Finds out how far the next step goes and where its bytes are.
unsafe fn next(walk: &mut Walk) -> i32 {
    walk.flags &= !(SLOW | COPY);
    // SAFETY: as for all of this file.
    unsafe {
        let total = walk.total;
        let step = walk.stride.min(total.max(walk.blocksize));
        let together = total.min(walk.input.here()).min(walk.output.here());
        if together < step {
            if total < walk.blocksize {
                return finish(walk, fail(Errno::EINVAL));
            }
            walk.flags |= SLOW;
            return bounce(walk, step);
        }
        if (u64::from(walk.input.offset) | u64::from(walk.output.offset)) & u64::from(walk.alignmask) != 0 {
            walk.flags |= COPY;
            return bounce(walk, together.min(PAGE));
        }
        walk.nbytes = together;
        walk.src = walk.input.address();
        walk.dst = walk.output.address();
    }
    0
}

/// A step by way of the walk's own page.
unsafe fn bounce(walk: &mut Walk, count: u32) -> i32 {
    if walk.page == 0 {
        walk.page = heap::allocate(PAGE.into(), 0);
    }
    if walk.page == 0 {
        // SAFETY: as for all of this file.
        return unsafe { finish(walk, fail(Errno::ENOMEM)) };
    }
    // SAFETY: the page has room for `count`; a copy of the walk reads, so that the walk itself stays where it is.
    unsafe { { walk.input }.pass(walk.page as *mut u8, count, Pass::Read) };
    (walk.nbytes, walk.src, walk.dst) = (count, walk.page, walk.page);
    0
}

/// A step is done, but for `left` bytes of it; or it has failed.
unsafe extern "C" fn skcipher_walk_done(walk: *mut Walk, left: i32) -> i32 {
    // SAFETY: the caller's walk.
    let walk = unsafe { &mut *walk };
    let mut result = left;
    // SAFETY: as for all of this file.
    unsafe {
        if walk.nbytes == 0 {
            return finish(walk, result);
        }
        let mut done = walk.nbytes;
        let mut rest = 0;
        if left >= 0 {
            done = done.saturating_sub(left as u32);
            rest = walk.total - done;
        }
        if walk.flags & SLOW != 0 && left > 0 {
            // A block that was gathered has not been used up: the message is no whole number of blocks.
            (result, rest, done) = (fail(Errno::EINVAL), 0, walk.nbytes);
        } else if walk.flags & (SLOW | COPY) != 0 {
            { walk.output }.pass(walk.page as *mut u8, done, Pass::Write);
        }
        walk.total = rest;
        walk.nbytes = 0;
        walk.input.pass(std::ptr::null_mut(), done, Pass::Skip);
        walk.output.pass(std::ptr::null_mut(), done, Pass::Skip);
        if rest == 0 {
            return finish(walk, result.min(0));
        }
        if walk.flags & SLEEP != 0 {
            task::yield_now();
        }
        next(walk)
    }
}

/// The walk is over: its IV goes back to the request, its memory to the heap.
unsafe fn finish(walk: &mut Walk, result: i32) -> i32 {
    if walk.iv != walk.oiv {
        // SAFETY: both are as long as the IV.
        unsafe {
            std::ptr::copy_nonoverlapping(walk.iv as *const u8, walk.oiv as *mut u8, walk.ivsize as usize);
        }
    }
    heap::free(walk.buffer);
    heap::free(walk.page);
    (walk.buffer, walk.page, walk.nbytes) = (0, 0, 0);
    result
}

/// A step of a walk of our own ciphers: `count` bytes at `src` to `dst`.
pub struct Step {
    pub src: u64,
    pub dst: u64,
    pub iv: u64,
    pub count: u32,
}

/// A walk for our own ciphers.
pub struct Stepper {
    walk: MaybeUninit<Walk>,
    result: i32,
}

impl Stepper {
    /// # Safety
    /// A valid request, which lives longer than this.
    pub unsafe fn begin(request: *mut SkcipherRequest) -> Stepper {
        let mut walk = MaybeUninit::uninit();
        // SAFETY: the caller's request.
        let result = unsafe { skcipher_walk_virt(walk.as_mut_ptr(), request, false) };
        Stepper { walk, result }
    }

    /// The next step, if there is one and nothing has gone wrong.
    pub fn step(&self) -> Option<Step> {
        // SAFETY: begin() has filled it.
        let walk = unsafe { self.walk.assume_init_ref() };
        let more = self.result == 0 && walk.nbytes > 0;
        more.then_some(Step { src: walk.src, dst: walk.dst, iv: walk.iv, count: walk.nbytes })
    }

    /// The step is done but for `left` bytes.
    pub fn done(&mut self, left: i32) {
        // SAFETY: begin() has filled it, and its request lives.
        self.result = unsafe { skcipher_walk_done(self.walk.as_mut_ptr(), left) };
    }

    /// 0, or what went wrong.
    pub fn result(&self) -> i32 {
        self.result
    }
}
