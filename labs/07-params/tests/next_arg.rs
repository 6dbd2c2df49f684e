//! One argument off the string: `lib/cmdline.c, next_arg`.

use bstr::ByteSlice;
use params::{next_arg, skip_spaces};
use proptest::prelude::*;

/// Every argument of `args` as `[name]` or `[name|value]`.
fn split(args: &str) -> String {
    let mut rest = skip_spaces(args.into());
    let mut all = String::new();
    while !rest.is_empty() {
        let (argument, after) = next_arg(rest);
        assert!(
            after.len() < rest.len(),
            "next_arg must take something off '{rest}', or parse_args never ends"
        );
        rest = after;
        all += &match argument.value {
            Some(value) => format!("[{}|{value}]", argument.name),
            None => format!("[{}]", argument.name),
        };
    }
    all
}

#[track_caller]
fn check(args: &str, expected: &str) {
    assert_eq!(split(args), expected, "how the kernel's next_arg takes <{args}> apart, as [name|value]");
}

#[test]
fn spaces_of_any_kind_and_number_separate_arguments() {
    check("a=1 b=2", "[a|1][b|2]");
    check("  a=1 \t\n b=2  ", "[a|1][b|2]");
    check("a=1  ", "[a|1]");
}

#[test]
fn a_name_alone_has_no_value_and_an_empty_value_is_a_value() {
    check("quiet", "[quiet]");
    check("quiet= loud", "[quiet|][loud]");
}

#[test]
fn only_the_first_equals_sign_separates() {
    check("expr=a=b", "[expr|a=b]");
    check("expr==", "[expr|=]");
}

#[test]
fn an_equals_sign_at_the_very_beginning_belongs_to_the_name() {
    // The kernel remembers where the sign was in a variable whose 0 means "not yet".
    check("=1", "[=1]");
    check("=a=b", "[=a|b]");
}

#[test]
fn spaces_between_quotes_do_not_separate_and_the_quotes_around_a_value_go() {
    check(r#"motto="per aspera" b=2"#, "[motto|per aspera][b|2]");
    check(r#"motto="" b"#, "[motto|][b]");
}

#[test]
fn the_quotes_around_a_whole_argument_go() {
    check(r#""motto=per aspera" b=2"#, "[motto|per aspera][b|2]");
    check(r#""quiet""#, "[quiet]");
    check(r#""two words" b"#, "[two words][b]");
}

#[test]
fn quotes_elsewhere_stay_and_still_hold_the_spaces_together() {
    check(r#"motto=per" "aspera b"#, r#"[motto|per" "aspera][b]"#);
    check(r#"mot"t o"=x b"#, r#"[mot"t o"|x][b]"#);
    check(r#"motto=per" aspera""#, r#"[motto|per" aspera"]"#);
}

#[test]
fn a_quote_that_is_never_closed_reaches_to_the_end() {
    check(r#"motto="per aspera b=2"#, "[motto|per aspera b=2]");
    check(r#"motto=""#, "[motto|]");
    check(r#"""#, "[]");
}

#[test]
fn behind_a_closing_quote_the_argument_goes_on_until_the_next_space() {
    check(r#"motto="per"aspera b"#, r#"[motto|per"aspera][b]"#);
    check(r#""motto"=x"#, r#"[motto"|x]"#);
}

#[test]
fn the_no_break_space_of_latin_1_is_a_space_to_the_kernel() {
    let (argument, rest) = next_arg(b"a\xa0b".as_bstr());
    assert_eq!((argument.name, rest), ("a".into(), "b".into()), "lib/ctype.c marks 0xa0 as white space");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_taken_apart_to_the_end(bytes in proptest::collection::vec(any::<u8>(), 1..60)) {
        let mut rest = skip_spaces(bytes.as_bstr());
        while !rest.is_empty() {
            let before = rest.len();
            rest = next_arg(rest).1;
            prop_assert!(rest.len() < before, "next_arg must take something off, or parse_args never ends");
        }
    }

    #[test]
    fn what_is_quoted_comes_out_again(
        names in proptest::collection::vec("[a-z_]{1,8}", 1..6),
        value in "[a-z =,]{0,12}",
    ) {
        let args: Vec<_> = names.iter().map(|name| format!("{name}=\"{value}\"")).collect();
        let expected: String = names.iter().map(|name| format!("[{name}|{value}]")).collect();
        let args = args.join(" ");
        prop_assert_eq!(split(&args), expected, "how next_arg takes <{}> apart, as [name|value]", args);
    }
}
