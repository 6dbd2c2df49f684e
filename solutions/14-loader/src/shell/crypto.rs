//! t
use super::Shell;
impl Shell {
    pub(super) fn digest(&self, _a:&str,_t:&str,_k:Option<&str>,_o:&mut Vec<u8>)->anyhow::Result<()>{anyhow::bail!("not yet")}
    pub(super) fn cipher(&self, _a:&str,_k:&str,_b:&str,_d:bool,_o:&mut Vec<u8>)->anyhow::Result<()>{anyhow::bail!("not yet")}
    pub(super) fn search(&self, _a:&str,_k:&str,_b:&str,_o:&mut Vec<u8>)->anyhow::Result<()>{anyhow::bail!("not yet")}
    pub(super) fn nls(&self, _a:&str,_b:&str,_o:&mut Vec<u8>)->anyhow::Result<()>{anyhow::bail!("not yet")}
}
