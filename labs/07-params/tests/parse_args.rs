//! All of a module's arguments, one after the other: `kernel/params.c, parse_args`.

use abi::Errno;
use bstr::{BStr, BString};
use params::{parse_args, set_module_parameters};
use proptest::prelude::*;

use crate::settings::{Patience, Settings, table};

fn parse(args: &str) -> (Result<Option<BString>, Errno>, Settings) {
    let mut settings = Settings::default();
    let result = parse_args("settings".into(), args.into(), &table(), &mut Patience::with(&mut settings));
    (result, settings)
}

/// The answer to `args`, after a look at what was printed: `<3>` before an error, `<4>` before a warning.
#[track_caller]
fn check_printed(args: &str, expected: &[&str], why: &str) -> Result<Option<BString>, Errno> {
    let (result, settings) = parse(args);
    assert_eq!(settings.printed(), expected, "the log after `insmod settings.ko {args}`: {why}");
    result
}

#[test]
fn every_argument_reaches_its_parameter() {
    let (result, settings) = parse("volume=-3 room=attic primes=2,3");
    assert_eq!(result, Ok(None), "all were set, and there was no --");
    assert_eq!(settings.value("volume"), Some("-3"), "the first argument");
    assert_eq!(settings.value("room"), Some("attic"), "the second");
    assert_eq!(settings.value("primes"), Some("2,3"), "the third: its commas are its own affair");
    assert!(settings.printed().is_empty(), "nothing was wrong, and the kernel prints nothing");
}

#[test]
fn of_an_argument_given_twice_the_last_counts() {
    assert_eq!(parse("volume=1 volume=2").1.value("volume"), Some("2"), "each is set, in the order given");
}

#[test]
fn no_arguments_at_all_are_fine() {
    for args in ["", "   \n"] {
        let (result, settings) = parse(args);
        assert_eq!(result, Ok(None), "nothing was refused in {args:?}, and there was no --");
        assert!(settings.set.is_empty() && settings.printed().is_empty(), "there is no argument in {args:?}");
    }
}

#[test]
fn an_invalid_value_is_refused_with_the_kernels_words() {
    let lines = ["<3>settings: `loud' invalid for parameter `volume'"];
    let result = check_printed("volume=loud", &lines, "an error, in the words of refusal");
    assert_eq!(result, Err(Errno::EINVAL), "what set answered");
}

#[test]
fn of_a_refused_list_the_message_shows_the_first_element_only() {
    let lines = ["<3>settings: `1' invalid for parameter `primes'"];
    let why = "set has written zeros over the commas, into the very buffer that %s reads afterwards";
    let result = check_printed("primes=1,2,3,4,5", &lines, why);
    assert_eq!(result, Err(Errno::EINVAL), "what set answered: there is room for four");
}

#[test]
fn after_a_refusal_the_others_are_set_and_the_last_refusal_is_the_answer() {
    let (result, settings) = parse("volume=loud quiet room=livingroom primes=2");
    assert_eq!(result, Err(Errno::ENOSPC), "the last refusal is the answer, not the first");
    assert_eq!(
        settings.set.keys().copied().collect::<Vec<_>>(),
        ["primes", "quiet"],
        "it goes on after a refusal"
    );
    assert_eq!(settings.printed().len(), 2, "each refusal was printed when it came");
}

#[test]
fn an_unknown_parameter_is_a_warning_and_no_error() {
    let lines =
        ["<4>settings: unknown parameter 'colour' ignored", "<4>settings: unknown parameter 'x' ignored"];
    let result = check_printed("colour=red x", &lines, "parse_one warns");
    assert_eq!(result, Ok(None), "and what it does not refuse is no refusal");
}

#[test]
fn two_dashes_alone_end_the_arguments_and_the_rest_is_handed_back() {
    let (result, settings) = parse("volume=1 --  volume=2 x");
    assert_eq!(result, Ok(Some("volume=2 x".into())), "without the dashes and the spaces behind them");
    assert_eq!(settings.value("volume"), Some("1"), "what follows the dashes is not parsed");
    assert_eq!(parse("--").0, Ok(Some("".into())), "nothing follows, and there were dashes all the same");
}

#[test]
fn two_dashes_with_a_value_or_in_a_name_are_an_ordinary_argument() {
    let lines =
        ["<4>settings: unknown parameter '--' ignored", "<4>settings: unknown parameter '--x' ignored"];
    let result = check_printed("--=1 --x", &lines, "neither is `--` without a value");
    assert_eq!(result, Ok(None), "so nothing was left over");
}

#[test]
fn a_refusal_before_two_dashes_is_the_answer() {
    assert_eq!(
        parse("volume=loud -- room=livingroom").0,
        Err(Errno::EINVAL),
        "`return err ?: args`: the rest is handed back only where nothing was refused"
    );
}

#[test]
fn what_follows_a_zero_byte_was_never_there() {
    let (result, settings) = parse("volume=1\0room=attic");
    assert_eq!(result, Ok(None), "the value is 1, and not 1, a zero and more");
    assert_eq!(settings.set.len(), 1, "the kernel copies a C string from user space");
}

#[test]
fn a_module_is_told_what_nobody_reads() {
    let mut settings = Settings::default();
    let result = set_module_parameters(
        "settings".into(),
        "quiet -- a b".into(),
        &table(),
        &mut Patience::with(&mut settings),
    );
    assert_eq!(result, Ok(()), "what nobody reads is no error");
    assert_eq!(
        settings.printed(),
        ["<4>settings: parameters 'a b' after `--' ignored"],
        "set_module_parameters, given, prints what parse_args hands back"
    );
}

#[test]
fn a_module_that_refuses_an_argument_does_not_come() {
    let mut settings = Settings::default();
    let result = set_module_parameters(
        "settings".into(),
        "volume=x -- a".into(),
        &table(),
        &mut Patience::with(&mut settings),
    );
    assert_eq!(result, Err(Errno::EINVAL), "parse_args's answer");
    assert_eq!(settings.printed().len(), 1, "and nobody cares any more about what follows the dashes");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_end_in_an_answer(args: Vec<u8>) {
        let mut settings = Settings::default();
        let result = parse_args("settings".into(), BStr::new(&args), &table(), &mut Patience::with(&mut settings));
        let errors = settings.printed().iter().filter(|line| line.starts_with("<3>")).count();
        prop_assert_eq!(result.is_err(), errors > 0, "it refuses exactly where it has printed an error");
    }
}
