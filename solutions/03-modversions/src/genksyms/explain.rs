//! Why a version has changed: which of the types that a symbol leads to are not what they were, and on what way
//! it leads there.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use bstr::ByteSlice;

use crate::genksyms::{
    Export, Node, SymbolId, Symbols, Tag,
    expand::{Rest, write},
    genksyms,
};

/// One type, enumerator or symbol, as its own definition has it: what it names is not written out.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    name: String,
    definition: String,
    /// The number of the part in whose definition it was met first.
    met_in: Option<usize>,
}

/// All that one exported symbol leads to, itself first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Anatomy {
    crc: u32,
    parts: Vec<Part>,
}

impl Anatomy {
    fn of(text: &[u8], symbol: &str) -> Option<Anatomy> {
        let mut anatomy = None;
        genksyms(text, |export| {
            if export.name == symbol.as_bytes() {
                anatomy = Some(Anatomy { crc: export.crc, parts: parts(&export) });
            }
        });
        anatomy
    }

    fn definitions(&self) -> HashMap<&str, &str> {
        self.parts.iter().map(|part| (&*part.name, &*part.definition)).collect()
    }

    /// The way from the exported symbol to part number `at`.
    fn way(&self, mut at: usize) -> String {
        let mut names = Vec::new();
        while let Some(part) = self.parts.get(at) {
            names.push(&*part.name);
            match part.met_in {
                Some(before) if before < at => at = before,
                _ => break,
            }
        }
        names.reverse();
        names.join(" > ")
    }
}

fn parts(export: &Export) -> Vec<Part> {
    let symbols = export.symbols;
    let mut met: HashSet<SymbolId> = HashSet::from([export.symbol]);
    let mut waiting = vec![(export.symbol, None)];
    let mut parts = Vec::new();
    let mut at = 0;
    while let Some(&(symbol, met_in)) = waiting.get(at) {
        at += 1;
        let mut definition = Vec::new();
        let mut rest = Rest::of_one(symbols, symbol, &mut definition);
        while let Some(node) = rest.next_of_one(symbols, &mut definition) {
            write(&mut definition, node.tag.keyword().into());
            write(&mut definition, symbols.words.text(node.word));
            let named = (node.tag != Tag::Normal).then(|| symbols.find(node.word, node.tag)).flatten();
            if let Some(named) = named.filter(|named| met.insert(*named)) {
                waiting.push((named, Some(parts.len())));
            }
        }
        let definition = definition.to_str_lossy().into_owned();
        parts.push(Part { name: name(symbols, symbol), definition, met_in });
    }
    parts
}

fn name(symbols: &Symbols, symbol: SymbolId) -> String {
    let Some(Node { word, tag }) = symbols.name(symbol) else { return String::new() };
    let text = symbols.words.text(word);
    if tag.keyword().is_empty() { text.to_string() } else { format!("{} {text}", tag.keyword()) }
}

/// A line of a definition that stays, goes or comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line<'a> {
    Stays(&'a str),
    Goes(&'a str),
    Comes(&'a str),
}

/// What changed between two texts for one symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    symbol: String,
    old: Anatomy,
    new: Anatomy,
}

impl Explanation {
    /// Compares `symbol` in the two preprocessed texts.
    ///
    /// # Errors
    /// One of them does not export it; says which.
    pub fn new(old: &[u8], new: &[u8], symbol: &str) -> Result<Explanation, String> {
        let of = |text, which| {
            Anatomy::of(text, symbol).ok_or_else(|| format!("the {which} text does not export {symbol}"))
        };
        Ok(Explanation { symbol: symbol.to_owned(), old: of(old, "old")?, new: of(new, "new")? })
    }

    /// The explanation as text; with `colour`, what goes is red and what comes is green, as terminals have it.
    pub fn text(&self, colour: bool) -> String {
        let (paint, end) = if colour { (["", "\x1b[31m", "\x1b[32m"], "\x1b[m") } else { ([""; 3], "") };
        let mut text = format!("{}: 0x{:08x}", self.symbol, self.old.crc);
        if self.old.crc == self.new.crc {
            return text + " in both\n";
        }
        text += &format!(" becomes 0x{:08x}\n", self.new.crc);
        let before = self.old.definitions();
        for (at, part) in self.new.parts.iter().enumerate() {
            let Some(&old) = before.get(&*part.name).filter(|old| **old != part.definition) else { continue };
            text += &format!("\n{}\n", self.new.way(at));
            for line in nearby(&compare(&lines(old), &lines(&part.definition))) {
                text += &match line {
                    Line::Stays(line) => format!("  {line}\n"),
                    Line::Goes(line) => format!("{}- {line}{end}\n", paint[1]),
                    Line::Comes(line) => format!("{}+ {line}{end}\n", paint[2]),
                };
            }
        }
        text
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(false))
    }
}

/// A definition, a line for each member.
fn lines(definition: &str) -> Vec<&str> {
    definition.split_inclusive(" ; ").flat_map(|line| line.split_inclusive(" { ")).map(str::trim).collect()
}

/// Of the lines that stay, only those beside a change.
fn nearby<'l, 'a>(lines: &'l [Line<'a>]) -> impl Iterator<Item = Line<'a>> + use<'l, 'a> {
    let stays = |at: usize| lines.get(at).is_none_or(|line| matches!(line, Line::Stays(_)));
    let is_far = move |at: usize| stays(at.wrapping_sub(1)) && stays(at) && stays(at + 1);
    lines.iter().enumerate().filter(move |&(at, _)| at == 0 || !is_far(at)).map(|(_, line)| *line)
}

/// The shortest way from `old` to `new`, line by line.
fn compare<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<Line<'a>> {
    /// Two structures with more changed lines than this are shown one after the other.
    const LONGEST: usize = 2000;
    let head = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let (same, old) = old.split_at(head);
    let new = new.get(head..).unwrap_or_default();
    let tail = old.iter().rev().zip(new.iter().rev()).take_while(|(a, b)| a == b).count();
    let (old, end) = old.split_at(old.len() - tail);
    let new = new.get(..new.len() - tail).unwrap_or_default();
    let mut lines: Vec<_> = same.iter().map(|line| Line::Stays(line)).collect();
    if old.len() > LONGEST || new.len() > LONGEST {
        lines.extend(old.iter().map(|line| Line::Goes(line)));
        lines.extend(new.iter().map(|line| Line::Comes(line)));
    } else {
        middle(old, new, &mut lines);
    }
    lines.extend(end.iter().map(|line| Line::Stays(line)));
    lines
}

/// The longest common subsequence, by the table of all the shorter ones.
fn middle<'a>(old: &[&'a str], new: &[&'a str], lines: &mut Vec<Line<'a>>) {
    let width = new.len() + 1;
    let mut common = vec![0u16; (old.len() + 1) * width];
    let at = |i: usize, j: usize| i * width + j;
    for (i, a) in old.iter().enumerate().rev() {
        for (j, b) in new.iter().enumerate().rev() {
            common[at(i, j)] = if a == b {
                common[at(i + 1, j + 1)] + 1
            } else {
                common[at(i + 1, j)].max(common[at(i, j + 1)])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    loop {
        match (old.get(i), new.get(j)) {
            (Some(a), Some(b)) if a == b => {
                lines.push(Line::Stays(a));
                (i, j) = (i + 1, j + 1);
            }
            (Some(a), b) if b.is_none() || common[at(i + 1, j)] >= common[at(i, j + 1)] => {
                lines.push(Line::Goes(a));
                i += 1;
            }
            (_, Some(b)) => {
                lines.push(Line::Comes(b));
                j += 1;
            }
            (_, None) => return,
        }
    }
}
