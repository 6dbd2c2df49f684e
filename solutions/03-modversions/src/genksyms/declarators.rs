//! Declarators: the part of a declaration around the name, `*`, `[…]` and parameters (scripts/genksyms/parse.y,
//! `declarator`, `nested_declarator` and `m_abstract_declarator`).

use crate::genksyms::{
    Export,
    lexer::Kind,
    parser::Parser,
    recovery::{Parsed, Stop},
};

/// Where a declarator stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// In a declaration of its own: its name is declared.
    Outermost,
    /// In a structure: its name stays.
    Member,
    /// Among parameters: its name is forgotten, and it need not have one.
    Parameter,
}

impl<F: FnMut(Export<'_>)> Parser<'_, F> {
    pub(crate) fn declarator(&mut self, place: Place) -> Parsed {
        while self.peek() == Kind::Byte(b'*') {
            self.take();
            while self.qualifier() {}
        }
        match self.peek() {
            Kind::Name(word) | Kind::Type(word) => {
                self.take();
                match place {
                    Place::Outermost => self.name = Some(word),
                    Place::Parameter => self.forget_last(),
                    Place::Member => {}
                }
            }
            Kind::Byte(b'(') => self.bracketed_declarator(place)?,
            _ if place == Place::Parameter => {}
            _ => return Err(self.wrong("a name, `(` or `*`")),
        }
        self.suffixes()
    }

    /// `( declarator )`
    fn bracketed_declarator(&mut self, place: Place) -> Parsed {
        self.take();
        let parsed = self.deeper(|parser| {
            parser.declarator(place)?;
            parser.expect_byte(b')')
        });
        match parsed {
            Err(Stop::Wrong) if place != Place::Outermost => self.recover_bracket(),
            parsed => parsed,
        }
    }

    /// `[…]` and `( parameters )`, any number of them.
    fn suffixes(&mut self) -> Parsed {
        loop {
            match self.peek() {
                Kind::Bracket => {
                    self.take();
                }
                Kind::Byte(b'(') => {
                    self.take();
                    if let Err(stop) = self.deeper(Self::parameters) {
                        match stop {
                            Stop::Wrong => self.recover_bracket()?,
                            Stop::End => return Err(Stop::End),
                        }
                    }
                }
                _ => return Ok(()),
            }
        }
    }

    /// After a syntax error between brackets: the next closing one ends them.
    fn recover_bracket(&mut self) -> Parsed {
        self.deeper(|parser| parser.recover(b")").map(drop))
    }

    /// Parameters, if any, perhaps with dots at the end, and the closing bracket.
    fn parameters(&mut self) -> Parsed {
        if self.at_specifier() {
            self.parameter()?;
            while self.peek() == Kind::Byte(b',') {
                self.take();
                if self.peek() == Kind::Dots {
                    break;
                }
                self.parameter()?;
            }
        }
        if self.peek() == Kind::Dots {
            self.take();
        }
        self.expect_byte(b')')
    }
}
