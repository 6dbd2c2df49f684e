//! The second half of the lexer. What the grammar takes as one piece becomes one here, a *phrase*: a whole
//! attribute, a function's body, an initial value. And a word is told apart from the name of a type, which
//! only those can who know what has been declared (scripts/genksyms/lex.l, `yylex`).

use bstr::{BStr, ByteSlice};

use crate::genksyms::{
    scan::{Scanned, length_while, quoted, scan},
    symbols::{Node, Symbols, Tag},
    words::{Keyword, Word},
};

/// A token as the grammar sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    End,
    /// A name that is not a type's.
    Name(Word),
    /// The name of a type.
    Type(Word),
    Keyword(Keyword),
    /// `asm(…)`
    Asm,
    /// `__attribute__((…))`
    Attribute,
    /// `typeof(…)` of an expression.
    Typeof,
    /// `_Static_assert(…)`
    StaticAssert,
    /// `{…}` where no structure or enum is being defined.
    Body,
    /// `[…]`
    Bracket,
    /// What follows `=` or `:`.
    Expression,
    Dots,
    Byte(u8),
    /// Numbers, strings and operators, outside of any phrase.
    Other,
}

/// A token, and where it lies.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Token {
    pub(crate) kind: Kind,
    /// Where its text begins and ends.
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Whether it stands in the source file itself and not in a header.
    pub(crate) in_source: bool,
}

/// Reads tokens and appends their nodes to a list: a phrase is one token and many nodes.
#[derive(Debug)]
pub(crate) struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether `at` is the beginning of a line, where `#` begins a line marker.
    line_start: bool,
    /// `=` or `:` was the last token: an expression follows.
    in_expression: bool,
    /// For so many tokens a name is no type's: it follows `struct`.
    no_type: u8,
    /// For so many tokens `{` begins no body: it follows `struct` and perhaps a name.
    no_body: u8,
    file: &'a BStr,
    /// The first file that a marker names.
    source: Option<&'a BStr>,
    in_source: bool,
    /// Attributes that were read, with their nodes, for as long as there are so many enumerators: any other
    /// could be one of the words in them.
    attributes: Vec<(&'a [u8], Vec<Node>)>,
    enumerators: usize,
    /// The line of `counted`, up to where new lines have been counted.
    line: usize,
    counted: usize,
}

impl<'a> Lexer<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Lexer<'a> {
        Lexer {
            text,
            at: 0,
            line_start: true,
            in_expression: false,
            no_type: 0,
            no_body: 0,
            file: BStr::new("<stdin>"),
            source: None,
            in_source: false,
            attributes: Vec::new(),
            enumerators: 0,
            line: 1,
            counted: 0,
        }
    }

    /// The file and the line of what has just been read.
    pub(crate) fn place(&mut self) -> (&'a BStr, usize) {
        let passed = self.text.get(self.counted..self.at).unwrap_or_default();
        self.line += passed.iter().filter(|&&byte| byte == b'\n').count();
        self.counted = self.counted.max(self.at);
        (self.file, self.line)
    }

    /// The text of a token.
    pub(crate) fn text(&self, token: Token) -> &'a BStr {
        BStr::new(self.text.get(token.start..token.end).unwrap_or_default())
    }

    /// The next token; its nodes are appended to `nodes`.
    pub(crate) fn next(&mut self, symbols: &mut Symbols<'a>, nodes: &mut Vec<Node>) -> Token {
        let (scanned, start) = self.scan();
        let kind = match scanned {
            Scanned::End => Kind::End,
            _ if self.in_expression => self.expression(scanned, start, symbols, nodes),
            Scanned::Word => self.word(start, symbols, nodes),
            Scanned::Dots => Kind::Dots,
            Scanned::Number | Scanned::Quoted | Scanned::Operator => Kind::Other,
            Scanned::Byte(byte) => self.byte(byte, start, symbols, nodes),
        };
        if matches!(kind, Kind::Dots | Kind::Other) {
            self.push(start, symbols, nodes);
        }
        self.no_type = self.no_type.saturating_sub(1);
        self.no_body = self.no_body.saturating_sub(1);
        Token { kind, start, end: self.at, in_source: self.in_source }
    }

    fn word(&mut self, start: usize, symbols: &mut Symbols<'a>, nodes: &mut Vec<Node>) -> Kind {
        let word = self.push(start, symbols, nodes);
        let Some(keyword) = symbols.words.keyword(word) else {
            let is_type = self.no_type == 0 && symbols.is(word, Tag::Typedef);
            return if is_type { Kind::Type(word) } else { Kind::Name(word) };
        };
        match keyword {
            Keyword::Asm => self.phrase(Kind::Asm, b"()", 0, symbols, nodes),
            Keyword::Attribute => self.attribute(symbols, nodes),
            Keyword::StaticAssert => self.phrase(Kind::StaticAssert, b"()", 0, symbols, nodes),
            Keyword::Typeof => self.typeof_phrase(symbols, nodes),
            Keyword::Struct | Keyword::Union | Keyword::Enum => {
                (self.no_type, self.no_body) = (2, 3);
                Kind::Keyword(keyword)
            }
            _ => Kind::Keyword(keyword),
        }
    }

    /// The rest of an attribute. Half of the tokens of the kernel's headers are in attributes, and few of these
    /// differ, so it pays to remember the last ones.
    fn attribute(&mut self, symbols: &mut Symbols<'a>, nodes: &mut Vec<Node>) -> Kind {
        const REMEMBERED: usize = 8;
        const LONGEST: usize = 64;
        if self.enumerators != symbols.enumerators() {
            self.enumerators = symbols.enumerators();
            self.attributes.clear();
        }
        let rest = self.rest();
        if let Some((text, known)) = self.attributes.iter().find(|(text, _)| rest.starts_with(text)) {
            nodes.extend_from_slice(known);
            self.at += text.len();
            return Kind::Attribute;
        }
        let (start, first) = (self.at, nodes.len());
        let kind = self.phrase(Kind::Attribute, b"()", 0, symbols, nodes);
        let text = self.since(start);
        if kind == Kind::Attribute && text.len() <= LONGEST && !text.contains(&b'\n') {
            self.attributes.truncate(REMEMBERED - 1);
            self.attributes.insert(0, (text, nodes.get(first..).unwrap_or_default().to_vec()));
        }
        kind
    }

    fn byte(&mut self, byte: u8, start: usize, symbols: &mut Symbols<'a>, nodes: &mut Vec<Node>) -> Kind {
        if byte >= 0x80 {
            // To the kernel's tool, with its signed characters, this is the end.
            self.at = self.text.len();
            return Kind::End;
        }
        self.push(start, symbols, nodes);
        match byte {
            b'[' => self.phrase(Kind::Bracket, b"[]", 1, symbols, nodes),
            b'{' if self.no_body == 0 && self.skip_body() => Kind::Body,
            b'{' if self.no_body == 0 => Kind::End,
            b'=' | b':' => {
                self.in_expression = true;
                Kind::Byte(byte)
            }
            _ => Kind::Byte(byte),
        }
    }

    /// Reads on until as many brackets are closed as were opened, `open` of them before.
    fn phrase(
        &mut self,
        kind: Kind,
        brackets: &[u8; 2],
        mut open: i32,
        symbols: &mut Symbols<'a>,
        nodes: &mut Vec<Node>,
    ) -> Kind {
        loop {
            let (scanned, start) = self.scan();
            if scanned == Scanned::End {
                return Kind::End;
            }
            self.push(start, symbols, nodes);
            if scanned == Scanned::Byte(brackets[0]) {
                open += 1;
            } else if scanned == Scanned::Byte(brackets[1]) {
                open -= 1;
                if open == 0 {
                    return kind;
                }
            }
        }
    }

    /// `typeof (`. When a type follows, the grammar reads on; otherwise the whole expression is one phrase,
    /// whose first bracket the kernel's tool forgets where no word follows it.
    fn typeof_phrase(&mut self, symbols: &mut Symbols<'a>, nodes: &mut Vec<Node>) -> Kind {
        let mut open = 0;
        let mut bracket = None;
        loop {
            let (scanned, start) = self.scan();
            if scanned == Scanned::End {
                return Kind::End;
            }
            if let (Some(bracket), Scanned::Word) = (bracket.take(), scanned) {
                let word = symbols.words.word(self.since(start));
                if symbols.words.keyword(word).is_some() || symbols.is(word, Tag::Typedef) {
                    self.at = bracket;
                    return Kind::Keyword(Keyword::Typeof);
                }
                nodes.push(node(symbols.words.byte(b'(', b"("), symbols));
            }
            match scanned {
                Scanned::Byte(b'(') if open == 0 => {
                    (open, bracket) = (1, Some(start));
                    continue;
                }
                Scanned::Byte(b'(') => open += 1,
                Scanned::Byte(b')') => open -= 1,
                _ => {}
            }
            self.push(start, symbols, nodes);
            if scanned == Scanned::Byte(b')') && open == 0 {
                return Kind::Typeof;
            }
        }
    }

    /// What follows `=` or `:`, up to the comma, semicolon or brace that ends it and is not a part of it.
    fn expression(
        &mut self,
        mut scanned: Scanned,
        mut start: usize,
        symbols: &mut Symbols<'a>,
        nodes: &mut Vec<Node>,
    ) -> Kind {
        let mut open = 0;
        loop {
            match scanned {
                Scanned::End => return Kind::End,
                Scanned::Byte(b'}' | b',' | b';') if open == 0 => {
                    self.at = start;
                    self.in_expression = false;
                    return Kind::Expression;
                }
                Scanned::Byte(b'(' | b'[' | b'{') => open += 1,
                Scanned::Byte(b')' | b']' | b'}') => open -= 1,
                _ => {}
            }
            self.push(start, symbols, nodes);
            (scanned, start) = self.scan();
        }
    }

    /// Skips a function's body, of which nothing is wanted, from behind its first brace; says whether it ends.
    fn skip_body(&mut self) -> bool {
        let (mut open, mut stop) = (1u32, None);
        while open > 0 {
            // Up to the next brace or string nothing counts but what the second search looks for.
            let end = stop
                .filter(|&stop| stop >= self.at)
                .unwrap_or_else(|| self.at + self.rest().find_byteset(b"{}\"").unwrap_or(self.rest().len()));
            stop = Some(end);
            let before = self.text.get(self.at..end).unwrap_or_default();
            self.at += before.find_byteset(b"'#\0").unwrap_or(before.len());
            self.at += match self.rest() {
                [] | [0, ..] => return false,
                [b'#', ..] => {
                    self.line_start = self.text.get(self.at - 1) == Some(&b'\n');
                    usize::from(!(self.line_start && self.directive()))
                }
                rest @ [b'"' | b'\'', ..] => quoted(rest).unwrap_or(1),
                [b'{', ..] => {
                    open += 1;
                    1
                }
                [_, ..] => {
                    open -= 1;
                    1
                }
            };
        }
        self.line_start = false;
        true
    }

    /// Appends the nodes of a body that was skipped: somebody wants them after all.
    pub(crate) fn nodes_of_body(&mut self, body: Token, symbols: &mut Symbols<'a>, nodes: &mut Vec<Node>) {
        (self.at, self.line_start) = (body.start + 1, false);
        self.phrase(Kind::Body, b"{}", 1, symbols, nodes);
    }

    /// Appends the token from `start` to where we are.
    fn push(&mut self, start: usize, symbols: &mut Symbols<'a>, nodes: &mut Vec<Node>) -> Word {
        let text = self.since(start);
        let word = match *text {
            [byte] => symbols.words.byte(byte, text),
            _ => symbols.words.word(text),
        };
        nodes.push(node(word, symbols));
        word
    }

    fn since(&self, start: usize) -> &'a [u8] {
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn rest(&self) -> &'a [u8] {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Passes white space and lines that begin with `#`, and reads the token after them; says where it starts.
    fn scan(&mut self) -> (Scanned, usize) {
        let (mut start, mut line_start) = (self.at, self.line_start);
        loop {
            match self.text.get(start) {
                Some(b' ' | b'\t' | b'\x0b' | b'\x0c' | b'\r') => line_start = false,
                Some(b'\n') => line_start = true,
                Some(b'#') if line_start => {
                    self.at = start;
                    if !self.directive() {
                        break;
                    }
                    start = self.at;
                    continue;
                }
                _ => break,
            }
            start += 1;
        }
        let (scanned, length) = scan(self.text.get(start..).unwrap_or_default());
        (self.at, self.line_start) = (start + length, false);
        match scanned {
            Scanned::Byte(0) => {
                self.at = self.text.len();
                (Scanned::End, start)
            }
            _ => (scanned, start),
        }
    }

    /// Reads a line that begins with `#`; `false` where it does not end. Of `# 17 "file.h" 2`, remembers that
    /// the next line is line 17 of file.h.
    fn directive(&mut self) -> bool {
        let Some(length) = self.rest().find_byte(b'\n') else { return false };
        let line = self.rest().get(..length).unwrap_or_default();
        self.at += length + 1;
        self.line_start = true;
        if let Some((number, file)) = marker(line) {
            (self.line, self.counted, self.file) = (number, self.at, file);
            self.in_source = *self.source.get_or_insert(file) == file;
        }
        true
    }
}

fn node(word: Word, symbols: &Symbols) -> Node {
    let tag = if symbols.is(word, Tag::Enumerator) { Tag::Enumerator } else { Tag::Normal };
    Node { word, tag }
}

/// `# 17 "file.h"`, whatever follows.
fn marker(line: &[u8]) -> Option<(usize, &BStr)> {
    let blank = |text: &[u8]| length_while(text, |byte| byte == b' ' || byte == b'\t');
    let after = line.strip_prefix(b"#").filter(|after| blank(after) > 0)?;
    let number = after.get(blank(after)..)?;
    let (_, length) = Some(scan(number)).filter(|&(scanned, _)| scanned == Scanned::Number)?;
    let after = number.get(length..).filter(|after| blank(after) > 0)?;
    let file = after.get(blank(after)..)?.strip_prefix(b"\"")?;
    let file = file.get(..file.find_byte(b'"')?).filter(|file| !file.is_empty())?;
    let digits = number.get(..length_while(number, |byte| byte.is_ascii_digit()))?;
    let number = digits
        .iter()
        .fold(0usize, |sum, digit| sum.saturating_mul(10).saturating_add(usize::from(digit - b'0')));
    Some((number, BStr::new(file)))
}
