//! The kernel's own types of parameters, as its two sides see them: machine code that holds variables, and the
//! rules by which text becomes a value and a value text. Linux: `kernel/params.c`.

use crate::Errno;

/// A type whose variable is a number or a switch: the NAME of its `param_ops_NAME`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ParamKind {
    /// `unsigned char`
    Byte,
    /// `short`
    Short,
    /// `unsigned short`
    Ushort,
    /// `int`
    Int,
    /// `unsigned int`
    Uint,
    /// `long`
    Long,
    /// `unsigned long`
    Ulong,
    /// `unsigned long long`
    Ullong,
    /// `unsigned int`, printed in hexadecimal
    Hexint,
    /// `bool`
    Bool,
    /// `bool` that stays on
    BoolEnableOnly,
    /// `bool` turned round
    Invbool,
    /// `int` that is 0 or 1
    Bint,
}

/// The elements behind an array parameter, to be set (`struct kparam_array`).
pub trait Elements {
    /// How many there is room for (`max`).
    fn max(&self) -> usize;

    /// Notes how many were given (`*num`).
    fn set_count(&mut self, count: usize);

    /// Calls the elements' `set` for the element `index`, which is less than `max`. `value` is part of the
    /// list that was given, and the byte behind it, if any, is zero.
    ///
    /// # Errors
    /// What the operation returns.
    fn set(&mut self, index: usize, value: &mut [u8]) -> Result<(), Errno>;
}
