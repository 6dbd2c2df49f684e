//! The shell's commands that let the kernel's algorithms answer: digests and ciphers.

use anyhow::anyhow;

use super::{Shell, arguments::bytes_from_hex};

impl Shell {
    pub(super) fn digest(
        &self,
        _a: &str,
        _t: &str,
        _k: Option<&str>,
        _o: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        anyhow::bail!("not yet")
    }
    pub(super) fn cipher(
        &self,
        _a: &str,
        _k: &str,
        _b: &str,
        _d: bool,
        _o: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        anyhow::bail!("not yet")
    }
}
/// A text's bytes; or those that `hex:…` stands for.
fn bytes(text: &str) -> anyhow::Result<Vec<u8>> {
    match text.strip_prefix("hex:") {
        Some(digits) => bytes_from_hex(digits).map_err(|wrong| anyhow!("{wrong}")),
        None => Ok(text.as_bytes().to_vec()),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
