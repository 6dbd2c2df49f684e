//! What has been written out once, for the next export that needs it. The exports of one source file lead to the
//! same few structures, and each of those leads to half of the kernel's headers.
//!
//! How a symbol is written out depends on one thing only: which of the symbols on the way had been met before,
//! by then, in the same export. The same answers give the same text.

use crate::genksyms::symbols::{SymbolId, Symbols};

/// How a symbol was written out.
#[derive(Debug)]
pub(crate) struct WrittenOut {
    symbol: SymbolId,
    text: Vec<u8>,
    /// What had been met before, and so was named only.
    named: Vec<SymbolId>,
    /// What had not, and so was written out.
    written: Vec<SymbolId>,
}

/// Where the writing of a symbol began.
#[derive(Debug)]
pub(crate) struct Beginning {
    symbol: SymbolId,
    text: usize,
    met: usize,
    met_again: usize,
}

/// What the current export has met, and what earlier ones have written out.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    /// Each symbol when it was met for the first time in this export, and for any later time.
    pub(crate) met: Vec<SymbolId>,
    pub(crate) met_again: Vec<SymbolId>,
    /// How many definitions we are in the middle of.
    depth: usize,
    /// The last one used comes first.
    known: Vec<WrittenOut>,
    bytes: usize,
}

/// Shorter texts are written again faster than they are found.
const SHORTEST: usize = 1 << 10;
/// So many texts are kept, and so many bytes of them.
const MOST: usize = 64;
const MOST_BYTES: usize = 8 << 20;

impl Symbols<'_> {
    /// `symbol` is going to be written out at the end of `out`. `Err` where that has been done from memory.
    ///
    /// Only what the exported symbol itself names is remembered, not what that leads to in turn: each text
    /// would be kept once more for every structure around it.
    pub(crate) fn recall(&mut self, symbol: SymbolId, out: &mut Vec<u8>) -> Result<Option<Beginning>, ()> {
        self.remembered.depth += 1;
        if self.remembered.depth != 2 {
            return Ok(None);
        }
        let fits = |known: &WrittenOut| {
            known.symbol == symbol
                && known.named.iter().all(|&named| self.is_met(named))
                && !known.written.iter().any(|&written| self.is_met(written))
        };
        let Some(at) = self.remembered.known.iter().position(fits) else {
            let Remembered { met, met_again, .. } = &self.remembered;
            let beginning = Beginning { symbol, text: out.len(), met: met.len(), met_again: met_again.len() };
            return Ok(Some(beginning));
        };
        let mut known = std::mem::take(&mut self.remembered.known);
        known[..=at].rotate_right(1);
        if let Some(known) = known.first() {
            out.extend_from_slice(&known.text);
            for &written in &known.written {
                self.visit(written);
            }
        }
        self.remembered.known = known;
        Err(())
    }

    /// A symbol has been written out to the end of `out`.
    pub(crate) fn remember(&mut self, beginning: Option<Beginning>, out: &[u8]) {
        self.remembered.depth = self.remembered.depth.saturating_sub(1);
        let Some(Beginning { symbol, text, met, met_again }) = beginning else { return };
        let text = out.get(text..).unwrap_or_default();
        if text.len() < SHORTEST || text.len() > MOST_BYTES {
            return;
        }
        let earlier = |&again: &SymbolId| self.when_met(again) < met;
        let met_again = self.remembered.met_again.get(met_again..).unwrap_or_default();
        let mut named: Vec<_> = met_again.iter().copied().filter(earlier).collect();
        named.sort_unstable();
        named.dedup();
        let written = self.remembered.met.get(met..).unwrap_or_default().to_vec();
        let Remembered { known, bytes, .. } = &mut self.remembered;
        *bytes += text.len();
        known.insert(0, WrittenOut { symbol, text: text.to_vec(), named, written });
        while known.len() > MOST || *bytes > MOST_BYTES {
            *bytes -= known.pop().map_or(0, |oldest| oldest.text.len());
        }
    }

    /// Nothing has been met in the export that begins.
    pub(crate) fn forget_met(&mut self) {
        self.remembered.met.clear();
        self.remembered.met_again.clear();
        self.remembered.depth = 0;
    }
}
