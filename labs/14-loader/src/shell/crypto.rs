//! The shell's commands that let the kernel's algorithms answer: digests and ciphers.

use anyhow::anyhow;

use super::{Shell, arguments::bytes_from_hex};

impl Shell {
    pub(super) fn digest(
        &self,
        algorithm: &str,
        text: &str,
        key: Option<&str>,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        let key = key.map(bytes).transpose()?;
        let digest = self.kernel.machine().crypto().digest(algorithm, key.as_deref(), &bytes(text)?);
        let digest = digest.map_err(|failure| anyhow!("{algorithm}: {failure}"))?;
        out.extend_from_slice(format!("{}\n", hex(&digest)).as_bytes());
        Ok(())
    }

    pub(super) fn cipher(
        &self,
        algorithm: &str,
        key: &str,
        block: &str,
        decrypt: bool,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        let digits = |digits| bytes_from_hex(digits).map_err(|wrong| anyhow!("{wrong}"));
        let (key, block) = (digits(key)?, digits(block)?);
        let result = self.kernel.machine().crypto().cipher_block(algorithm, &key, &block, decrypt);
        let result = result.map_err(|failure| anyhow!("{algorithm}: {failure}"))?;
        out.extend_from_slice(format!("{}\n", hex(&result)).as_bytes());
        Ok(())
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
