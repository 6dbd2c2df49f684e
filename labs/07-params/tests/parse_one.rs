//! One parameter: found, set, or not there at all.

use abi::Errno;
use params::{Parameter, Target, parse_one};

use crate::settings::{Settings, table};

fn parse(name: &str, value: Option<&str>) -> (Result<(), Errno>, Settings) {
    let mut settings = Settings::default();
    let mut value = value.map(|value| value.as_bytes().to_vec());
    let result = parse_one("settings".into(), name.into(), value.as_deref_mut(), &table(), &mut settings);
    (result, settings)
}

#[test]
fn a_value_reaches_the_parameter_of_that_name() {
    let (result, settings) = parse("room", Some("attic"));
    assert_eq!(result, Ok(()), "set answered 0");
    assert_eq!(settings.value("room"), Some("attic"), "its set operation gets the text");
    assert_eq!(settings.set.len(), 1, "and no other's does");
}

#[test]
fn a_dash_in_the_argument_finds_the_underscore_in_the_name() {
    let (_, settings) = parse("rx-mode", Some("fast"));
    assert_eq!(settings.value("rx_mode"), Some("fast"), "names are compared by parameq");
}

#[test]
fn a_boolean_may_stand_alone() {
    let (result, settings) = parse("quiet", None);
    assert_eq!(result, Ok(()), "a switch needs no value");
    assert_eq!(
        settings.value("quiet"),
        Some("(no value)"),
        "its operations have KERNEL_PARAM_OPS_FL_NOARG; set gets a null pointer and knows what that means"
    );
}

#[test]
fn any_other_parameter_needs_a_value_and_set_is_not_called_without() {
    let (result, settings) = parse("volume", None);
    assert_eq!(result, Err(Errno::EINVAL), "volume is an int: its name alone says nothing");
    assert!(settings.set.is_empty(), "most set operations would read through the null pointer");
    assert_eq!(settings.printed(), [""; 0], "it is parse_args that prints");
}

#[test]
fn an_empty_value_is_a_value() {
    for name in ["room", "quiet"] {
        let (result, settings) = parse(name, Some(""));
        assert_eq!(result, Ok(()), "{name}=");
        assert_eq!(settings.value(name), Some(""), "what {name}= hands to set");
    }
}

#[test]
fn what_set_answers_is_the_answer() {
    for (name, value, errno) in [
        ("volume", "loud", Errno::EINVAL),
        ("room", "livingroom", Errno::ENOSPC),
        ("rx_mode", "gone", Errno::ENOENT),
    ] {
        let (result, settings) = parse(name, Some(value));
        assert_eq!(result, Err(errno), "{name}={value}");
        assert_eq!(settings.printed(), [""; 0], "{name}={value}: it is parse_args that prints");
    }
}

#[test]
fn an_unknown_parameter_is_a_warning_and_no_error() {
    let (result, settings) = parse("colour", Some("red"));
    assert_eq!(result, Ok(()), "an old line in /etc/modprobe.d no longer keeps a driver away");
    assert_eq!(
        settings.printed(),
        ["<4>settings: unknown parameter 'colour' ignored"],
        "said with Level::Warning, which is the <4>"
    );
    let (result, _) = parse("x", None);
    assert_eq!(result, Ok(()), "the name is looked up before anyone asks for a value");
}

#[test]
fn some_arguments_every_module_takes_without_a_word() {
    for (name, value) in [("async_probe", None), ("dyndbg", Some("+p")), ("settings.dyndbg", None)] {
        let (result, settings) = parse(name, value);
        assert_eq!(result, Ok(()), "{name}");
        assert_eq!(settings.printed(), [""; 0], "{name}: kernel/module/main.c, unknown_module_param_cb");
    }
}

#[test]
fn the_warning_calls_an_unknown_name_as_unknown_module_param_does() {
    let (_, settings) = parse("a.b", Some("1"));
    assert_eq!(settings.printed(), ["<4>settings: unknown parameter 'a' ignored"], "the dot has cut it");
}

#[test]
fn of_two_parameters_that_are_one_name_the_first_is_meant() {
    let twins = [("a_b", false), ("a-b", false)].map(|(name, value_is_optional)| Parameter {
        name: name.into(),
        value_is_optional,
        perm: 0,
    });
    let mut place = Place(None);
    let result = parse_one("m".into(), "a-b".into(), Some(&mut b"1".to_vec()), &twins, &mut place);
    assert_eq!((result, place.0), (Ok(()), Some(0)), "the loop ends at the first that matches");
}

/// Remembers which parameter was set.
struct Place(Option<usize>);

impl Target for Place {
    fn set(&mut self, index: usize, _value: Option<&mut [u8]>) -> Result<(), Errno> {
        self.0 = Some(index);
        Ok(())
    }

    fn get(&mut self, _index: usize) -> Result<Vec<u8>, Errno> {
        Err(Errno::EPERM)
    }

    fn print(&mut self, _level: params::Level, _line: String) {}
}
