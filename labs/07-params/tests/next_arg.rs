//! One argument off the string, and when two names are one: `lib/cmdline.c, next_arg`, and
//! `kernel/params.c, parameq`.

use bstr::{BStr, ByteSlice};
use params::{next_arg, parameq, skip_spaces};
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
    assert_eq!(split(args), expected, "\nhow the kernel's next_arg takes <{args}> apart");
}

#[test]
fn spaces_of_any_kind_and_number_separate_arguments() {
    check("a=1 b=2", "[a|1][b|2]");
    check("  a=1 \t\n b=2  ", "[a|1][b|2]");
    check("", "");
    check("   ", "");
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

#[test]
fn dash_and_underscore_are_the_same_in_names() {
    for (a, b) in [("rx-mode", "rx_mode"), ("rx_mode", "rx-mode"), ("-_-", "___"), ("", ""), ("a", "a")] {
        assert!(parameq(a.into(), b.into()), "`{a}` and `{b}` are one name");
    }
}

#[test]
fn a_name_is_not_its_own_beginning() {
    for (a, b) in [("rx", "rx_mode"), ("rx_mode", "rx"), ("rx", ""), ("", "_")] {
        assert!(!parameq(a.into(), b.into()), "`{a}` and `{b}` are two names");
    }
}

#[test]
fn names_differ_in_their_case_and_in_every_other_character() {
    for (a, b) in [("Debug", "debug"), ("rx.mode", "rx_mode"), ("rx mode", "rx_mode"), ("a", "b")] {
        assert!(!parameq(a.into(), b.into()), "`{a}` and `{b}` are two names");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_taken_apart_to_the_end(bytes: Vec<u8>) {
        let mut rest = skip_spaces(bytes.as_bstr());
        while !rest.is_empty() {
            let before = rest.len();
            rest = next_arg(rest).1;
            prop_assert!(rest.len() < before, "next_arg must take something off");
        }
    }

    #[test]
    fn what_is_quoted_comes_out_again(
        names in proptest::collection::vec("[a-z_]{1,8}", 1..6),
        value in "[a-z =,]{0,12}",
    ) {
        let args: Vec<_> = names.iter().map(|name| format!("{name}=\"{value}\"")).collect();
        let expected: String = names.iter().map(|name| format!("[{name}|{value}]")).collect();
        prop_assert_eq!(split(&args.join(" ")), expected);
    }

    #[test]
    fn every_name_equals_itself_with_its_dashes_turned(name in "[a-z_-]{0,12}") {
        prop_assert!(parameq(BStr::new(&name), BStr::new(&name.replace('-', "_"))));
    }
}
