//! Versions that shall not change: a file of types, as `-T` writes it, and a text that is held against it with
//! `-r` (scripts/genksyms/genksyms.c, `read_reference` and the second half of `main`).

use std::collections::HashMap;

use bstr::{BStr, ByteSlice};

use crate::genksyms::{
    Trouble,
    symbols::{Definition, Node, SymbolId, Symbols, Tag},
};

/// What a reference file says of a symbol.
#[derive(Debug)]
struct Reference<'a> {
    tag: Tag,
    tokens: Vec<&'a [u8]>,
    /// Whoever maintains the file says that this definition stands, whatever the text has.
    is_override: bool,
}

/// All that a reference file says.
#[derive(Debug, Default)]
pub(crate) struct References<'a> {
    /// By name, and whether the name follows `struct`, `union` or `enum`.
    by_name: HashMap<(&'a [u8], bool), Reference<'a>>,
    preserve: bool,
    /// Whether any definition is not as it says.
    any_change: bool,
    /// What was found out when symbols were declared.
    troubles: Vec<Trouble<'a>>,
}

/// How a symbol's definition compares with the reference.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    /// It is the same, or there is no reference.
    #[default]
    Unchanged,
    Modified,
    /// Only its name was known.
    Defined,
}

impl<'a> References<'a> {
    /// Reads lines of `name tokens…`; `s#` before a name says that it follows `struct`, and so on.
    pub(crate) fn read(text: &'a [u8], preserve: bool) -> References<'a> {
        let mut by_name = HashMap::new();
        for line in text.lines() {
            let mut tokens = tokens(line).peekable();
            let is_override = tokens.next_if_eq(&&b"override"[..]).is_some();
            let Some(name) = tokens.next() else { continue };
            let (tag, name) = tagged(name);
            tokens.next_if_eq(&&b"extern"[..]);
            by_name.insert((name, tag.is_tagged()), Reference { tag, tokens: tokens.collect(), is_override });
        }
        References { by_name, preserve, ..References::default() }
    }

    pub(crate) fn preserve(&self) -> bool {
        self.preserve
    }

    pub(crate) fn take_troubles(&mut self) -> Vec<Trouble<'a>> {
        std::mem::take(&mut self.troubles)
    }
}

impl<'a> Symbols<'a> {
    /// Holds the definition that `word` is about to get against the reference. Returns the one that it shall
    /// have, how that compares, and whether the reference insists on its own.
    pub(crate) fn compare(&mut self, node: Node, definition: Definition) -> (Definition, Status, bool) {
        let name = self.words.text(node.word);
        if self.references.by_name.is_empty() {
            return (definition, Status::Unchanged, false);
        }
        let text = self.definition_text(node, definition);
        let key = (&**name, node.tag.is_tagged());
        let Some(reference) = self.references.by_name.remove(&key) else {
            return (definition, Status::Unchanged, false);
        };
        let Reference { tag, tokens: expected, is_override } = reference;
        if tag == node.tag && expected.iter().copied().eq(tokens(&text)) {
            if is_override {
                self.references.troubles.push(Trouble::Unchanged(node.tag.name(), name));
            }
            return (definition, Status::Unchanged, is_override);
        }
        if is_override && self.references.preserve {
            self.references.troubles.push(Trouble::Ignored(node.tag.name(), name));
            let nodes: Vec<_> = expected.iter().map(|token| self.node(token)).collect();
            return (Definition::Tokens(self.store(&nodes)), Status::Unchanged, true);
        }
        self.references.any_change = true;
        let is_unknown = tag.is_tagged() && expected.ends_with(&[b"{", b"UNKNOWN", b"}"]);
        (definition, if is_unknown { Status::Defined } else { Status::Modified }, false)
    }

    fn node(&mut self, token: &'a [u8]) -> Node {
        let (tag, text) = tagged(token);
        Node { word: self.words.word(text), tag }
    }

    /// The tokens of a definition; before each that stands for a symbol, which kind.
    fn definition_text(&self, node: Node, definition: Definition) -> Vec<u8> {
        let list = |run| {
            let mut text = Vec::new();
            for node in self.run(run) {
                mark(&mut text, node.tag);
                text.extend_from_slice(self.words.text(node.word));
                text.push(b' ');
            }
            text
        };
        match definition {
            Definition::Tokens(run) => list(run),
            Definition::Counted(run, count) if self.run(run).is_empty() => format!("{count} ").into(),
            Definition::Counted(run, count) => {
                [b"( ", &*list(run), format!(") + {count} ").as_bytes()].concat()
            }
            Definition::Unknown => {
                format!("{} {} {{ UNKNOWN }} ", node.tag.keyword(), self.words.text(node.word)).into()
            }
        }
    }

    /// All that exports have led to, for a later run to be held against: a line for each symbol, in the order in
    /// which the writing of them ended.
    pub fn types(&self) -> Vec<u8> {
        let mut text = Vec::new();
        for &symbol in self.in_order() {
            let Some(node) = self.name(symbol) else { continue };
            if self.is_override(symbol) {
                text.extend_from_slice(b"override ");
            }
            mark(&mut text, node.tag);
            text.extend_from_slice(self.words.text(node.word));
            text.push(b' ');
            self.write_definition(symbol, node, &mut text);
            text.push(b'\n');
        }
        text
    }

    /// What `-d` prints of the symbols from number `first` on.
    pub fn definitions_from(&self, first: SymbolId) -> Vec<u8> {
        let mut text = Vec::new();
        for symbol in first.. {
            let Some(node) = self.name(symbol) else { break };
            let kind = if node.tag == Tag::Normal { "type0" } else { node.tag.name() };
            text.extend_from_slice(format!("Defn for {kind} {} == <", self.words.text(node.word)).as_bytes());
            self.write_definition(symbol, node, &mut text);
            text.extend_from_slice(b">\n");
        }
        text
    }

    fn write_definition(&self, symbol: SymbolId, node: Node, text: &mut Vec<u8>) {
        if self.is_extern(symbol) {
            text.extend_from_slice(b"extern ");
        }
        text.extend(self.definition_text(node, self.definition(symbol)));
    }
}

/// `s#` and its like.
fn mark(text: &mut Vec<u8>, tag: Tag) {
    text.extend(tag.letter().into_iter().flat_map(|letter| [letter, b'#']));
}

/// A token of a reference, and what it stands for.
fn tagged(token: &[u8]) -> (Tag, &[u8]) {
    const TAGS: [Tag; 5] = [Tag::Typedef, Tag::Enumerator, Tag::Enum, Tag::Struct, Tag::Union];
    match token {
        [letter, b'#', name @ ..] => {
            let tag = TAGS.into_iter().find(|tag| tag.letter() == Some(*letter));
            tag.map_or((Tag::Normal, token), |tag| (tag, name))
        }
        _ => (Tag::Normal, token),
    }
}

/// The tokens of a line. A blank between quotes ends none.
fn tokens(line: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut in_string = false;
    let ends = move |&byte: &u8| {
        in_string ^= byte == b'"';
        byte == b' ' && !in_string
    };
    line.split(ends).filter(|token| !token.is_empty())
}

/// What an export led to that is not as the reference has it, `symbol` itself last.
pub(crate) fn changes(symbols: &Symbols, symbol: SymbolId) -> Vec<String> {
    if !symbols.references.any_change {
        return Vec::new();
    }
    let met = symbols.met().iter().rev().chain([&symbol]);
    let changed = met.filter_map(|&symbol| {
        let Node { word, tag } = symbols.name(symbol)?;
        let defined = match symbols.status(symbol) {
            Status::Unchanged => return None,
            Status::Modified => "",
            Status::Defined => " (became defined)",
        };
        Some(format!("{}{defined}", Named(tag.name(), symbols.words.text(word))))
    });
    changed.collect()
}

/// A symbol with its kind, as messages have it.
pub(crate) struct Named<'a>(pub(crate) &'static str, pub(crate) &'a BStr);

impl std::fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Named(kind, name) = self;
        if kind.is_empty() { write!(f, "{name}") } else { write!(f, "{kind} {name}") }
    }
}
