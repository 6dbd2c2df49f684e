//! What has been declared so far: types, enumerators, functions and variables, each with the tokens of its
//! definition (scripts/genksyms/genksyms.c, `struct symbol` and `__add_symbol`).

use crate::genksyms::{
    Trouble, Word, Words,
    reference::{References, Status},
    remembered::Remembered,
};

/// What a word in a definition stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// Itself.
    Normal,
    /// The type that it names.
    Typedef,
    /// The value of an enumerator.
    Enumerator,
    /// `enum` and the word.
    Enum,
    /// `struct` and the word.
    Struct,
    /// `union` and the word.
    Union,
}

impl Tag {
    /// The keyword that stands before the word.
    pub fn keyword(self) -> &'static str {
        match self {
            Tag::Enum => "enum",
            Tag::Struct => "struct",
            Tag::Union => "union",
            Tag::Normal | Tag::Typedef | Tag::Enumerator => "",
        }
    }

    /// What it is called in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Tag::Typedef => "typedef",
            Tag::Enumerator => "enum constant",
            _ => self.keyword(),
        }
    }

    /// What it is called in files of types.
    pub(crate) fn letter(self) -> Option<u8> {
        match self {
            Tag::Normal => None,
            Tag::Typedef => Some(b't'),
            Tag::Enumerator => Some(b'E'),
            Tag::Enum => Some(b'e'),
            Tag::Struct => Some(b's'),
            Tag::Union => Some(b'u'),
        }
    }

    /// C has two name spaces: `struct page` and a variable `page` do not disturb each other.
    pub(crate) fn is_tagged(self) -> bool {
        matches!(self, Tag::Enum | Tag::Struct | Tag::Union)
    }
}

/// A token of a definition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Node {
    /// How it is spelled.
    pub word: Word,
    /// What it stands for.
    pub tag: Tag,
}

/// The number of a symbol.
pub type SymbolId = u32;

/// A run of nodes in the store of all definitions.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: u32,
    end: u32,
}

/// What a symbol stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Definition {
    /// These tokens.
    Tokens(Run),
    /// `( tokens ) + number`, or just the number where there are no tokens: an enumerator without a value of
    /// its own comes so many after the last one with a value.
    Counted(Run, u32),
    /// `keyword name { UNKNOWN }`: a structure of which only the name is known.
    Unknown,
}

/// The tokens of a definition.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Run(Span);

#[derive(Debug)]
struct Symbol {
    word: Word,
    tag: Tag,
    definition: Definition,
    /// The number of the export that last met it, and how many symbols that had met before.
    met_for: u32,
    when_met: u32,
    /// Whether it was declared `extern`, how it compares with the reference, and whether that insists on it.
    is_extern: bool,
    status: Status,
    is_override: bool,
    /// Whether it has been written out, in whatever export.
    is_in_order: bool,
}

/// All symbols, with their definitions.
#[derive(Debug, Default)]
pub struct Symbols<'a> {
    /// The words of the text.
    pub words: Words<'a>,
    symbols: Vec<Symbol>,
    nodes: Vec<Node>,
    /// The value of the enumerator before: the last expression, and how many have come since.
    last_value: Option<Run>,
    count: u32,
    enumerators: usize,
    export: u32,
    pub(crate) remembered: Remembered,
    /// Whether the declaration that is being read is `extern`.
    pub(crate) reading_extern: bool,
    pub(crate) references: References<'a>,
    /// What has been written out, in the order in which that ended.
    in_order: Vec<SymbolId>,
    /// How many nodes of definitions have been looked at, and may be.
    handled: usize,
    allowed: usize,
}

impl<'a> Symbols<'a> {
    /// No symbols. Their definitions may hold as many nodes, all in all, as a text of `length` bytes can need.
    pub fn new(length: usize) -> Symbols<'a> {
        let allowed = length.saturating_mul(8).saturating_add(1 << 12);
        Symbols { words: Words::new(length), allowed, ..Symbols::default() }
    }

    /// The symbol that `word` names as a `tag`, of whatever kind it turned out to be.
    pub fn find(&self, word: Word, tag: Tag) -> Option<SymbolId> {
        self.meaning(word, tag).map(|(symbol, _)| symbol)
    }

    /// Whether `word` is exactly a `tag`.
    pub(crate) fn is(&self, word: Word, tag: Tag) -> bool {
        self.meaning(word, tag).is_some_and(|(_, found)| found == tag)
    }

    fn meaning(&self, word: Word, tag: Tag) -> Option<(SymbolId, Tag)> {
        let meanings = self.words.meanings(word);
        if tag.is_tagged() { meanings.tagged } else { meanings.ordinary }
    }

    /// Declares `word`. Where it is declared already, the first declaration counts.
    ///
    /// # Errors
    /// It was declared otherwise before, or there are too many tokens.
    pub fn declare(&mut self, word: Word, tag: Tag, nodes: &[Node]) -> Result<(), Trouble<'a>> {
        if tag == Tag::Enum {
            self.begin_enum();
        }
        self.handled += nodes.len();
        if self.handled > self.allowed {
            return Err(Trouble::TooLong(self.words.text(word)));
        }
        let Some((id, before)) = self.meaning(word, tag) else {
            let run = self.store(nodes);
            self.add(word, tag, Definition::Tokens(run));
            return Ok(());
        };
        let definition = self.symbols.get(id as usize).map(|symbol| symbol.definition);
        let same = matches!(definition, Some(Definition::Tokens(run)) if self.run(run) == nodes);
        if same && before == tag { Ok(()) } else { Err(Trouble::Redefined(self.words.text(word))) }
    }

    /// How many enumerators are declared.
    pub(crate) fn enumerators(&self) -> usize {
        self.enumerators
    }

    /// The next enumerator counts from zero again. The kernel's tool says so at the *end* of each enum that is
    /// not a named one of the source file itself.
    pub(crate) fn begin_enum(&mut self) {
        (self.last_value, self.count) = (None, 0);
    }

    /// Declares the enumerator `word` with the value `expression`, or with the next one where that is empty.
    ///
    /// # Errors
    /// It was declared otherwise before.
    pub(crate) fn declare_enumerator(&mut self, word: Word, expression: &[Node]) -> Result<(), Trouble<'a>> {
        let definition = if expression.is_empty() {
            let value = self.last_value.unwrap_or_default();
            self.count += 1;
            Definition::Counted(value, self.count - 1)
        } else {
            let run = self.store(expression);
            (self.last_value, self.count) = (Some(run), 1);
            Definition::Tokens(run)
        };
        let Some((id, before)) = self.meaning(word, Tag::Enumerator) else {
            self.enumerators += 1;
            self.add(word, Tag::Enumerator, definition);
            return Ok(());
        };
        let same = before == Tag::Enumerator
            && match (self.definition(id), definition) {
                (Definition::Tokens(a), Definition::Tokens(b)) => self.run(a) == self.run(b),
                (Definition::Counted(a, n), Definition::Counted(b, m)) => {
                    n == m && self.run(a) == self.run(b)
                }
                _ => false,
            };
        if same { Ok(()) } else { Err(Trouble::Redefined(self.words.text(word))) }
    }

    /// Declares that nothing is known of `word` but its name, for good.
    pub fn declare_unknown(&mut self, word: Word, tag: Tag) -> SymbolId {
        if tag == Tag::Enum {
            self.begin_enum();
        }
        self.add(word, tag, Definition::Unknown)
    }

    fn add(&mut self, word: Word, tag: Tag, definition: Definition) -> SymbolId {
        let is_extern = self.reading_extern && tag != Tag::Enumerator && definition != Definition::Unknown;
        let (definition, status, is_override) = self.compare(Node { word, tag }, definition);
        let id = self.symbols.len() as SymbolId;
        self.symbols.push(Symbol {
            word,
            tag,
            definition,
            met_for: 0,
            when_met: 0,
            is_extern,
            status,
            is_override,
            is_in_order: false,
        });
        if let Some(meanings) = self.words.meanings_mut(word) {
            let meaning = if tag.is_tagged() { &mut meanings.tagged } else { &mut meanings.ordinary };
            *meaning = Some((id, tag));
        }
        id
    }

    pub(crate) fn store(&mut self, nodes: &[Node]) -> Run {
        let start = self.nodes.len() as u32;
        self.nodes.extend_from_slice(nodes);
        Run(Span { start, end: self.nodes.len() as u32 })
    }

    /// What `symbol` stands for.
    pub fn definition(&self, symbol: SymbolId) -> Definition {
        self.symbols.get(symbol as usize).map_or(Definition::Unknown, |symbol| symbol.definition)
    }

    /// What `symbol` is called, and its kind.
    pub fn name(&self, symbol: SymbolId) -> Option<Node> {
        self.symbols.get(symbol as usize).map(|symbol| Node { word: symbol.word, tag: symbol.tag })
    }

    /// The tokens of a definition.
    pub fn run(&self, run: Run) -> &[Node] {
        self.nodes.get(run.0.start as usize..run.0.end as usize).unwrap_or_default()
    }

    /// Another symbol is going to be written out: nothing has been yet.
    pub fn begin_export(&mut self) {
        self.export += 1;
        self.forget_met();
    }

    /// Notes that `symbol` is being written out for this export; says whether it was already.
    pub fn visit(&mut self, symbol: SymbolId) -> bool {
        let Symbols { symbols, export, remembered, .. } = self;
        let Some(met) = symbols.get_mut(symbol as usize) else { return true };
        let is_met = std::mem::replace(&mut met.met_for, *export) == *export;
        if is_met {
            remembered.met_again.push(symbol);
        } else {
            met.when_met = remembered.met.len() as u32;
            remembered.met.push(symbol);
        }
        is_met
    }

    /// Whether `symbol` has been met in this export.
    pub(crate) fn is_met(&self, symbol: SymbolId) -> bool {
        self.symbols.get(symbol as usize).is_some_and(|symbol| symbol.met_for == self.export)
    }

    /// How many symbols this export had met when it met `symbol`.
    pub(crate) fn when_met(&self, symbol: SymbolId) -> usize {
        self.symbols.get(symbol as usize).map_or(0, |symbol| symbol.when_met as usize)
    }

    /// What this export has met, in order.
    pub(crate) fn met(&self) -> &[SymbolId] {
        &self.remembered.met
    }

    /// Notes that `symbol` has been written out to its end.
    pub(crate) fn written_out(&mut self, symbol: SymbolId) {
        let Some(found) = self.symbols.get_mut(symbol as usize) else { return };
        if !std::mem::replace(&mut found.is_in_order, true) {
            self.in_order.push(symbol);
        }
    }

    pub(crate) fn in_order(&self) -> &[SymbolId] {
        &self.in_order
    }

    pub(crate) fn is_extern(&self, symbol: SymbolId) -> bool {
        self.symbols.get(symbol as usize).is_some_and(|symbol| symbol.is_extern)
    }

    pub(crate) fn is_override(&self, symbol: SymbolId) -> bool {
        self.symbols.get(symbol as usize).is_some_and(|symbol| symbol.is_override)
    }

    pub(crate) fn status(&self, symbol: SymbolId) -> Status {
        self.symbols.get(symbol as usize).map_or(Status::Unchanged, |symbol| symbol.status)
    }

    /// How many symbols there are.
    pub fn count(&self) -> SymbolId {
        self.symbols.len() as SymbolId
    }
}
