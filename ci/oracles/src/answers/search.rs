//! Text search: ts_kmp and ts_bm against memmem, ts_fsm against regular expressions.

use machine::services::TS_IGNORECASE;
use memchr::memmem;
use regex::bytes::Regex;

use super::{
    bench::Bench,
    check::{Check, Trouble, silent},
    inputs::Random,
};

/// All of them.
pub fn checks() -> Vec<Check> {
    let mut checks: Vec<Check> = [("ts_kmp", "kmp"), ("ts_bm", "bm")]
        .into_iter()
        .map(|(module, algorithm)| {
            let run = move |bench: &Bench| substrings(bench, algorithm);
            Check::new(&[module], format!("textsearch \"{algorithm}\""), "memmem of crate memchr", run)
        })
        .collect();
    checks.push(Check::new(&["ts_fsm"], "textsearch \"fsm\"", "crate regex", machines));
    checks
}

fn find(
    bench: &Bench,
    algorithm: &str,
    pattern: &[u8],
    text: &[u8],
    flags: i32,
) -> Result<Option<usize>, Trouble> {
    let found = bench.kernel().machine().textsearch().find(algorithm, pattern, text, flags);
    found.map_err(|failure| silent(failure.to_string()))
}

fn substrings(bench: &Bench, algorithm: &str) -> Result<(), Trouble> {
    let mut random = Random::new(algorithm);
    for round in 0..3000 {
        // Few different letters, so that patterns nearly match again and again.
        let alphabet: &[u8] = [b"ab".as_slice(), b"aAbB", b"etaoinETAOIN ."][round % 3];
        let length = random.below([12, 100, 2000][round % 3]);
        let text: Vec<u8> = (0..length).map(|_| alphabet[random.below(alphabet.len())]).collect();
        let size = 1 + random.below([4, 9, 40][round / 3 % 3]);
        let mut pattern: Vec<u8> = (0..size).map(|_| alphabet[random.below(alphabet.len())]).collect();
        if round % 2 == 0 && size < length {
            pattern = text[random.below(length - size)..][..size].to_vec();
        }
        let told = |how: &str| format!("{:?} in {length} bytes{how}", String::from_utf8_lossy(&pattern));
        let exact = find(bench, algorithm, &pattern, &text, 0)?;
        bench.same(exact, memmem::find(&text, &pattern), || told(""))?;
        let expected = memmem::find(&text.to_ascii_uppercase(), &pattern.to_ascii_uppercase());
        let folded = find(bench, algorithm, &pattern, &text, TS_IGNORECASE)?;
        bench.same(folded, expected, || told(", whatever the case"))?;
    }
    Ok(())
}

/// `struct ts_fsm_token`: a type, how often, and the character of TS_FSM_SPECIFIC.
#[derive(Clone, Copy)]
struct Token(u16, u8, u8);

/// The types of tokens (include/linux/textsearch_fsm.h), and the same as part of a regular expression.
const CLASSES: [(u16, &str); 13] = [
    (1, "[\\x00-\\xff]"),
    (2, "[0-9]"),
    (3, "[0-9A-Fa-f]"),
    (4, "[\\x20-\\x7e\\xa0-\\xff]"),
    (5, "[A-Za-z\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\xff]"),
    (6, "[A-Za-z0-9\\xc0-\\xd6\\xd8-\\xf6\\xf8-\\xff]"),
    (7, "[\\x00-\\x7f]"),
    (8, "[\\x00-\\x1f\\x7f]"),
    (9, "[\\x21-\\x7e\\xa1-\\xff]"),
    (10, "[a-z\\xdf-\\xf6\\xf8-\\xff]"),
    (11, "[A-Z\\xc0-\\xd6\\xd8-\\xde]"),
    (12, "[!-/:-@\\[-`{-~\\xa1-\\xbf\\xd7\\xf7]"),
    (13, "[\\t-\\r \\xa0]"),
];

fn machines(bench: &Bench) -> Result<(), Trouble> {
    let fsm = |tokens: &[Token], text: &[u8]| {
        let bytes = tokens.iter().flat_map(|token| [token.0 as u8, (token.0 >> 8) as u8, token.1, token.2]);
        find(bench, "fsm", &bytes.collect::<Vec<u8>>(), text, 0)
    };
    let regex = |text: &str| Regex::new(&format!("(?s-u){text}")).map_err(|error| silent(error.to_string()));
    // Every class, asked about every byte.
    for (class, expression) in CLASSES {
        let expression = regex(&format!("^{expression}$"))?;
        for byte in 0..=255u8 {
            let expected = expression.is_match(&[byte]).then_some(0);
            bench.same(fsm(&[Token(class, 0, 0)], &[byte])?, expected, || {
                format!("class {class}, byte {byte:#x}")
            })?;
        }
    }
    // Sequences: SINGLE 0, PERHAPS 1, ANY 2, MULTI 3. Neighbours have no character in common, or the kernel's machine,
    // which never goes back, would mean something else than the expression.
    let parts = [(2, "[0-9]"), (11, "[A-Z]"), (10, "[a-z]"), (12, "[!-/:-@\\[-`{-~]")];
    let mut random = Random::new("fsm");
    for round in 0..2000 {
        let (mut tokens, mut text, mut expression) = (Vec::new(), Vec::new(), "^".to_owned());
        let count = 1 + random.below(4);
        for part in 0..count {
            let (class, name) = parts[(part + round) % parts.len()];
            // What may occur often ends where the next token begins, so that one has to occur.
            let follows_many = tokens.last().is_some_and(|&Token(_, recur, _)| recur >= 2);
            let recur = match random.below(4) {
                _ if part + 1 == count => 0,
                1 | 2 if follows_many => 3,
                recur => recur,
            };
            tokens.push(Token(class, recur as u8, 0));
            expression += name;
            expression += ["", "?", "*", "+"][recur];
            let times = if random.below(8) == 0 { random.below(3) } else { [1, 1, 2, 3][recur] };
            let letters = [b"0123".as_slice(), b"ABC", b"xyz", b"!?"][(part + round) % parts.len()];
            text.extend((0..times).map(|_| letters[random.below(letters.len())]));
        }
        let found = fsm(&tokens, &text)?;
        let expected = regex(&format!("{expression}$"))?.is_match(&text).then_some(0);
        bench.same(found, expected, || format!("{expression} in {:?}", String::from_utf8_lossy(&text)))?;
    }
    heads(bench, fsm)
}

/// TS_FSM_HEAD_IGNORE: anything may stand before a word, which has to be the end of the text.
fn heads(
    bench: &Bench,
    fsm: impl Fn(&[Token], &[u8]) -> Result<Option<usize>, Trouble>,
) -> Result<(), Trouble> {
    let mut random = Random::new("heads");
    for _ in 0..500 {
        let before: Vec<u8> = (0..random.below(60)).map(|_| b"mnop ."[random.below(6)]).collect();
        let word = [b"needle".as_slice(), b"needless", b"n!", b"nedle"][random.below(4)];
        let text = [before.as_slice(), b"-", word].concat();
        let wildcard = Token(1, 4, 0);
        let tokens: Vec<Token> =
            [wildcard].into_iter().chain(b"-needle".iter().map(|&c| Token(0, 0, c))).collect();
        let expected = text.ends_with(b"-needle").then_some(before.len());
        bench.same(fsm(&tokens, &text)?, expected, || String::from_utf8_lossy(&text).into_owned())?;
    }
    Ok(())
}
