//! A symbol's declaration with everything in it written out: the text whose checksum is the symbol's version
//! (scripts/genksyms/genksyms.c, `expand_and_crc_sym`).

use bstr::BStr;

use crate::genksyms::{
    Trouble,
    remembered::Beginning,
    symbols::{Definition, Node, Run, SymbolId, Symbols, Tag},
};

/// The part of a definition that is still to be written.
#[derive(Debug, Default)]
pub struct Rest {
    run: Run,
    next: usize,
    end: Vec<u8>,
    beginning: Option<Beginning>,
    /// Whose definition it is, where it has any tokens.
    symbol: Option<SymbolId>,
}

impl Rest {
    /// The definition of `symbol`. What stands before its nodes is written to `out` at once; where the very text
    /// that follows has been written before, all of it is, and there are no nodes.
    pub fn begin(symbols: &mut Symbols, symbol: SymbolId, out: &mut Vec<u8>) -> Rest {
        match symbols.recall(symbol, out) {
            Ok(beginning) => {
                let rest = Rest::of_one(symbols, symbol, out);
                let is_empty = rest.end.is_empty() && symbols.run(rest.run).is_empty();
                Rest { beginning, symbol: (!is_empty).then_some(symbol), ..rest }
            }
            Err(()) => Rest::default(),
        }
    }

    /// The definition of `symbol`, for its own sake.
    pub(crate) fn of_one(symbols: &Symbols, symbol: SymbolId, out: &mut Vec<u8>) -> Rest {
        let (run, end) = match symbols.definition(symbol) {
            Definition::Tokens(run) => (run, Vec::new()),
            Definition::Counted(run, count) if symbols.run(run).is_empty() => {
                (run, format!("{count} ").into())
            }
            Definition::Counted(run, count) => {
                out.extend_from_slice(b"( ");
                (run, format!(") + {count} ").into())
            }
            Definition::Unknown => (Run::default(), unknown(symbols, symbol)),
        };
        Rest { run, end, ..Rest::default() }
    }

    /// The next node, or `None` after the last; what stands after it is then written to `out`.
    pub fn next(&mut self, symbols: &mut Symbols, out: &mut Vec<u8>) -> Option<Node> {
        let node = self.next_of_one(symbols, out);
        if node.is_none() {
            symbols.remember(self.beginning.take(), out);
            self.symbol.take().into_iter().for_each(|symbol| symbols.written_out(symbol));
        }
        node
    }

    pub(crate) fn next_of_one(&mut self, symbols: &Symbols, out: &mut Vec<u8>) -> Option<Node> {
        let node = symbols.run(self.run).get(self.next).copied();
        self.next += 1;
        if node.is_none() {
            out.append(&mut self.end);
        }
        node
    }
}

/// All that can be said of a structure of which only the name is known.
fn unknown(symbols: &Symbols, symbol: SymbolId) -> Vec<u8> {
    let Some(Node { word, tag }) = symbols.name(symbol) else { return Vec::new() };
    format!("{} {} {{ UNKNOWN }} ", tag.keyword(), symbols.words.text(word)).into()
}

/// Writes out the definition of `symbol`: each token and a blank after it.
///
/// - A [`Tag::Normal`] token is written as it is spelled.
/// - Any other stands for a symbol, the one that [`Symbols::find`] finds for it. When that is met for the first
///   time, its definition is written out in the same way in its place. When it has been met before, in this
///   export and however deep, only its name is written: `struct page`, or the bare name of a type or an
///   enumerator. So the text is finite though structures point at each other. [`Symbols::visit`] keeps the
///   record.
/// - A `struct`, `union` or `enum` that is not declared is declared unknown, and so written
///   `struct name { UNKNOWN }`; say so among the troubles ([`Trouble::ExpandsUndefined`]).
///
/// A chain of types can be longer than the machine's stack is deep: keep the unfinished definitions, each a
/// [`Rest`], in a vector.
pub fn expand<'a>(symbols: &mut Symbols<'a>, symbol: SymbolId, out: &mut Vec<u8>) -> Vec<Trouble<'a>> {
    let mut troubles = Vec::new();
    symbols.begin_export();
    todo!("write each token, and for each name that is met for the first time what it stands for");
    troubles
}

/// Writes a token and the blank after it; nothing where the token is empty.
pub fn write(out: &mut Vec<u8>, token: &BStr) {
    if !token.is_empty() {
        out.extend_from_slice(token);
        out.push(b' ');
    }
}
