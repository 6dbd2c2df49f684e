//! What the guest asks of its kernel: modules in and out, and the little that a process 1 must do itself.

use std::collections::BTreeSet;
use std::ffi::CString;
use std::fs::{self, File};
use std::os::fd::AsRawFd;

/// An error's number.
#[derive(Debug, Clone, Copy)]
pub struct Errno(pub i32);

impl Errno {
    fn last() -> Errno {
        Errno(std::io::Error::last_os_error().raw_os_error().unwrap_or(libc::EIO))
    }
}

/// Mounts the file systems in which the kernel shows itself.
pub fn mount_all() {
    let mounts =
        [("proc", "/proc"), ("sysfs", "/sys"), ("devtmpfs", "/dev"), ("debugfs", "/sys/kernel/debug")];
    for (kind, place) in mounts {
        // What is there already is as good; what cannot be made is missed by whoever needs it.
        let _ = fs::create_dir(place);
        let (Ok(kind), Ok(place)) = (CString::new(kind), CString::new(place)) else { continue };
        // SAFETY: three C strings that live through the call, and no data.
        unsafe { libc::mount(kind.as_ptr(), place.as_ptr(), kind.as_ptr(), 0, std::ptr::null()) };
    }
}

/// Lets every byte written to a serial port through as it is.
pub fn make_raw(port: &File) {
    // SAFETY: termios is plain numbers; zeroes are one.
    let mut mode: libc::termios = unsafe { std::mem::zeroed() };
    // SAFETY: an open file, and a termios that these three calls may read and write.
    unsafe {
        libc::tcgetattr(port.as_raw_fd(), &mut mode);
        libc::cfmakeraw(&mut mode);
        libc::tcsetattr(port.as_raw_fd(), libc::TCSANOW, &mode);
    }
}

/// Inserts the module in the file `path`: the system call itself, once, without looking into the file.
pub fn insert(path: &str, arguments: &str) -> Result<(), Errno> {
    let bytes = fs::read(path).map_err(|error| Errno(error.raw_os_error().unwrap_or(libc::EIO)))?;
    let arguments = CString::new(arguments).map_err(|_| Errno(libc::EINVAL))?;
    // SAFETY: the kernel reads `bytes.len()` bytes and a C string, and keeps neither.
    let returned =
        unsafe { libc::syscall(libc::SYS_init_module, bytes.as_ptr(), bytes.len(), arguments.as_ptr()) };
    if returned == 0 { Ok(()) } else { Err(Errno::last()) }
}

/// Removes the module `name`, without waiting.
pub fn remove(name: &str) -> Result<(), Errno> {
    let name = CString::new(name).map_err(|_| Errno(libc::EINVAL))?;
    // SAFETY: a C string that lives through the call.
    let returned = unsafe { libc::syscall(libc::SYS_delete_module, name.as_ptr(), libc::O_NONBLOCK) };
    if returned == 0 { Ok(()) } else { Err(Errno::last()) }
}

/// The names of the modules that are there.
pub fn modules() -> BTreeSet<String> {
    let text = fs::read("/proc/modules").unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    text.lines().filter_map(|line| Some(line.split(' ').next()?.to_owned())).collect()
}

/// Ends the boot. The emulator is told not to begin another.
pub fn restart() -> ! {
    // SAFETY: no memory is passed.
    unsafe {
        libc::reboot(libc::RB_AUTOBOOT);
    }
    loop {
        std::thread::park();
    }
}
