//! The grammar's top: declarations, one after the other (scripts/genksyms/parse.y, from `declaration_seq` to
//! `init_declarator`). What a declaration declares is remembered with its tokens, changed a little on the way:
//! without storage classes, without the names of parameters, without values, each structure by its name.

use bstr::BStr;

use crate::genksyms::{
    Complaint, Export, Trouble,
    complaint::EXPORTED_NAME,
    crc::crc32_of,
    declarators::Place,
    expand::expand,
    lexer::{Kind, Lexer, Token},
    recovery::{Parsed, Stop},
    reference::{References, changes},
    symbols::{Node, Symbols, Tag},
    words::{Keyword, Word},
};

/// Reads a whole text. `F` is handed the exports.
pub(crate) struct Parser<'a, F> {
    pub(crate) lexer: Lexer<'a>,
    pub(crate) symbols: Symbols<'a>,
    /// The nodes of this declaration; those from `taken` on belong to the token that is looked at.
    pub(crate) nodes: Vec<Node>,
    pub(crate) taken: usize,
    pub(crate) ahead: Option<Token>,
    /// How many nodes there were after the last specifier of a type.
    pub(crate) after_specifier: usize,
    /// What is being declared.
    pub(crate) name: Option<Word>,
    /// How deep we are in brackets.
    pub(crate) depth: usize,
    pub(crate) complaints: Vec<Complaint<'a>>,
    /// For so many tokens no syntax error is worth a complaint: it follows from the last one.
    pub(crate) silent: u8,
    export: F,
    signature: Vec<u8>,
}

impl<'a, F: FnMut(Export<'_>)> Parser<'a, F> {
    pub(crate) fn new(text: &'a [u8], export: F) -> Parser<'a, F> {
        Parser {
            lexer: Lexer::new(text),
            symbols: Symbols::new(text.len()),
            nodes: Vec::new(),
            taken: 0,
            ahead: None,
            after_specifier: 0,
            name: None,
            depth: 0,
            complaints: Vec::new(),
            silent: 0,
            export,
            signature: Vec::new(),
        }
    }

    /// Holds what is declared against `reference`; with `preserve`, a version that has changed is an error.
    pub(crate) fn against(mut self, reference: &'a [u8], preserve: bool) -> Self {
        self.symbols.references = References::read(reference, preserve);
        self
    }

    pub(crate) fn run(mut self) -> (Vec<Complaint<'a>>, Symbols<'a>) {
        while self.peek() != Kind::End {
            let end = match self.declaration() {
                Err(Stop::Wrong) => self.recover(b";}").map(drop),
                parsed => parsed,
            };
            if end.is_err() {
                break;
            }
            self.nodes.clear();
            (self.taken, self.after_specifier, self.depth) = (0, 0, 0);
            self.symbols.reading_extern = false;
        }
        (self.complaints, self.symbols)
    }

    fn declaration(&mut self) -> Parsed {
        match self.peek() {
            Kind::Keyword(Keyword::Extension) => {
                self.take();
                self.expect(Kind::Keyword(Keyword::Typedef), "`typedef`")?;
                self.simple_declaration(Tag::Typedef)
            }
            Kind::Keyword(Keyword::Typedef) => {
                self.take();
                self.simple_declaration(Tag::Typedef)
            }
            Kind::Asm | Kind::StaticAssert => {
                self.take();
                self.expect_byte(b';')
            }
            Kind::Keyword(Keyword::Export) => self.export(),
            _ => self.simple_declaration(Tag::Normal),
        }
    }

    /// Specifiers, declarators and `;`, or the head of a function and its body.
    fn simple_declaration(&mut self, tag: Tag) -> Parsed {
        self.specifiers_if_any()?;
        let mut first = true;
        while matches!(self.peek(), Kind::Name(_) | Kind::Type(_) | Kind::Byte(b'(' | b'*')) || !first {
            self.declarator(Place::Outermost)?;
            let head = self.taken;
            if first && tag == Tag::Normal && self.peek() == Kind::Body {
                self.take();
                self.declare(tag, head);
                return Ok(());
            }
            let end = self.value_if_any()?.unwrap_or(head);
            self.declare(tag, end);
            if self.peek() != Kind::Byte(b',') {
                break;
            }
            self.take();
            // The next declarator follows the same specifiers.
            self.nodes.drain(self.after_specifier..self.taken);
            self.taken = self.after_specifier;
            first = false;
        }
        self.expect_byte(b';')
    }

    /// What may follow a declarator: the assembler's name, attributes, a value. Returns the number of nodes
    /// that belong to the declaration. It is odd: attributes do when a value follows, and do not otherwise.
    fn value_if_any(&mut self) -> Parsed<Option<usize>> {
        let mut end = None;
        if self.peek() == Kind::Asm {
            self.take();
            end = Some(self.taken);
        }
        while self.peek() == Kind::Attribute {
            self.take();
        }
        if self.peek() == Kind::Byte(b'=') {
            end = Some(self.taken);
            self.take();
            self.expect(Kind::Expression, "a value")?;
        }
        Ok(end)
    }

    /// Declares the name of this declarator to be the nodes up to `end`.
    fn declare(&mut self, tag: Tag, end: usize) {
        let Some(name) = self.name.take() else { return };
        let nodes = self.nodes.get(..end).unwrap_or_default();
        let declared = self.symbols.declare(name, tag, nodes);
        self.note(declared);
    }

    /// `__GENKSYMS_EXPORT_SYMBOL ( name ) ;`
    fn export(&mut self) -> Parsed {
        self.take();
        self.expect_byte(b'(')?;
        let Kind::Name(name) = self.peek() else { return Err(self.wrong(EXPORTED_NAME)) };
        self.take();
        self.expect_byte(b')')?;
        self.expect_byte(b';')?;
        let text = self.symbols.words.text(name);
        let Some(symbol) = self.symbols.find(name, Tag::Normal) else {
            self.complain(Trouble::ExportsUndefined(text));
            return Ok(());
        };
        self.signature.clear();
        for trouble in expand(&mut self.symbols, symbol, &mut self.signature) {
            self.complain(trouble);
        }
        self.note(Ok(()));
        let crc = crc32_of(&self.signature);
        let because_of = changes(&self.symbols, symbol);
        if !because_of.is_empty() {
            let is_error = self.symbols.references.preserve();
            self.complain(Trouble::Changed { is_error, symbol: text, because_of });
        }
        let (signature, symbols) = (BStr::new(&self.signature), &self.symbols);
        (self.export)(Export { name: text, crc, signature, symbol, symbols });
        Ok(())
    }
}
