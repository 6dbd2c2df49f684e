//! What stands between the braces of a structure or an enum (scripts/genksyms/parse.y, `class_body` and
//! `enum_body`).

use crate::genksyms::{
    Export,
    declarators::Place,
    lexer::Kind,
    parser::Parser,
    recovery::{Parsed, Stop},
};

impl<F: FnMut(Export<'_>)> Parser<'_, F> {
    /// Members, and the closing brace. After a syntax error in the first member the brace ends the structure,
    /// after one in a later member only a semicolon ends the member: so it is in the kernel's tool.
    pub(crate) fn members(&mut self) -> Parsed {
        let mut ends: &[u8] = b";}";
        while self.peek() != Kind::Byte(b'}') {
            match self.member() {
                Err(Stop::Wrong) if self.recover(ends)? == b'}' => return Ok(()),
                Err(Stop::End) => return Err(Stop::End),
                _ => ends = b";",
            }
        }
        self.take();
        Ok(())
    }

    fn member(&mut self) -> Parsed {
        self.specifiers_if_any()?;
        if matches!(self.peek(), Kind::Name(_) | Kind::Type(_) | Kind::Byte(b'(' | b'*' | b':')) {
            self.member_declarator()?;
            while self.peek() == Kind::Byte(b',') {
                self.take();
                self.member_declarator()?;
            }
        }
        self.expect_byte(b';')
    }

    /// A declarator, or a bit-field, which need not have a name.
    fn member_declarator(&mut self) -> Parsed {
        if self.peek() != Kind::Byte(b':') {
            let name = self.taken;
            let is_name = matches!(self.peek(), Kind::Name(_));
            self.declarator(Place::Member)?;
            let only_a_name = is_name && self.taken == name + 1;
            if !(only_a_name && self.peek() == Kind::Byte(b':')) {
                while self.peek() == Kind::Attribute {
                    self.take();
                }
                return Ok(());
            }
        }
        self.take();
        self.expect(Kind::Expression, "the width of a bit-field")
    }

    /// Enumerators, and the closing brace.
    pub(crate) fn enumerators(&mut self) -> Parsed {
        loop {
            let Kind::Name(word) = self.peek() else { return Err(self.wrong("the name of an enumerator")) };
            self.take();
            let mut value = self.taken;
            if self.peek() == Kind::Byte(b'=') {
                self.take();
                value = self.taken;
                self.expect(Kind::Expression, "a value")?;
            }
            let value = self.nodes.get(value..self.taken).unwrap_or_default();
            let declared = self.symbols.declare_enumerator(word, value);
            self.note(declared);
            if self.peek() == Kind::Byte(b',') {
                self.take();
                if self.peek() != Kind::Byte(b'}') {
                    continue;
                }
            }
            return self.expect_byte(b'}');
        }
    }
}
