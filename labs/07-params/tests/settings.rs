//! A module with parameters, of which one sees what was set and what was printed: what the tests share.

use std::collections::BTreeMap;

use abi::Errno;
use params::{Level, Parameter, Setting, Target, Type, Variables, set_module_parameters};

/// The module's parameters: the name, and whether it may stand alone.
pub const NAMES: [(&str, bool); 5] =
    [("volume", false), ("quiet", true), ("room", false), ("primes", false), ("rx_mode", false)];

/// A module of which we see what was set, and what was printed.
#[derive(Default)]
pub struct Settings {
    /// The value of each parameter that was set.
    pub set: BTreeMap<&'static str, String>,
    printed: Vec<(Level, String)>,
}

impl Settings {
    /// The value that a parameter was set to.
    pub fn value(&self, name: &str) -> Option<&str> {
        self.set.get(name).map(String::as_str)
    }

    /// What was printed, each line with its level, as in `<3>words`.
    pub fn printed(&self) -> Vec<String> {
        self.printed.iter().map(|(level, line)| format!("<{}>{line}", *level as i32)).collect()
    }
}

/// Hands everything on to a module, but not for ever: a `next_arg` that takes nothing off the string would make
/// `parse_args` go round until somebody switches the computer off.
pub struct Patience<'m>(&'m mut dyn Target, usize);

/// More arguments than any test has.
const PATIENCE: usize = 1000;

impl Patience<'_> {
    /// With the module's whole patience.
    pub fn with(module: &mut dyn Target) -> Patience<'_> {
        Patience(module, 0)
    }

    #[track_caller]
    fn one_more(&mut self) -> &mut dyn Target {
        self.1 += 1;
        assert!(
            self.1 < PATIENCE,
            "parse_args does not come to an end: each round must take an argument off the string"
        );
        self.0
    }
}

impl Target for Patience<'_> {
    fn set(&mut self, index: usize, value: Option<&mut [u8]>) -> Result<(), Errno> {
        self.one_more().set(index, value)
    }

    fn get(&mut self, index: usize) -> Result<Vec<u8>, Errno> {
        self.one_more().get(index)
    }

    fn print(&mut self, level: Level, line: String) {
        self.one_more().print(level, line);
    }
}

/// Sets the parameters of `module` as insmod does; its name is settings.
pub fn insmod(module: &mut Variables, arguments: &str) -> Result<(), Errno> {
    let table = module.table();
    set_module_parameters("settings".into(), arguments.into(), &table, &mut Patience::with(module))
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

    fn get(&mut self, _index: usize) -> Result<Vec<u8>, Errno> {
        Err(Errno::EPERM)
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

/// The module's table of parameters.
pub fn table() -> Vec<Parameter<'static>> {
    NAMES
        .iter()
        .map(|&(name, value_is_optional)| Parameter { name: name.into(), value_is_optional, perm: 0o644 })
        .collect()
}

/// Sets a variable as its parameter would be, called `volume`; the answer, and what was printed on the way.
pub fn set(variable: &mut dyn Type, value: Option<&str>) -> (Result<(), Errno>, Vec<String>) {
    let mut text = value.map(|value| value.as_bytes().to_vec());
    let mut param = Setting::of("volume".into());
    let result = variable.set(text.as_deref_mut(), &mut param);
    (result, param.printed)
}

/// What the variable's file shows.
pub fn shown(variable: &dyn Type) -> Result<String, Errno> {
    variable.get().map(|text| String::from_utf8_lossy(&text).into_owned())
}
