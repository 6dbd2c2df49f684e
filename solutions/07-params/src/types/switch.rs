//! Switches: `bool` and its kin (`kernel/params.c, param_set_bool` and what follows it).

use abi::{Errno, kstrtox::kstrtobool};

use super::{Setting, Type, line};

/// Reads a switch: no value at all means yes, because `insmod settings.ko quiet` should do what it says. Any other
/// is for [`kstrtobool`], the empty one too.
///
/// # Errors
/// `EINVAL` where the value is neither yes nor no.
pub fn param_set_bool(value: Option<&[u8]>) -> Result<bool, Errno> {
    match value {
        None => Ok(true),
        Some(value) => kstrtobool(value),
    }
}

/// Y and N, "chosen as being relatively non-coder friendly", says the kernel.
fn param_get_bool(on: bool) -> Vec<u8> {
    line(if on { "Y" } else { "N" })
}

impl Type for bool {
    fn value_is_optional(&self) -> bool {
        true
    }

    fn set(&mut self, value: Option<&mut [u8]>, _param: &mut Setting<'_>) -> Result<(), Errno> {
        *self = param_set_bool(value.as_deref())?;
        Ok(())
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        Ok(param_get_bool(*self))
    }
}

/// `bool_enable_only`: once on, it stays on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BoolEnableOnly(pub bool);

impl Type for BoolEnableOnly {
    fn value_is_optional(&self) -> bool {
        true
    }

    fn set(&mut self, value: Option<&mut [u8]>, _param: &mut Setting<'_>) -> Result<(), Errno> {
        match param_set_bool(value.as_deref())? {
            false if self.0 => Err(Errno::EROFS),
            on => {
                self.0 = on;
                Ok(())
            }
        }
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        Ok(param_get_bool(self.0))
    }
}

/// `invbool`: yes sets the variable to no. Its name cannot stand alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Invbool(pub bool);

impl Type for Invbool {
    fn set(&mut self, value: Option<&mut [u8]>, _param: &mut Setting<'_>) -> Result<(), Errno> {
        self.0 = !param_set_bool(value.as_deref())?;
        Ok(())
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        Ok(param_get_bool(!self.0))
    }
}

/// `bint`: a switch whose variable is an int, and which is printed as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bint(pub i32);

impl Type for Bint {
    fn value_is_optional(&self) -> bool {
        true
    }

    fn set(&mut self, value: Option<&mut [u8]>, _param: &mut Setting<'_>) -> Result<(), Errno> {
        self.0 = param_set_bool(value.as_deref())?.into();
        Ok(())
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        self.0.get()
    }
}
