//! Where a C token ends.

use modversions::genksyms::{Scanned, scan};
use proptest::prelude::*;

/// Whether each text begins with such a token of this length.
#[track_caller]
fn each(cases: &[(&str, Scanned, usize)], why: &str) {
    for &(text, scanned, length) in cases {
        assert_eq!(scan(text.as_bytes()), (scanned, length), "{text:?}: {why}");
    }
}

#[test]
fn nothing_is_the_end() {
    each(&[("", Scanned::End, 0)], "there is nothing left to read");
}

#[test]
fn a_word_is_letters_digits_underscores_and_dollars_and_does_not_begin_with_a_digit() {
    let cases = [
        ("int", Scanned::Word, 3),
        ("a", Scanned::Word, 1),
        ("u32 x", Scanned::Word, 3),
        ("__x86_return_thunk;", Scanned::Word, 18),
        ("$a$1+", Scanned::Word, 4),
        ("L", Scanned::Word, 1),
        ("List", Scanned::Word, 4),
    ];
    each(
        &cases,
        "keywords, types and names are all words here; the second half of the lexer tells them apart",
    );
}

#[test]
fn a_number_is_as_long_as_it_can_be_as_an_integer_or_as_a_real_number() {
    let cases = [
        ("0)", Scanned::Number, 1),
        ("42;", Scanned::Number, 2),
        ("0x1F,", Scanned::Number, 4),
        ("10UL;", Scanned::Number, 4),
        ("1.5e3f+", Scanned::Number, 6),
        (".5", Scanned::Number, 2),
        ("1.", Scanned::Number, 2),
        ("089", Scanned::Number, 1),
    ];
    each(&cases, "the text of a number goes into the checksum as it is written");
}

#[test]
fn of_a_suffix_of_three_letters_the_third_is_a_word_of_its_own() {
    each(
        &[("1ULL", Scanned::Number, 3), ("1ull)", Scanned::Number, 3)],
        "so it is in the kernel's tool, older than long long; other tokens would be other checksums",
    );
}

#[test]
fn a_quoted_token_ends_with_the_same_quote_and_not_with_one_after_a_backslash() {
    let cases = [
        (r#""a" "b""#, Scanned::Quoted, 3),
        (r#""a\"b" "#, Scanned::Quoted, 6),
        (r#""it's""#, Scanned::Quoted, 6),
        (r"'\''x", Scanned::Quoted, 4),
        (r#""\\"x"#, Scanned::Quoted, 4),
        (r#"L"wide""#, Scanned::Quoted, 7),
        ("L'x'", Scanned::Quoted, 4),
    ];
    each(&cases, "a brace in a string must not end a function's body");
}

#[test]
fn a_quote_that_is_never_closed_is_a_byte_by_itself() {
    let cases = [
        ("\"abc", Scanned::Byte(b'"'), 1),
        ("'", Scanned::Byte(b'\''), 1),
        ("L\"abc", Scanned::Word, 1),
        ("\"a\\\nb\"", Scanned::Byte(b'"'), 1),
    ];
    each(&cases, "the text may be anything, also the half of a file");
}

#[test]
fn operators_of_two_characters_are_those_of_the_kernels_tool_and_no_others() {
    for operator in ["&&", "||", "->", "<<", ">>", "==", "<=", ">=", "+=", "|=", "~=", "/=", "-="] {
        let text = format!("{operator}x");
        each(&[(&text, Scanned::Operator, 2)], "they are kept together so that a blank does not part them");
    }
    for text in ["!=", "++", "--", "::", "<", "-x", "&x", "##"] {
        let byte = Scanned::Byte(text.as_bytes()[0]);
        each(&[(text, byte, 1)], "each character of it is a token of its own");
    }
    each(&[("<<=", Scanned::Operator, 2)], "no operator has three characters");
}

#[test]
fn three_points_are_dots_and_fewer_are_bytes() {
    let cases = [
        ("...)", Scanned::Dots, 3),
        ("..", Scanned::Byte(b'.'), 1),
        (".x", Scanned::Byte(b'.'), 1),
        ("....5", Scanned::Dots, 3),
    ];
    each(&cases, "printk(const char *, ...) takes any number of parameters");
}

#[test]
fn all_else_is_a_byte_by_itself() {
    for text in ["(", ")", "{}", ";", "*p", "[", "#", "@", "\\", "\0"] {
        each(&[(text, Scanned::Byte(text.as_bytes()[0]), 1)], "brackets, commas, and what is no C at all");
    }
    assert_eq!(scan(b"\xc3\xa9"), (Scanned::Byte(0xc3), 1), "a letter of no C alphabet: its first byte");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_token_is_never_empty_and_never_longer_than_the_text(text in "[a-zL0-9.\"'\\\\eExX<>=&|_$ \n-]{1,12}") {
        let (scanned, length) = scan(text.as_bytes());
        prop_assert!((1..=text.len()).contains(&length), "{scanned:?} of {length} bytes: the lexer would stand still or run out");
    }

    #[test]
    fn no_bytes_make_it_panic(bytes: Vec<u8>) {
        let (_, length) = scan(&bytes);
        prop_assert!(length <= bytes.len());
    }
}
