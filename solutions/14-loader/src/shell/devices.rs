//! t
use super::Shell;
pub struct DeviceFile;
impl Shell {
    pub(super) fn read_device(&mut self, _:&str)->anyhow::Result<Vec<u8>>{anyhow::bail!("not yet")}
    pub(super) fn write_device(&mut self, _:&str,_:&[u8])->anyhow::Result<()>{anyhow::bail!("not yet")}
    pub(super) fn open(&mut self, _:&str,_o:&mut Vec<u8>)->anyhow::Result<()>{anyhow::bail!("not yet")}
    pub(super) fn read(&mut self, _:u32,_:usize,_o:&mut Vec<u8>)->anyhow::Result<()>{anyhow::bail!("not yet")}
    pub(super) fn write(&mut self, _:u32,_:&[String])->anyhow::Result<()>{anyhow::bail!("not yet")}
    pub(super) fn ioctl(&mut self, _:u32,_:&str,_:&str,_o:&mut Vec<u8>)->anyhow::Result<()>{anyhow::bail!("not yet")}
    pub(super) fn close(&mut self, _:u32)->anyhow::Result<()>{anyhow::bail!("not yet")}
}
