//! Parameters whose variables are Rust's: what `module_param` writes into the section `__param` for a module in C.

use abi::Errno;
use bstr::BStr;

use crate::{Level, Parameter, Setting, Target, Type};

/// A module's parameters: for each its name, its file's mode and its variable, which is borrowed.
#[derive(Default)]
pub struct Variables<'a> {
    names: Vec<(&'a BStr, u16)>,
    variables: Vec<&'a mut dyn Type>,
    /// What has been printed, with its level.
    pub printed: Vec<(Level, String)>,
}

impl<'a> Variables<'a> {
    /// No parameters yet.
    pub fn new() -> Variables<'a> {
        Variables::default()
    }

    /// Adds the parameter `name` for `variable`, with a file of the mode `perm`.
    pub fn module_param(mut self, name: &'a str, perm: u16, variable: &'a mut dyn Type) -> Variables<'a> {
        self.names.push((name.into(), perm));
        self.variables.push(variable);
        self
    }

    /// The table in which a name is looked up.
    pub fn table(&self) -> Vec<Parameter<'a>> {
        let parameters = self.names.iter().zip(&self.variables);
        parameters
            .map(|(&(name, perm), variable)| Parameter {
                name,
                value_is_optional: variable.value_is_optional(),
                perm,
            })
            .collect()
    }
}

impl Target for Variables<'_> {
    fn set(&mut self, index: usize, value: Option<&mut [u8]>) -> Result<(), Errno> {
        let (&(name, _), variable) =
            self.names.get(index).zip(self.variables.get_mut(index)).ok_or(Errno::ENOENT)?;
        let mut param = Setting::of(name);
        let result = variable.set(value, &mut param);
        self.printed.extend(param.printed.into_iter().map(|line| (Level::Error, line)));
        result
    }

    fn get(&mut self, index: usize) -> Result<Vec<u8>, Errno> {
        self.variables.get(index).ok_or(Errno::ENOENT)?.get()
    }

    fn print(&mut self, level: Level, line: String) {
        self.printed.push((level, line));
    }
}
