//! Specifiers: what stands before a declarator and says its type (scripts/genksyms/parse.y, from
//! `decl_specifier_seq` to `simple_type_specifier`).

use crate::genksyms::{
    Export,
    declarators::Place,
    lexer::Kind,
    parser::Parser,
    recovery::Parsed,
    symbols::{Node, Tag},
    words::{Keyword, Word},
};

impl<F: FnMut(Export<'_>)> Parser<'_, F> {
    pub(crate) fn specifiers_if_any(&mut self) -> Parsed {
        if self.at_specifier() {
            return self.specifiers();
        }
        self.after_specifier = 0;
        Ok(())
    }

    /// One specifier or more. The name of a type is one, even where it is being declared again.
    pub(crate) fn specifiers(&mut self) -> Parsed {
        loop {
            self.after_specifier = self.specifier()?;
            if !self.at_specifier() {
                return Ok(());
            }
        }
    }

    pub(crate) fn at_specifier(&mut self) -> bool {
        match self.peek() {
            Kind::Type(_) | Kind::Attribute | Kind::Typeof => true,
            Kind::Keyword(keyword) => !matches!(
                keyword,
                Keyword::Asm
                    | Keyword::Attribute
                    | Keyword::Export
                    | Keyword::Extension
                    | Keyword::StaticAssert
                    | Keyword::Typedef
            ),
            _ => false,
        }
    }

    /// Reads one specifier and returns where it ends, as the next declarator of a list sees it.
    fn specifier(&mut self) -> Parsed<usize> {
        match self.peek() {
            Kind::Keyword(keyword @ (Keyword::Storage | Keyword::Extern | Keyword::Inline)) => {
                match keyword {
                    Keyword::Extern => self.symbols.reading_extern = true,
                    Keyword::Inline => self.symbols.reading_extern = false,
                    _ => {}
                }
                // Where a symbol is stored changes nothing for those who use it.
                self.take();
                self.forget_last();
            }
            Kind::Keyword(Keyword::Typeof) => {
                self.take();
                let end = self.taken;
                self.expect_byte(b'(')?;
                self.deeper(Self::parameter)?;
                self.expect_byte(b')')?;
                // The kernel's tool forgets the brackets and what is in them in `typeof(int) a, b;` for b.
                return Ok(end);
            }
            Kind::Keyword(Keyword::Struct) => self.structure(Tag::Struct)?,
            Kind::Keyword(Keyword::Union) => self.structure(Tag::Union)?,
            Kind::Keyword(Keyword::Enum) => self.structure(Tag::Enum)?,
            Kind::Keyword(Keyword::SimpleType) | Kind::Typeof => {
                self.take();
            }
            Kind::Type(word) => {
                self.take();
                self.retag_last(word, Tag::Typedef);
            }
            _ if self.qualifier() => {}
            _ => return Err(self.wrong("a type")),
        }
        Ok(self.taken)
    }

    /// Takes a qualifier, if one comes: `const`, `volatile`, an attribute, or `restrict`, which is forgotten.
    pub(crate) fn qualifier(&mut self) -> bool {
        let kind = self.peek();
        match kind {
            Kind::Keyword(Keyword::Qualifier | Keyword::Restrict) | Kind::Attribute => {
                self.take();
                if kind == Kind::Keyword(Keyword::Restrict) {
                    self.forget_last();
                }
                true
            }
            _ => false,
        }
    }

    /// A specifier and perhaps a declarator.
    pub(crate) fn parameter(&mut self) -> Parsed {
        self.specifiers()?;
        self.declarator(Place::Parameter)
    }

    fn retag_last(&mut self, word: Word, tag: Tag) {
        if let Some(node) = self.taken.checked_sub(1).and_then(|last| self.nodes.get_mut(last)) {
            *node = Node { word, tag };
        }
    }

    /// `struct name`, with a body or without, or `struct` and a body; unions and enums alike. Where it has a
    /// name, only the name stays in the declaration; the body becomes the definition of the name.
    fn structure(&mut self, tag: Tag) -> Parsed {
        let start = self.taken;
        self.take();
        let Kind::Name(word) = self.peek() else {
            self.structure_body(tag, "a name or `{`")?;
            if tag == Tag::Enum {
                self.symbols.begin_enum();
            }
            return Ok(());
        };
        let in_source = self.take().in_source;
        if self.peek() == Kind::Byte(b'{') {
            self.structure_body(tag, "`{`")?;
            // What only the source file itself knows is unknown to everybody else.
            if !in_source {
                let definition = self.nodes.get(start..).unwrap_or_default();
                let declared = self.symbols.declare(word, tag, definition);
                self.note(declared);
            }
        }
        // `struct name …` becomes the one node that stands for it.
        self.nodes.drain(start..self.taken);
        self.nodes.insert(start, Node { word, tag });
        self.taken = start + 1;
        Ok(())
    }

    fn structure_body(&mut self, tag: Tag, expected: &'static str) -> Parsed {
        self.expect(Kind::Byte(b'{'), expected)?;
        match tag {
            Tag::Enum => self.deeper(Self::enumerators),
            _ => self.deeper(Self::members),
        }
    }
}
