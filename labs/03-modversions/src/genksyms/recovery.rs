//! Taking tokens, and going on after a syntax error: the rest of what was being read is passed over up to a
//! token that ends it. Where the kernel's tool goes on, we do, for the same symbols to get the same versions
//! (scripts/genksyms/parse.y, the rules with `error`).

use bstr::{BStr, ByteSlice};

use crate::genksyms::{
    Complaint, Export, Trouble,
    lexer::{Kind, Token},
    parser::Parser,
};

/// Why a part of the grammar could not be read to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A syntax error.
    Wrong,
    /// The text is over.
    End,
}

pub(crate) type Parsed<T = ()> = Result<T, Stop>;

/// More brackets than this within each other are refused: each one takes a part of our stack.
const DEEPEST: usize = 200;

/// So much of what was found is shown: it may be a whole function.
const SHOWN: usize = 60;

impl<'a, F: FnMut(Export<'_>)> Parser<'a, F> {
    /// The kind of the next token.
    pub(crate) fn peek(&mut self) -> Kind {
        self.ahead().kind
    }

    fn ahead(&mut self) -> Token {
        let Parser { lexer, symbols, nodes, ahead, .. } = self;
        *ahead.get_or_insert_with(|| lexer.next(symbols, nodes))
    }

    /// Takes the next token.
    pub(crate) fn take(&mut self) -> Token {
        let token = self.ahead();
        self.taken = self.nodes.len();
        self.ahead = None;
        self.silent = self.silent.saturating_sub(1);
        token
    }

    /// Takes the node back that was taken last.
    pub(crate) fn forget_last(&mut self) {
        if let Some(last) = self.taken.checked_sub(1) {
            self.nodes.remove(last);
            self.taken = last;
        }
    }

    pub(crate) fn expect(&mut self, kind: Kind, expected: &'static str) -> Parsed {
        if self.peek() != kind {
            return Err(self.wrong(expected));
        }
        self.take();
        Ok(())
    }

    pub(crate) fn expect_byte(&mut self, byte: u8) -> Parsed {
        let expected = match byte {
            b'(' => "`(`",
            b')' => "`)`",
            b'{' => "`{`",
            b'}' => "`}`",
            _ => "`;`",
        };
        self.expect(Kind::Byte(byte), expected)
    }

    /// A syntax error: the next token is not what was expected.
    pub(crate) fn wrong(&mut self, expected: &'static str) -> Stop {
        let token = self.ahead();
        let text = if token.kind == Kind::End { Default::default() } else { self.lexer.text(token) };
        let line = text.lines().next().unwrap_or_default();
        let found = BStr::new(line.get(..SHOWN.min(line.len())).unwrap_or_default());
        self.syntax_error(Trouble::Syntax { expected, found })
    }

    fn syntax_error(&mut self, trouble: Trouble<'a>) -> Stop {
        if self.silent == 0 {
            self.complain(trouble);
        }
        self.silent = 3;
        if self.peek() == Kind::End { Stop::End } else { Stop::Wrong }
    }

    /// Something has been declared; complains of what is wrong with that, and of what the reference says.
    pub(crate) fn note(&mut self, declared: Result<(), Trouble<'a>>) {
        let troubles = self.symbols.references.take_troubles();
        troubles.into_iter().chain(declared.err()).for_each(|trouble| self.complain(trouble));
    }

    pub(crate) fn complain(&mut self, trouble: Trouble<'a>) {
        let (file, line) = self.lexer.place();
        self.complaints.push(Complaint { file, line, trouble });
    }

    /// After a syntax error: passes tokens over until one of `ends`, takes that too, and says which it was.
    pub(crate) fn recover(&mut self, ends: &[u8]) -> Parsed<u8> {
        loop {
            match self.peek() {
                Kind::End => return Err(Stop::End),
                Kind::Byte(byte) if ends.contains(&byte) => {
                    self.take();
                    return Ok(byte);
                }
                _ => self.pass_over(),
            }
        }
    }

    /// What is passed over within brackets stays a part of the definition around it.
    fn pass_over(&mut self) {
        let token = self.ahead();
        if token.kind == Kind::Body && self.depth > 0 {
            self.lexer.nodes_of_body(token, &mut self.symbols, &mut self.nodes);
        }
        self.taken = self.nodes.len();
        self.ahead = None;
    }

    /// Reads `part`, one level deeper in brackets.
    pub(crate) fn deeper<T>(&mut self, part: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= DEEPEST {
            return Err(self.syntax_error(Trouble::TooDeep));
        }
        self.depth += 1;
        let parsed = part(self);
        self.depth -= 1;
        parsed
    }
}
