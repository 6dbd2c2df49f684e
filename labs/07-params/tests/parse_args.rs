//! All of a module's arguments, and what the kernel says about those it does not like: `kernel/params.c`.

use std::collections::BTreeMap;

use abi::Errno;
use bstr::{BStr, BString};
use params::{Level, Parameter, Target, parse_args, set_module_parameters};
use proptest::prelude::*;

/// The parameters of `settings`: a number, a boolean, a short text, a list of numbers.
const NAMES: [(&str, bool); 5] =
    [("volume", false), ("quiet", true), ("room", false), ("primes", false), ("rx_mode", false)];

/// A module of which we see what was set, and what was printed.
#[derive(Default)]
struct Settings {
    set: BTreeMap<&'static str, String>,
    printed: Vec<(Level, String)>,
}

impl Target for Settings {
    fn set(&mut self, index: usize, value: Option<&mut [u8]>) -> Result<(), Errno> {
        let name = NAMES[index].0;
        let text = value.as_deref().map(|value| String::from_utf8_lossy(value).into_owned());
        match (name, text.as_deref()) {
            ("volume", Some(text)) if text.parse::<i32>().is_err() => return Err(Errno::EINVAL),
            ("room", Some(text)) if text.len() > 7 => return Err(Errno::ENOSPC),
            ("rx_mode", Some("gone")) => return Err(Errno::ENOENT),
            ("primes", Some(_)) => cut_at_commas(value.unwrap_or_default())?,
            _ => {}
        }
        self.set.insert(name, text.unwrap_or("(no value)".into()));
        Ok(())
    }

    fn print(&mut self, level: Level, line: String) {
        self.printed.push((level, line));
    }
}

/// As `kernel/params.c, param_array` does: a zero byte for each comma, and no more than four elements.
fn cut_at_commas(list: &mut [u8]) -> Result<(), Errno> {
    let commas: Vec<_> = (0..list.len()).filter(|&at| list[at] == b',').collect();
    commas.iter().for_each(|&at| list[at] = 0);
    if commas.len() < 4 { Ok(()) } else { Err(Errno::EINVAL) }
}

fn table() -> Vec<Parameter<'static>> {
    NAMES
        .iter()
        .map(|&(name, value_is_optional)| Parameter { name: name.into(), value_is_optional })
        .collect()
}

fn parse(args: &str) -> (Result<Option<BString>, Errno>, Settings) {
    let mut settings = Settings::default();
    let result = parse_args("settings".into(), args.into(), &table(), &mut settings);
    (result, settings)
}

/// What was printed, each line with its level.
fn printed(settings: &Settings) -> Vec<String> {
    settings.printed.iter().map(|(level, line)| format!("<{}>{line}", *level as i32)).collect()
}

#[track_caller]
fn check_printed(args: &str, expected: &[&str]) -> Result<Option<BString>, Errno> {
    let (result, settings) = parse(args);
    assert_eq!(printed(&settings), expected, "\nwhat the kernel prints when told <{args}>");
    result
}

#[test]
fn every_argument_reaches_its_parameter() {
    let (result, settings) = parse("volume=-3 room=attic primes=2,3");
    assert_eq!(result, Ok(None));
    assert_eq!(settings.set["volume"], "-3");
    assert_eq!(settings.set["room"], "attic");
    assert_eq!(settings.set["primes"], "2,3");
    assert!(settings.printed.is_empty(), "nothing was wrong, and the kernel prints nothing");
}

#[test]
fn of_an_argument_given_twice_the_last_counts() {
    assert_eq!(parse("volume=1 volume=2").1.set["volume"], "2", "each is set, in the order given");
}

#[test]
fn a_dash_in_the_argument_finds_the_underscore_in_the_name() {
    assert_eq!(parse("rx-mode=fast").1.set["rx_mode"], "fast");
}

#[test]
fn no_arguments_at_all_are_fine() {
    for args in ["", "   \n"] {
        let (result, settings) = parse(args);
        assert_eq!(result, Ok(None));
        assert!(settings.set.is_empty() && settings.printed.is_empty());
    }
}

#[test]
fn a_boolean_may_stand_alone() {
    let (result, settings) = parse("quiet");
    assert_eq!(result, Ok(None));
    assert_eq!(settings.set["quiet"], "(no value)", "its operations have KERNEL_PARAM_OPS_FL_NOARG");
}

#[test]
fn any_other_parameter_needs_a_value_and_set_is_not_called_without() {
    let result = check_printed("volume", &["<3>settings: `' invalid for parameter `volume'"]);
    assert_eq!(result, Err(Errno::EINVAL));
    assert!(parse("volume").1.set.is_empty(), "most set operations would read through the null pointer");
}

#[test]
fn an_empty_value_is_given_to_set_as_it_is() {
    assert_eq!(parse("room=").1.set["room"], "");
    assert_eq!(parse("quiet=").1.set["quiet"], "");
}

#[test]
fn an_invalid_value_is_refused_with_the_kernels_words() {
    let result = check_printed("volume=loud", &["<3>settings: `loud' invalid for parameter `volume'"]);
    assert_eq!(result, Err(Errno::EINVAL));
}

#[test]
fn a_value_that_does_not_fit_has_words_of_its_own() {
    let line = "<3>settings: `livingroom' too large for parameter `room'";
    assert_eq!(check_printed("room=livingroom", &[line]), Err(Errno::ENOSPC));
}

#[test]
fn a_set_operation_that_finds_no_such_thing_makes_the_parameter_unknown() {
    let result = check_printed("rx-mode=gone", &["<3>settings: Unknown parameter `rx-mode'"]);
    assert_eq!(result, Err(Errno::ENOENT), "the message names the parameter as the user did");
}

#[test]
fn of_a_refused_list_the_message_shows_the_first_element_only() {
    // param_array writes zeros over the commas, into the very buffer that %s reads afterwards.
    let result = check_printed("primes=1,2,3,4,5", &["<3>settings: `1' invalid for parameter `primes'"]);
    assert_eq!(result, Err(Errno::EINVAL));
}

#[test]
fn after_a_refusal_the_others_are_set_and_the_last_refusal_is_the_answer() {
    let (result, settings) = parse("volume=loud quiet room=livingroom primes=2");
    assert_eq!(result, Err(Errno::ENOSPC));
    assert_eq!(settings.set.keys().copied().collect::<Vec<_>>(), ["primes", "quiet"]);
    assert_eq!(settings.printed.len(), 2, "each refusal was printed when it came");
}

#[test]
fn an_unknown_parameter_is_a_warning_and_no_error() {
    let lines =
        ["<4>settings: unknown parameter 'colour' ignored", "<4>settings: unknown parameter 'x' ignored"];
    assert_eq!(check_printed("colour=red x", &lines), Ok(None));
}

#[test]
fn some_arguments_every_module_takes_without_a_word() {
    assert_eq!(check_printed("async_probe dyndbg=+p dyndbg async_probe=no", &[]), Ok(None));
}

#[test]
fn a_dot_cuts_an_unknown_name_and_module_dot_dyndbg_is_known() {
    let result = check_printed("a.b=1 settings.dyndbg", &["<4>settings: unknown parameter 'a' ignored"]);
    assert_eq!(result, Ok(None));
}

#[test]
fn two_dashes_alone_end_the_arguments_and_the_rest_is_handed_back() {
    let (result, settings) = parse("volume=1 --  volume=2 x");
    assert_eq!(result, Ok(Some("volume=2 x".into())));
    assert_eq!(settings.set["volume"], "1");
    assert_eq!(parse("--").0, Ok(Some("".into())));
}

#[test]
fn two_dashes_with_a_value_or_in_a_name_are_an_ordinary_argument() {
    let result = check_printed(
        "--=1 --x",
        &["<4>settings: unknown parameter '--' ignored", "<4>settings: unknown parameter '--x' ignored"],
    );
    assert_eq!(result, Ok(None));
}

#[test]
fn a_refusal_before_two_dashes_is_the_answer() {
    assert_eq!(parse("volume=loud -- room=livingroom").0, Err(Errno::EINVAL));
}

#[test]
fn what_follows_a_zero_byte_was_never_there() {
    let (result, settings) = parse("volume=1\0room=attic");
    assert_eq!(result, Ok(None));
    assert_eq!(settings.set.len(), 1, "the kernel copies a C string from user space");
}

#[test]
fn a_module_is_told_what_nobody_reads() {
    let mut settings = Settings::default();
    let result = set_module_parameters("settings".into(), "quiet -- a b".into(), &table(), &mut settings);
    assert_eq!(result, Ok(()));
    assert_eq!(printed(&settings), ["<4>settings: parameters 'a b' after `--' ignored"]);
}

#[test]
fn a_module_that_refuses_an_argument_does_not_come() {
    let mut settings = Settings::default();
    let result = set_module_parameters("settings".into(), "volume=x -- a".into(), &table(), &mut settings);
    assert_eq!(result, Err(Errno::EINVAL));
    assert_eq!(settings.printed.len(), 1, "and nobody cares any more about what follows the dashes");
}

proptest! {
    #[test]
    fn any_bytes_end_in_an_answer(args: Vec<u8>) {
        let mut settings = Settings::default();
        let result = parse_args("settings".into(), BStr::new(&args), &table(), &mut settings);
        let errors = settings.printed.iter().filter(|(level, _)| *level == Level::Error).count();
        prop_assert_eq!(result.is_err(), errors > 0);
    }
}
