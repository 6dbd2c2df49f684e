//! Every distinct word of a text once, with a number: from then on words are compared and looked up by number.

use bstr::BStr;

use crate::{
    Name,
    genksyms::symbols::{SymbolId, Tag},
};

/// The number of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Word(u32);

impl Word {
    /// The number, for tables by word.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// What a reserved word is to the grammar. Several spellings are one keyword: `const`, `__const__`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Asm,
    Attribute,
    Enum,
    Export,
    Extension,
    Extern,
    Inline,
    Qualifier,
    Restrict,
    SimpleType,
    StaticAssert,
    Storage,
    Struct,
    Typedef,
    Typeof,
    Union,
}

/// The reserved words (scripts/genksyms/keywords.c, `keywords`); they are numbered first, in this order.
const KEYWORDS: &[(&str, Keyword)] = &[
    ("__GENKSYMS_EXPORT_SYMBOL", Keyword::Export),
    ("_Static_assert", Keyword::StaticAssert),
    ("__extension__", Keyword::Extension),
    ("typedef", Keyword::Typedef),
    ("asm", Keyword::Asm),
    ("__asm", Keyword::Asm),
    ("__asm__", Keyword::Asm),
    ("__attribute", Keyword::Attribute),
    ("__attribute__", Keyword::Attribute),
    ("typeof", Keyword::Typeof),
    ("__typeof", Keyword::Typeof),
    ("__typeof__", Keyword::Typeof),
    ("enum", Keyword::Enum),
    ("struct", Keyword::Struct),
    ("union", Keyword::Union),
    ("auto", Keyword::Storage),
    ("register", Keyword::Storage),
    ("static", Keyword::Storage),
    ("extern", Keyword::Extern),
    ("inline", Keyword::Inline),
    ("__inline", Keyword::Inline),
    ("__inline__", Keyword::Inline),
    ("const", Keyword::Qualifier),
    ("__const", Keyword::Qualifier),
    ("__const__", Keyword::Qualifier),
    ("volatile", Keyword::Qualifier),
    ("__volatile", Keyword::Qualifier),
    ("__volatile__", Keyword::Qualifier),
    ("restrict", Keyword::Restrict),
    ("__restrict", Keyword::Restrict),
    ("__restrict__", Keyword::Restrict),
    ("_Bool", Keyword::SimpleType),
    ("__builtin_va_list", Keyword::SimpleType),
    ("__int128", Keyword::SimpleType),
    ("__int128_t", Keyword::SimpleType),
    ("__uint128_t", Keyword::SimpleType),
    ("char", Keyword::SimpleType),
    ("double", Keyword::SimpleType),
    ("float", Keyword::SimpleType),
    ("int", Keyword::SimpleType),
    ("long", Keyword::SimpleType),
    ("short", Keyword::SimpleType),
    ("signed", Keyword::SimpleType),
    ("__signed", Keyword::SimpleType),
    ("__signed__", Keyword::SimpleType),
    ("unsigned", Keyword::SimpleType),
    ("void", Keyword::SimpleType),
];

/// Each ASCII byte, to be a word by itself: they are numbered right after the reserved words.
static ASCII: [u8; 128] = {
    let mut ascii = [0; 128];
    let mut byte = 0;
    while byte < 128 {
        ascii[byte] = byte as u8;
        byte += 1;
    }
    ascii
};

/// What a word means in each name space: the symbol, and what it is.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Meanings {
    pub(crate) ordinary: Option<(SymbolId, Tag)>,
    pub(crate) tagged: Option<(SymbolId, Tag)>,
}

/// The words met so far. What a word means lies beside its spelling: whoever reads a token wants both.
#[derive(Debug)]
pub struct Words<'a> {
    known: Vec<(&'a BStr, Meanings)>,
    /// Word number plus one, and hash; zero is a free slot. A power of two long, and at least half are free.
    slots: Vec<(u32, u32)>,
}

impl Default for Words<'_> {
    fn default() -> Self {
        Words::new(0)
    }
}

impl<'a> Words<'a> {
    /// The reserved words, and room for about as many others as a text of `length` bytes has.
    pub fn new(length: usize) -> Words<'a> {
        const BYTES_PER_SLOT: usize = 64;
        let slots = (length / BYTES_PER_SLOT).clamp(1 << 9, 1 << 20).next_power_of_two();
        let mut words = Words { known: Vec::with_capacity(slots / 2 + 1), slots: vec![(0, 0); slots] };
        for (text, _) in KEYWORDS {
            words.word(text.as_bytes());
        }
        for byte in &ASCII {
            words.word(std::slice::from_ref(byte));
        }
        words
    }

    /// The word that is spelled `text`.
    pub fn word(&mut self, text: &'a [u8]) -> Word {
        let name = Name::new(BStr::new(text));
        let slot = self.find(&name);
        match self.slots.get(slot) {
            Some(&(number, _)) if number != 0 => Word(number - 1),
            _ => self.insert(slot, name),
        }
    }

    /// The word of one byte, when it is ASCII: no search.
    pub(crate) fn byte(&mut self, byte: u8, text: &'a [u8]) -> Word {
        match byte {
            0..128 => Word(KEYWORDS.len() as u32 + u32::from(byte)),
            _ => self.word(text),
        }
    }

    /// How a word is spelled.
    pub fn text(&self, word: Word) -> &'a BStr {
        self.known.get(word.index()).map(|(text, _)| *text).unwrap_or_default()
    }

    pub(crate) fn meanings(&self, word: Word) -> Meanings {
        self.known.get(word.index()).map(|(_, meanings)| *meanings).unwrap_or_default()
    }

    pub(crate) fn meanings_mut(&mut self, word: Word) -> Option<&mut Meanings> {
        self.known.get_mut(word.index()).map(|(_, meanings)| meanings)
    }

    pub(crate) fn keyword(&self, word: Word) -> Option<Keyword> {
        KEYWORDS.get(word.index()).map(|&(_, keyword)| keyword)
    }

    /// The slot that holds `name`, or the free one where it belongs.
    fn find(&self, name: &Name) -> usize {
        let mask = self.slots.len() - 1;
        let mut at = name.hash() as usize & mask;
        while let Some(&(number, hash)) = self.slots.get(at) {
            let is_it = |number: u32| {
                self.known.get(number as usize - 1).is_some_and(|(text, _)| *text == name.bytes())
            };
            if number == 0 || hash == name.hash() && is_it(number) {
                break;
            }
            at = (at + 1) & mask;
        }
        at
    }

    fn insert(&mut self, slot: usize, name: Name<'a>) -> Word {
        self.known.push((name.bytes(), Meanings::default()));
        let number = self.known.len() as u32;
        self.fill(slot, (number, name.hash()));
        if self.known.len() * 2 > self.slots.len() {
            self.grow();
        }
        Word(number - 1)
    }

    fn fill(&mut self, slot: usize, content: (u32, u32)) {
        if let Some(free) = self.slots.get_mut(slot) {
            *free = content;
        }
    }

    fn grow(&mut self) {
        let mask = self.slots.len() * 2 - 1;
        for (number, hash) in std::mem::replace(&mut self.slots, vec![(0, 0); mask + 1]) {
            let mut at = hash as usize & mask;
            while number != 0 && self.slots.get(at).is_some_and(|slot| slot.0 != 0) {
                at = (at + 1) & mask;
            }
            if number != 0 {
                self.fill(at, (number, hash));
            }
        }
    }
}
