//! The shell's commands for the kernel's text search and character sets.

use anyhow::{Context, anyhow};
use machine::services::Failure;

use super::{Shell, arguments::bytes_from_hex, crypto::hex};

impl Shell {
    pub(super) fn search(
        &self,
        algorithm: &str,
        pattern: &str,
        text: &str,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        let search = self.kernel.machine().textsearch();
        let found = search.find(algorithm, pattern.as_bytes(), text.as_bytes(), 0);
        let found = found.map_err(|failure| anyhow!("{algorithm}: {failure}"))?;
        let line = found.map_or("not found\n".to_owned(), |at| format!("{at}\n"));
        out.extend_from_slice(line.as_bytes());
        Ok(())
    }

    pub(super) fn nls(&self, charset: &str, character: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let nls = self.kernel.machine().nls();
        let said = |failure: Failure| anyhow!("{charset}: {failure}");
        let line = if let Some(code) = character.strip_prefix("U+") {
            let code =
                u16::from_str_radix(code, 16).ok().context("U+0000 to U+FFFF are known to the kernel")?;
            format!("0x{}\n", hex(&nls.uni2char(charset, code).map_err(said)?))
        } else {
            let bytes =
                bytes_from_hex(character.trim_start_matches("0x")).map_err(|wrong| anyhow!("{wrong}"))?;
            let (code, length) = nls.char2uni(charset, &bytes).map_err(said)?;
            format!("U+{code:04X} ({length} of {} bytes)\n", bytes.len())
        };
        out.extend_from_slice(line.as_bytes());
        Ok(())
    }
}
