//! The kernel's log, read record by record from `/dev/kmsg` (Documentation/ABI/testing/dev-kmsg).

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;

/// The log from where the last look at it ended.
pub struct Log(File);

impl Log {
    pub fn open() -> io::Result<Log> {
        Ok(Log(OpenOptions::new().read(true).custom_flags(libc::O_NONBLOCK).open("/dev/kmsg")?))
    }

    /// Forgets what has been logged so far.
    pub fn skip(&mut self) -> io::Result<()> {
        self.read().map(drop)
    }

    /// What has been logged since. A record's first line is `level,number,time,flags;TEXT`, in which the kernel
    /// escapes all that is not printable; the lines after it are about devices.
    pub fn read(&mut self) -> io::Result<Vec<String>> {
        let mut records = Vec::new();
        let mut record = vec![0; 8192];
        loop {
            match self.0.read(&mut record) {
                Ok(length) => {
                    let text = String::from_utf8_lossy(record.get(..length).unwrap_or_default());
                    let text = text.lines().next().and_then(|line| line.split_once(';'));
                    records.extend(text.map(|(_, text)| text.to_owned()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(records),
                // Records were overwritten before they were read: the next read goes on with what is left.
                Err(error) if error.raw_os_error() == Some(libc::EPIPE) => {}
                Err(error) => return Err(error),
            }
        }
    }
}
