//! The types of whole numbers (`kernel/params.c`, STANDARD_PARAM_DEF).

use abi::{
    Errno,
    kstrtox::{kstrtoll, kstrtoull},
};

use super::{Setting, Type, line};

/// A type of whole numbers in C.
pub trait Number: TryFrom<i128> {
    /// Whether it has a sign.
    const IS_SIGNED: bool;
}

/// Reads a number of the type `T` (`kstrtou8`, `kstrtos16`, `kstrtoint`… of `lib/kstrtox.c`).
///
/// A type with a sign is read by [`kstrtoll`], one without by [`kstrtoull`], both with base 0, so that the text
/// itself says which base it is in (`0x10`, `010`). That gives 64 bits; what then does not fit into `T` is out of
/// range.
///
/// # Errors
/// What those return: `EINVAL` where the text is no number of the kind, `ERANGE` where 64 bits are too few. And
/// `ERANGE` where `T` has too few.
pub fn kstrto<T: Number>(text: &[u8]) -> Result<T, Errno> {
    todo!("read a number in the base it says it is in, and refuse what the type has no bits for")
}

macro_rules! numbers {
    ($($type:ty, is_signed: $is_signed:literal;)*) => { $(
        impl Number for $type {
            const IS_SIGNED: bool = $is_signed;
        }

        impl Type for $type {
            fn set(&mut self, value: Option<&mut [u8]>, _param: &mut Setting<'_>) -> Result<(), Errno> {
                *self = kstrto(value.ok_or(Errno::EINVAL)?)?;
                Ok(())
            }

            fn get(&self) -> Result<Vec<u8>, Errno> {
                Ok(line(self.to_string()))
            }
        }
    )* };
}

numbers! {
    u8, is_signed: false;
    i16, is_signed: true;
    u16, is_signed: false;
    i32, is_signed: true;
    u32, is_signed: false;
    i64, is_signed: true;
    u64, is_signed: false;
}

/// `hexint`: an unsigned int that is printed in hexadecimal (`%#08x`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hexint(pub u32);

impl Type for Hexint {
    fn set(&mut self, value: Option<&mut [u8]>, param: &mut Setting<'_>) -> Result<(), Errno> {
        self.0.set(value, param)
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        Ok(line(format!("{:#08x}", self.0)))
    }
}
