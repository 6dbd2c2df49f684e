//! The memory of a machine's users: buffers that the host lends for as long as a call lasts.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::Machine;
use crate::services::with_of;

/// The buffers that are user memory now: address and length of each.
#[derive(Debug, Default)]
pub(super) struct UserSpace {
    buffers: BTreeMap<u64, usize>,
}

impl UserSpace {
    /// How many bytes from `address` on are the user's, at most `count`.
    fn accessible(&self, address: u64, count: usize) -> usize {
        let Some((&start, &length)) = self.buffers.range(..=address).next_back() else { return 0 };
        let offset = (address - start) as usize;
        length.saturating_sub(offset).min(count)
    }

    /// Reads as many bytes as are the user's; how many.
    pub(super) fn read(&self, from: u64, to: &mut [u8]) -> usize {
        let count = self.accessible(from, to.len());
        // SAFETY: the bytes belong to a registered buffer, whose owner does not touch it before unregistering it.
        unsafe { std::ptr::copy_nonoverlapping(from as *const u8, to.as_mut_ptr(), count) };
        count
    }

    /// Writes as many bytes as are the user's; how many.
    pub(super) fn write(&self, to: u64, from: &[u8]) -> usize {
        let count = self.accessible(to, from.len());
        // SAFETY: as read(); buffers are writable.
        unsafe { std::ptr::copy_nonoverlapping(from.as_ptr(), to as *mut u8, count) };
        count
    }

    /// A string without its NUL, cut at `most` bytes; none where the user's memory ends before either.
    pub(super) fn string(&self, from: u64, most: usize) -> Option<Vec<u8>> {
        let mut text = vec![0; self.accessible(from, most)];
        self.read(from, &mut text);
        match text.iter().position(|&byte| byte == 0) {
            Some(end) => text.truncate(end),
            None if text.len() < most => return None,
            None => {}
        }
        Some(text)
    }
}

/// A piece of user memory. Module code reaches it with the machine's copy functions, and only while this value lives.
#[derive(Debug)]
pub struct UserBuffer {
    machine: Arc<Machine>,
    bytes: Box<[u8]>,
}

impl UserBuffer {
    /// Lends a copy of `bytes` to the machine's users; also no bytes at all have an address.
    pub fn new(machine: &Arc<Machine>, bytes: &[u8]) -> UserBuffer {
        // One byte more, so that no two buffers, not even empty ones, are neighbours.
        let mut memory = vec![0; bytes.len() + 1].into_boxed_slice();
        memory[..bytes.len()].copy_from_slice(bytes);
        let buffer = UserBuffer { machine: machine.clone(), bytes: memory };
        with_of(machine, |users: &mut UserSpace| users.buffers.insert(buffer.address(), bytes.len()));
        buffer
    }

    /// What a program would pass to a system call.
    pub fn address(&self) -> u64 {
        self.bytes.as_ptr() as u64
    }

    /// Takes the memory back.
    pub fn into_bytes(mut self) -> Vec<u8> {
        self.withdraw();
        let mut bytes = std::mem::take(&mut self.bytes).into_vec();
        bytes.pop();
        bytes
    }

    fn withdraw(&mut self) {
        let address = self.address();
        with_of(&self.machine, |users: &mut UserSpace| users.buffers.remove(&address));
    }
}

impl Drop for UserBuffer {
    fn drop(&mut self) {
        self.withdraw();
    }
}
