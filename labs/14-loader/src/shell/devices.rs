//! Devices as the shell sees them: opened, read, written, told things, closed.

use abi::Errno;
use anyhow::{Context, anyhow};
use machine::services::File;

use super::{
    Shell,
    arguments::{Argument, integer},
    calls::dump,
    files::{LARGEST, said},
};

impl Shell {
    /// What a program reads from the device until its end, or as much as anyone may want to see.
    pub(super) fn read_device(&self, path: &str) -> anyhow::Result<Vec<u8>> {
        let mut file = self.device(path)?;
        let mut all = Vec::new();
        while all.len() < LARGEST {
            let more = file.read(4096).map_err(|errno| said(path, errno))?;
            if more.is_empty() {
                break;
            }
            all.extend_from_slice(&more);
        }
        file.close().map_err(|errno| said(path, errno))?;
        Ok(all)
    }

    /// Writes all of `bytes` to the device.
    pub(super) fn write_device(&self, path: &str, bytes: &[u8]) -> anyhow::Result<()> {
        let mut file = self.device(path)?;
        let mut left = bytes;
        while !left.is_empty() {
            let written = file.write(left).map_err(|errno| said(path, errno))?;
            anyhow::ensure!(written > 0, "{path}: the device takes no more");
            left = left.get(written..).unwrap_or_default();
        }
        file.close().map_err(|errno| said(path, errno))
    }

    fn device(&self, path: &str) -> anyhow::Result<File> {
        self.kernel.machine().devices().open(path).map_err(|errno| said(path, errno))
    }

    pub(super) fn open(&mut self, path: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let file = self.device(path)?;
        // 0 to 2 are the terminal's, as everywhere.
        let descriptor = (3..).find(|descriptor| !self.open.contains_key(descriptor)).unwrap_or(u32::MAX);
        self.open.insert(descriptor, file);
        out.extend_from_slice(format!("{descriptor}\n").as_bytes());
        Ok(())
    }

    pub(super) fn read(&mut self, descriptor: u32, length: usize, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let read = self.opened(descriptor)?.read(length.min(LARGEST));
        out.extend_from_slice(&read.map_err(|errno| said(descriptor, errno))?);
        Ok(())
    }

    pub(super) fn write(&mut self, descriptor: u32, words: &[String]) -> anyhow::Result<()> {
        let text = words.join(" ") + "\n";
        self.opened(descriptor)?.write(text.as_bytes()).map_err(|errno| said(descriptor, errno))?;
        Ok(())
    }

    pub(super) fn ioctl(
        &mut self,
        descriptor: u32,
        request: &str,
        argument: &str,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        let number = integer(request).and_then(|request| u32::try_from(request).ok());
        let number = number.with_context(|| format!("'{request}' is no number of a request"))?;
        let argument = Argument::parse(argument).map_err(|wrong| anyhow!("{wrong}"))?;
        let file = self.opened(descriptor)?;
        // The driver reads and writes a program's memory, not the kernel's: what it points to is lent to it.
        let mut lent = match argument {
            Argument::Buffer(size) => vec![0; size],
            Argument::Bytes(bytes) => bytes,
            Argument::Text(text) => [text.as_bytes(), b"\0"].concat(),
            Argument::Integer(value) => {
                let result = file.ioctl(number, value).map_err(|errno| said(descriptor, errno))?;
                out.extend_from_slice(format!("{result}\n").as_bytes());
                return Ok(());
            }
            Argument::Named(_) | Argument::Symbol(_) => {
                return Err(anyhow!("a program's memory is wanted: a number, text, hex:… or buf:N"));
            }
        };
        let result = file.ioctl_buffer(number, &mut lent).map_err(|errno| said(descriptor, errno))?;
        out.extend_from_slice(format!("{result}\n{}", dump(&lent)).as_bytes());
        Ok(())
    }

    pub(super) fn close(&mut self, descriptor: u32) -> anyhow::Result<()> {
        let file = self.open.remove(&descriptor).with_context(|| bad_descriptor(descriptor))?;
        file.close().map_err(|errno| said(descriptor, errno))
    }

    fn opened(&mut self, descriptor: u32) -> anyhow::Result<&mut File> {
        self.open.get_mut(&descriptor).with_context(|| bad_descriptor(descriptor))
    }
}

fn bad_descriptor(descriptor: u32) -> String {
    format!("{descriptor}: EBADF: {}", Errno::EBADF.words())
}
