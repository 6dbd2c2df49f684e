//! A program's side of a device: open, read, write, ioctl, close, each a task that runs the driver's functions.
//! Linux: fs/open.c, fs/read_write.c, fs/ioctl.c, fs/file_table.c.

use std::sync::Arc;

use abi::Errno;
use abi::offsets::{file, file_operations, inode};

use super::nodes::{Node, NodeKind, Nodes};
use super::{cdev, misc, numbers, split};
use crate::services::host::system_call;
use crate::services::uaccess::UserBuffer;
use crate::services::{block, field, heap, module_refs, with_of};
use crate::{Machine, call_module};

/// What programs can do with a machine's devices.
#[derive(Debug, Clone)]
pub struct Devices {
    machine: Arc<Machine>,
}

impl Machine {
    /// The devices, as programs see them.
    pub fn devices(self: &Arc<Self>) -> Devices {
        Devices { machine: self.clone() }
    }
}

impl Devices {
    /// The names in /dev, sorted, without that prefix.
    pub fn list(&self) -> Vec<(String, Node)> {
        with_of(&self.machine, |nodes: &mut Nodes| nodes.0.clone()).into_iter().collect()
    }

    /// The character devices of /proc/devices: major and name, by major.
    pub fn majors(&self) -> Vec<(u32, String)> {
        with_of(&self.machine, |regions: &mut numbers::Regions| {
            regions.0.iter().map(|(&(major, _), region)| (major, region.name.clone())).collect()
        })
    }

    /// Opens a device by its path, `/dev/x` or `x`, for reading and writing.
    ///
    /// # Errors
    /// ENOENT where there is no such node, ENXIO or ENODEV where nobody answers for it or its owner is going, what the
    /// driver's own open function returned, and EIO where that ended in an oops.
    pub fn open(&self, path: &str) -> Result<File, Errno> {
        let name = path.strip_prefix("/dev/").unwrap_or(path);
        let node =
            with_of(&self.machine, |nodes: &mut Nodes| nodes.0.get(name).cloned()).ok_or(Errno::ENOENT)?;
        let number = node.number;
        let opened = system_call(&self.machine, "open", move || match node.kind {
            NodeKind::Character => open(number).map(Opened::Character),
            NodeKind::Block => block::open(number).map(Opened::Block),
        })?;
        Ok(File { machine: self.machine.clone(), opened: Some(opened) })
    }
}

/// An open device. Dropping it closes it.
#[derive(Debug)]
pub struct File {
    machine: Arc<Machine>,
    opened: Option<Opened>,
}

#[derive(Debug, Clone, Copy)]
enum Opened {
    Character(Character),
    Block(block::Opened),
}

/// The kernel's side of an open character device.
#[derive(Debug, Clone, Copy)]
struct Character {
    file: u64,
    inode: u64,
    cdev: u64,
    operations: u64,
}

impl File {
    /// read(2): at most `most` bytes; none is the end.
    ///
    /// # Errors
    /// What the driver returned, EINVAL where it cannot be read, EIO where the driver ended in an oops.
    pub fn read(&mut self, most: usize) -> Result<Vec<u8>, Errno> {
        let buffer = UserBuffer::new(&self.machine, &vec![0; most]);
        let count = self.transfer("read", file_operations::READ, &buffer, most)?;
        let mut bytes = buffer.into_bytes();
        bytes.truncate(count);
        Ok(bytes)
    }

    /// write(2): how many of the bytes the driver took.
    ///
    /// # Errors
    /// As [`File::read`].
    pub fn write(&mut self, bytes: &[u8]) -> Result<usize, Errno> {
        let buffer = UserBuffer::new(&self.machine, bytes);
        self.transfer("write", file_operations::WRITE, &buffer, bytes.len())
    }

    /// ioctl(2) with a number as its argument.
    ///
    /// # Errors
    /// What the driver returned, ENOTTY where it knows no commands at all, EIO where it ended in an oops.
    pub fn ioctl(&mut self, command: u32, argument: u64) -> Result<i64, Errno> {
        let Some(Opened::Character(open)) = self.opened else { return Err(Errno::ENOTTY) };
        self.call("ioctl", open.operations, file_operations::UNLOCKED_IOCTL, Errno::ENOTTY, move || {
            [open.file, u64::from(command), argument, 0, 0, 0]
        })
    }

    /// ioctl(2) with the address of some memory, which the driver may read and write, as its argument.
    ///
    /// # Errors
    /// As [`File::ioctl`].
    pub fn ioctl_buffer(&mut self, command: u32, memory: &mut [u8]) -> Result<i64, Errno> {
        let buffer = UserBuffer::new(&self.machine, memory);
        let answer = self.ioctl(command, buffer.address());
        memory.copy_from_slice(&buffer.into_bytes());
        answer
    }

    /// lseek(2): the new position.
    ///
    /// # Errors
    /// ESPIPE where the driver has no positions, or what it returned.
    pub fn seek(&mut self, offset: i64, whence: i32) -> Result<i64, Errno> {
        match &mut self.opened {
            Some(Opened::Block(open)) => open.seek(offset, whence),
            Some(Opened::Character(open)) => {
                let open = *open;
                self.call("lseek", open.operations, file_operations::LLSEEK, Errno::ESPIPE, move || {
                    [open.file, offset as u64, whence as u64, 0, 0, 0]
                })
            }
            None => Err(Errno::EBADF),
        }
    }

    /// close(2), and what comes of it.
    ///
    /// # Errors
    /// EIO where the driver's release function ended in an oops.
    pub fn close(mut self) -> Result<(), Errno> {
        self.shut()
    }

    fn shut(&mut self) -> Result<(), Errno> {
        let Some(opened) = self.opened.take() else { return Ok(()) };
        system_call(&self.machine, "close", move || {
            match opened {
                Opened::Character(open) => close(open),
                Opened::Block(open) => block::close(open),
            }
            Ok(())
        })
    }

    /// A read or write through the driver's function at `offset` of its operations.
    fn transfer(
        &mut self,
        name: &str,
        offset: usize,
        buffer: &UserBuffer,
        count: usize,
    ) -> Result<usize, Errno> {
        let address = buffer.address();
        match &mut self.opened {
            Some(Opened::Character(open)) => {
                let open = *open;
                let position = open.file + file::POS as u64;
                let done = self.call(name, open.operations, offset, Errno::EINVAL, move || {
                    [open.file, address, count as u64, position, 0, 0]
                })?;
                Ok(usize::try_from(done).unwrap_or(0).min(count))
            }
            Some(Opened::Block(open)) => {
                let mut next = *open;
                let write = offset == file_operations::WRITE;
                let machine = self.machine.clone();
                let done = system_call(&machine, name, || next.transfer(address, count, write));
                *open = next;
                done
            }
            None => Err(Errno::EBADF),
        }
    }

    /// Calls one of the driver's operations in a task; `missing` where it has none.
    fn call(
        &self,
        name: &str,
        operations: u64,
        offset: usize,
        missing: Errno,
        arguments: impl FnOnce() -> [u64; 6] + Send,
    ) -> Result<i64, Errno> {
        let answer = system_call(&self.machine, name, move || {
            // SAFETY: the file's reference on the module keeps its operations and functions there; where the module was
            // removed by force, this is an oops.
            unsafe {
                let function: u64 = field::get(operations, offset);
                Ok(if function == 0 {
                    missing.to_return()
                } else {
                    call_module(function, &arguments()) as i64
                })
            }
        })?;
        if (-4095..0).contains(&answer) {
            Err(Errno::from_return(answer).unwrap_or(Errno::EINTR))
        } else {
            Ok(answer)
        }
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // An oops in the release function is in the log; there is nobody left to be told.
        let _ = self.shut();
    }
}

/// FMODE_READ and FMODE_WRITE, O_RDWR, S_IFCHR with the permissions of a device that only root may use.
const MODE: u32 = 3;
const READ_WRITE: u32 = 2;
const CHARACTER: u16 = 0o020_600;

/// The operations for a number, with a reference on their owner: of the misc device or of the cdev.
fn operations(number: u32, file: u64) -> Result<(u64, u64), Errno> {
    let (major, minor) = split(number);
    if major == misc::MAJOR {
        let (misc, operations) = misc::open(minor)?;
        // SAFETY: our own struct file.
        unsafe { field::put(file, file::PRIVATE_DATA, misc) };
        return Ok((0, operations));
    }
    let cdev = cdev::open(number).ok_or(Errno::ENXIO)?;
    // SAFETY: cdev::open() holds it.
    let operations: u64 = unsafe { field::get(cdev, abi::offsets::cdev::OPS) };
    // SAFETY: and it holds its operations.
    if operations != 0 && module_refs::get(unsafe { field::get(operations, file_operations::OWNER) }) {
        return Ok((cdev, operations));
    }
    cdev::close(cdev);
    Err(Errno::ENXIO)
}

/// Opens a character device: references first, then the driver's own function.
fn open(number: u32) -> Result<Character, Errno> {
    let (file, inode) = (heap::allocate(file::SIZE as u64, 0), heap::allocate(inode::SIZE as u64, 0));
    if file == 0 || inode == 0 {
        return Err(Errno::ENOMEM);
    }
    let result = operations(number, file).and_then(|(cdev, operations)| {
        let opened = Character { file, inode, cdev, operations };
        // SAFETY: two new objects of their sizes; the driver's open function.
        unsafe {
            field::put(inode, inode::MODE, CHARACTER);
            field::put(inode, inode::RDEV, number);
            field::put(inode, inode::CDEV, cdev);
            field::put(file, file::INODE, inode);
            field::put(file, file::OP, operations);
            field::put(file, file::MODE, MODE);
            field::put(file, file::FLAGS, READ_WRITE);
            let function: u64 = field::get(operations, file_operations::OPEN);
            let error =
                if function == 0 { 0 } else { call_module(function, &[inode, file, 0, 0, 0, 0]) as i32 };
            if error == 0 {
                return Ok(opened);
            }
            put(opened);
            Err(Errno::from_return(i64::from(error)).unwrap_or(Errno::EIO))
        }
    });
    if result.is_err() {
        heap::free(file);
        heap::free(inode);
    }
    result
}

/// Drops the references of an open: on the operations' owner, on the cdev and its owner.
fn put(open: Character) {
    // SAFETY: the references themselves keep both there.
    module_refs::put(unsafe { field::get(open.operations, file_operations::OWNER) });
    if open.cdev != 0 {
        cdev::close(open.cdev);
    }
}

/// Closes a character device: the driver's own function first, then the references.
fn close(open: Character) {
    // SAFETY: the open's references keep the driver there.
    unsafe {
        let release: u64 = field::get(open.operations, file_operations::RELEASE);
        if release != 0 {
            call_module(release, &[open.inode, open.file, 0, 0, 0, 0]);
        }
    }
    put(open);
    heap::free(open.file);
    heap::free(open.inode);
}
