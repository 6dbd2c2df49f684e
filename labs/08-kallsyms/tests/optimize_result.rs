//! Which pairs of codes become tokens; and, as this is the last step of it, whole tables of names.

use kallsyms::{KSYM_NAME_LEN, Names, TokenTable, Tokens, Vmlinux, optimize_token_table};
use proptest::prelude::*;

/// The codes that these symbols are written in, and what the codes stand for.
fn optimize(symbols: &[&[u8]]) -> (Vec<Vec<u8>>, Tokens) {
    let mut symbols: Vec<_> = symbols.iter().map(|symbol| symbol.to_vec()).collect();
    let tokens = optimize_token_table(&mut symbols);
    (symbols, tokens)
}

/// What these codes stand for.
fn texts(tokens: &Tokens, codes: &[u8]) -> Vec<String> {
    codes.iter().map(|&code| String::from_utf8_lossy(tokens.text(code)).into_owned()).collect()
}

#[test]
fn the_pair_that_occurs_most_often_becomes_the_first_token() {
    let (_, tokens) = optimize(&[b"Txyab", b"Tzab", b"tab"]);
    assert_eq!(texts(&tokens, &[255]), ["ab"], "three times, and codes are given out from 255 down");
}

#[test]
fn tokens_are_made_of_tokens() {
    let (symbols, tokens) = optimize(&[b"Tabab"]);
    assert_eq!(
        texts(&tokens, &[255, 254, 253]),
        ["ab", "Tab", "Tabab"],
        "after each token the symbols are new, and so are the pairs in them"
    );
    assert_eq!(symbols, [[253]], "one code for five bytes: nothing is left to be paired");
}

#[test]
fn where_no_pair_is_left_the_work_is_done() {
    let (symbols, tokens) = optimize(&[b"ab", b"c"]);
    assert_eq!(
        symbols,
        [vec![255], vec![b'c']],
        "a pair that occurs once is worth a code as long as there are codes"
    );
    assert!(
        (0..255).all(|code| tokens.is_free(code) || b"abc".contains(&code)),
        "no token stands for nothing"
    );
}

#[test]
fn of_pairs_that_occur_equally_often_the_lowest_in_the_kernels_table_wins() {
    let (_, tokens) = optimize(&[b"ab", b"ba", b"ca"]);
    assert_eq!(
        texts(&tokens, &[255, 254, 253]),
        ["ba", "ca", "ab"],
        "token_profit is indexed by first + (second << 8), and only a greater profit replaces the best"
    );
}

#[test]
fn pairs_that_overlap_are_counted_both_and_replaced_once() {
    let (symbols, tokens) = optimize(&[b"aaa", b"bc"]);
    assert_eq!(texts(&tokens, &[255]), ["aa"], "it occurs at 0 and at 1, which is twice");
    assert_eq!(
        symbols.first(),
        Some(&vec![254]),
        "replaced from left to right: first 255 a, then the two as one"
    );
}

#[test]
fn a_code_that_a_name_uses_as_a_letter_is_passed_over() {
    let (symbols, tokens) = optimize(&[b"\xffab", b"\xfdab"]);
    assert_eq!(
        [255, 254, 253, 252].map(|code| tokens.text(code).to_vec()),
        [&b"\xff"[..], b"ab", b"\xfd", b"\xfdab"].map(<[u8]>::to_vec),
        "255 and 253 stand for themselves, or these names could not be written any more"
    );
    assert_eq!(symbols, [[251], [252]], "the codes between them are used");
}

#[test]
fn when_the_codes_run_out_the_rest_stays_as_it_is() {
    let all: Vec<u8> = (0..=255).collect();
    let (symbols, tokens) = optimize(&[&all, b"abab"]);
    assert_eq!(
        symbols.last(),
        Some(&b"abab".to_vec()),
        "every code stands for itself: there is none for a token"
    );
    assert_eq!(tokens.text(b'a'), b"a", "and stays so");
}

#[test]
fn code_0_is_used_too_when_it_comes_to_that() {
    let letters: Vec<u8> = (1..=255).collect();
    let (symbols, tokens) = optimize(&[&letters, b"abab"]);
    assert_eq!(
        texts(&tokens, &[0]),
        ["ab"],
        "the last code of all; in the stream it is a code like any other"
    );
    assert_eq!(symbols.last(), Some(&vec![0, 0]), "both are replaced");
}

// Whole tables.

const SYMBOLS: [(u64, char, &str); 7] = [
    (0x1100, 't', "module_put"),
    (0x1000, 'T', "_text"),
    (0x1040, 'T', "module_get"),
    (0x1040, 't', "module_alias"),
    (0x1200, 't', "hello_init\t[hello]"),
    (0x1180, 'D', "module_list"),
    (0x1300, 'B', "_end"),
];

fn vmlinux() -> Vmlinux {
    Vmlinux::new(SYMBOLS.map(|(address, letter, name)| (address, letter, name.into()))).expect("small tables")
}

#[test]
fn an_oops_is_decoded_from_compressed_names() {
    let table = vmlinux();
    for (address, expected) in [
        (0xfff, None),
        (0x1000, Some("_text+0x0/0x40")),
        (0x1041, Some("module_get+0x1/0xc0")),
        (0x117f, Some("module_put+0x7f/0x80")),
        (0x1210, Some("hello_init+0x10/0x100 [hello]")),
        (0x1300, Some("_end+0x0/0x0")),
        (0x1301, None),
    ] {
        let came = table.lookup_address(address).map(|place| place.to_string());
        assert_eq!(came.as_deref(), expected, "{address:#x}: as __sprint_symbol writes it");
    }
}

#[test]
fn compressed_names_are_found_by_name_too() {
    let table = vmlinux();
    for (name, expected) in [
        ("module_put", Some(0x1100)),
        ("module", None),
        ("hello_init", Some(0x1200)),
        ("module_alias", Some(0x1040)),
    ] {
        assert_eq!(table.lookup_name(name.into()), expected, "{name}: each is written out and compared");
    }
}

#[test]
fn names_that_resemble_one_another_take_half_the_room() {
    let names: Vec<_> = (0..600).map(|number| format!("module_number_{number:03}_get")).collect();
    let table = (0..).zip(&names).map(|(address, name)| (address, 'T', name.as_str().into()));
    let sizes = Vmlinux::new(table).expect("small tables").sizes();
    assert_eq!((sizes.symbols, sizes.plain), (600, 600 * 23), "a letter, 21 bytes of name, a NUL");
    assert_eq!(
        (sizes.markers, sizes.token_index),
        (3 * 4, 512),
        "symbols 0, 256 and 512; two bytes for each code"
    );
    let parts = [sizes.stream, sizes.markers, sizes.token_table, sizes.token_index];
    assert_eq!(sizes.compressed(), parts.iter().sum::<usize>(), "a reader needs all four");
    assert!(sizes.compressed() * 2 < sizes.plain, "{sizes:?}: every name has the same words in it");
}

#[test]
fn names_too_long_for_the_kernel_are_cut_off() {
    let (long, longest) = ("n".repeat(600), "n".repeat(KSYM_NAME_LEN - 1));
    let names = Names::new([('T', long.as_bytes())]).expect("small tables");
    assert_eq!(
        names.get(0).map(|symbol| symbol.name.len()),
        Some(KSYM_NAME_LEN - 1),
        "511 bytes, so that the kernel's buffer of 512 has room for the NUL"
    );
    assert!(
        Some(names) == Names::new([('T', longest.as_bytes())]),
        "what is cut off leaves no trace in the tables: they are those of the name of 511 bytes"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn every_name_comes_back_as_it_was(symbols in proptest::collection::vec(("[A-Za-z]", "[a-d_]{0,12}"), 1..40)) {
        let symbols: Vec<(char, &str)> =
            symbols.iter().map(|(letter, name)| (letter.chars().next().unwrap_or('t'), name.as_str())).collect();
        let names = Names::new(symbols.iter().map(|&(letter, name)| (letter, name.as_bytes()))).expect("small tables");
        let came: Vec<_> = names.iter().map(|symbol| (symbol.letter, symbol.name.to_string())).collect();
        prop_assert_eq!(came.len(), symbols.len(), "none is lost");
        for (number, ((letter, name), expected)) in came.iter().zip(symbols).enumerate() {
            prop_assert_eq!((*letter, name.as_str()), expected, "symbol {}", number);
        }
    }

    #[test]
    fn every_token_is_one_that_a_name_contains(symbols in proptest::collection::vec("[a-c]{1,10}", 1..12)) {
        let bytes: Vec<_> = symbols.iter().map(String::as_bytes).collect();
        let (_, tokens) = optimize(&bytes);
        let tables = TokenTable::new(&tokens).expect("small tables");
        for code in 0..=u8::MAX {
            let text = String::from_utf8_lossy(tables.text(code)).into_owned();
            prop_assert!(symbols.iter().any(|symbol| symbol.contains(&text)), "code {code} stands for {text}");
        }
    }
}
