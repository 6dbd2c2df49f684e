//! `call` and its buffers: any function in the kernel, run with arguments typed by hand.

use std::fmt::Write;

use anyhow::{Context, anyhow};
use machine::call_module;

use super::{
    Shell,
    arguments::{Argument, buffer_size, bytes_from_hex},
};

impl Shell {
    pub(super) fn call(
        &mut self,
        symbol: &str,
        words: &[String],
        int: bool,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        let function = self.symbol(symbol)?;
        // Memory that the callee may keep or overrun until the call is over.
        let mut memory: Vec<Option<Box<[u8]>>> = Vec::new();
        let mut registers = [0; 6];
        for (register, word) in registers.iter_mut().zip(words) {
            let (value, owned) = self.value(word)?;
            *register = value;
            memory.push(owned);
        }
        let name = symbol.to_owned();
        // SAFETY: the address is a symbol's of the kernel or of a module. Nothing can vouch for the arguments: whoever
        // types `call` is the kernel's programmer. What faults is an oops.
        let call = move || unsafe { call_module(function, &registers) };
        let result = self.kernel.machine().run(0, &name, call);
        let result = result.map_err(|killed| anyhow!("Killed: {}", killed.reason))?;
        let shown = if int { format!("{}\n", result as u32 as i32) } else { format!("{result:#x}\n") };
        out.extend_from_slice(shown.as_bytes());
        for (word, buffer) in words.iter().zip(memory) {
            if let Some(buffer) = buffer.filter(|_| word.starts_with("buf:")) {
                out.extend_from_slice(dump(&buffer).as_bytes());
            }
        }
        Ok(())
    }

    /// A register's value for an argument, and the memory behind it where it is an address of our own.
    fn value(&mut self, word: &str) -> anyhow::Result<(u64, Option<Box<[u8]>>)> {
        let own = |bytes: Vec<u8>| {
            let mut bytes = bytes.into_boxed_slice();
            (bytes.as_mut_ptr() as u64, Some(bytes))
        };
        Ok(match Argument::parse(word).map_err(|wrong| anyhow!("{wrong}"))? {
            Argument::Integer(value) => (value, None),
            Argument::Text(text) => own([text.as_bytes(), b"\0"].concat()),
            Argument::Bytes(bytes) => own(bytes),
            Argument::Buffer(size) => own(vec![0; size]),
            Argument::Symbol(name) => (self.symbol(&name)?, None),
            Argument::Named(name) => {
                let buffer = self.buffers.get_mut(&name);
                (buffer.with_context(|| format!("no buffer is called {name}"))?.as_mut_ptr() as u64, None)
            }
        })
    }

    fn symbol(&self, name: &str) -> anyhow::Result<u64> {
        let found = self.kernel.registry().lookup_symbol(name.as_bytes().into());
        found.with_context(|| format!("no symbol is called {name}"))
    }

    pub(super) fn make_buffer(&mut self, name: &str, content: &str) -> anyhow::Result<()> {
        let bytes = if let Some(digits) = content.strip_prefix("hex:") {
            bytes_from_hex(digits)
        } else if content.starts_with(|first: char| first.is_ascii_digit()) {
            buffer_size(content).map(|size| vec![0; size])
        } else {
            Ok([content.strip_prefix("text:").unwrap_or(content).as_bytes(), b"\0"].concat())
        };
        let bytes = bytes.map_err(|wrong| anyhow!("{wrong}"))?;
        self.buffers.insert(name.to_owned(), bytes.into_boxed_slice());
        Ok(())
    }

    pub(super) fn xxd(&self, name: &str, length: Option<usize>, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let buffer = self.buffers.get(name).with_context(|| format!("no buffer is called {name}"))?;
        let length = length.unwrap_or(buffer.len()).min(buffer.len());
        out.extend_from_slice(dump(buffer.get(..length).unwrap_or_default()).as_bytes());
        Ok(())
    }
}

/// Bytes as `xxd` prints them: offset, eight pairs, text.
pub(super) fn dump(bytes: &[u8]) -> String {
    let mut text = String::new();
    for (row, chunk) in bytes.chunks(16).enumerate() {
        let pairs: Vec<String> =
            chunk.chunks(2).map(|pair| pair.iter().map(|byte| format!("{byte:02x}")).collect()).collect();
        let printable = |&byte: &u8| if (0x20..0x7f).contains(&byte) { char::from(byte) } else { '.' };
        let ascii: String = chunk.iter().map(printable).collect();
        // Writing into a String cannot fail.
        let _ = writeln!(text, "{:08x}: {:<39}  {ascii}", row * 16, pairs.join(" "));
    }
    text
}
