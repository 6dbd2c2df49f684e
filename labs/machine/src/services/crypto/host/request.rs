//! Requests: a message as a scatterlist, the memory of a request, and waiting for one that goes on by itself.

use abi::{Errno, offsets};

use super::buffer::Buffer;
use crate::current;
use crate::services::crypto::layout::{Request, Tfm};
use crate::services::crypto::queue::crypto_req_done;
use crate::services::host::check;
use crate::services::invoke::{invoke, stub};
use crate::services::scatterlist::{Scatterlist, sg_init_table};

/// A message in one buffer or in several, and the list of them.
#[derive(Debug)]
pub struct Message {
    buffers: Vec<Buffer>,
    list: Buffer,
}

impl Message {
    /// A copy, cut into pieces of so many bytes; 0 for one piece.
    pub fn of(bytes: &[u8], pieces: usize) -> Result<Message, Errno> {
        let pieces = if pieces == 0 { bytes.len().max(1) } else { pieces };
        let mut buffers: Vec<Buffer> = bytes.chunks(pieces).map(Buffer::of).collect::<Result<_, _>>()?;
        if buffers.is_empty() {
            buffers.push(Buffer::new(0)?);
        }
        let list = Buffer::new(buffers.len() * size_of::<Scatterlist>())?;
        // SAFETY: an array of as many entries as buffers.
        unsafe {
            let entries = list.address() as *mut Scatterlist;
            sg_init_table(entries, buffers.len() as u32);
            for (index, buffer) in buffers.iter().enumerate() {
                (*entries.add(index)).set(buffer.address(), buffer.length());
            }
        }
        Ok(Message { buffers, list })
    }

    /// The address of its scatterlist.
    pub fn list(&self) -> u64 {
        self.list.address()
    }

    /// What is in it now.
    pub fn bytes(&self) -> Vec<u8> {
        self.buffers.iter().flat_map(Buffer::bytes).collect()
    }
}

/// Room for a request of that type with what the algorithm keeps behind it, and for waiting until it is done.
pub struct Memory<T> {
    request: Buffer,
    wait: Buffer,
    kind: std::marker::PhantomData<T>,
}

/// CRYPTO_TFM_REQ_MAY_SLEEP and CRYPTO_TFM_REQ_MAY_BACKLOG.
const FLAGS: u32 = 0x600;

impl<T> Memory<T> {
    /// `behind` is the transform's `reqsize`.
    pub fn new(behind: u32) -> Result<Memory<T>, Errno> {
        let request = Buffer::new(size_of::<T>() + behind as usize)?;
        let wait = Buffer::new(offsets::completion::SIZE + 8)?;
        let list = wait.address() + (offsets::completion::WAIT + offsets::swait_queue_head::TASK_LIST) as u64;
        // SAFETY: a struct completion of ours; the list in it is empty when it leads back to itself.
        unsafe { *(list as *mut [u64; 2]) = [list; 2] };
        Ok(Memory { request, wait, kind: std::marker::PhantomData })
    }

    /// The common part of a request for a transform (`*_request_set_callback`, `*_request_set_tfm`).
    pub fn base(&self, tfm: *mut Tfm) -> Request {
        let complete = stub(crypto_req_done as *const (), 2);
        Request { list: [0; 2], complete, data: self.wait.address(), tfm, flags: FLAGS }
    }

    /// Makes the request and waits for its end (`crypto_wait_req`).
    pub fn run(&self, fields: T, call: impl FnOnce(*mut T) -> i32) -> Result<(), Errno> {
        let request = self.request.address() as *mut T;
        // SAFETY: room for a request.
        unsafe { request.write(fields) };
        let result = call(request);
        let pending = [Errno::EINPROGRESS, Errno::EBUSY].map(|errno| errno.to_return() as i32);
        if !pending.contains(&result) {
            return check(result).map(drop);
        }
        let wait = current().machine().exports().value("wait_for_completion").ok_or(Errno::ENOSYS)?;
        // SAFETY: the machine's own function and our struct crypto_wait, whose error comes behind the completion.
        unsafe {
            invoke(wait, [self.wait.address()]);
            check(*((self.wait.address() + offsets::completion::SIZE as u64) as *const i32)).map(drop)
        }
    }
}
