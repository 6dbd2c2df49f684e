//! The `struct task_struct` that `current` points to: mostly zeroes, with what modules read filled in.

use std::sync::atomic::AtomicU32;

use abi::offsets::task_struct as offset;

/// Eight bytes at a time, because C aligns the structure at 64 and reads whole words.
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct Line([u64; 8]);

const LINES: usize = offset::SIZE.div_ceil(64);

/// `PF_KTHREAD` of include/linux/sched.h.
const PF_KTHREAD: u32 = 0x0020_0000;

/// One task's structure. Module code reads and writes it, so only raw pointers lead into it.
pub(crate) struct Structure(*mut [Line; LINES]);

impl Structure {
    /// A structure for a task that runs on `cpu` and finds `canary` in its stack frames.
    pub(crate) fn new(pid: i32, name: &str, cpu: usize, canary: u64) -> Structure {
        let structure = Structure(Box::into_raw(Box::new([Line([0; 8]); LINES])));
        let own = structure.address();
        structure.put(offset::THREAD_CPU, &(cpu as u32).to_le_bytes());
        structure.put(offset::USAGE, &2u32.to_le_bytes());
        structure.put(offset::FLAGS, &PF_KTHREAD.to_le_bytes());
        for priority in [offset::PRIO, offset::STATIC_PRIO, offset::NORMAL_PRIO] {
            structure.put(priority, &120u32.to_le_bytes());
        }
        structure.put(offset::PID, &pid.to_le_bytes());
        structure.put(offset::TGID, &pid.to_le_bytes());
        structure.put(offset::STACK_CANARY, &canary.to_le_bytes());
        for relative in [offset::REAL_PARENT, offset::PARENT, offset::GROUP_LEADER] {
            structure.put(relative, &own.to_le_bytes());
        }
        let length = name.len().min(15);
        structure.put(offset::COMM, &name.as_bytes()[..length]);
        structure
    }

    /// Its address.
    pub(crate) fn address(&self) -> u64 {
        self.0 as u64
    }

    /// The field `__state`.
    pub(crate) fn state(&self) -> &AtomicU32 {
        // SAFETY: the field is four aligned bytes of a structure that lives as long as this value.
        unsafe { AtomicU32::from_ptr(self.0.cast::<u8>().add(offset::STATE).cast()) }
    }

    fn put(&self, at: usize, bytes: &[u8]) {
        if at + bytes.len() <= offset::SIZE {
            // SAFETY: within the structure, which nobody else knows yet.
            unsafe { self.0.cast::<u8>().add(at).copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        }
    }
}

impl Drop for Structure {
    fn drop(&mut self) {
        // SAFETY: made by `Box::into_raw` in `new`, and only there.
        drop(unsafe { Box::from_raw(self.0) });
    }
}

// SAFETY: the bytes are reached through raw pointers and one atomic only.
unsafe impl Send for Structure {}
// SAFETY: as above.
unsafe impl Sync for Structure {}
