//! The kernel's own types by name, for whoever has a variable in memory and knows which type it is of: the machine
//! code of a module, which calls `param_set_int` and its like.

use abi::ParamKind;

use super::{Bint, BoolEnableOnly, Hexint, Invbool, Type};

/// A [`Type`] whose variable is at most 64 bits wide.
pub trait Standard: Type {
    /// The variable's bits; those above its width repeat its sign.
    fn bits(&self) -> u64;
}

macro_rules! of_bits {
    ($($type:ty, |$variable:ident| $bits:expr;)*) => { $(
        impl Standard for $type {
            fn bits(&self) -> u64 {
                let $variable = *self;
                $bits
            }
        }
    )* };
}

of_bits! {
    u8, |variable| variable.into();
    i16, |variable| variable as u64;
    u16, |variable| variable.into();
    i32, |variable| variable as u64;
    u32, |variable| variable.into();
    i64, |variable| variable as u64;
    u64, |variable| variable;
    Hexint, |variable| variable.0.into();
    bool, |variable| variable.into();
    BoolEnableOnly, |variable| variable.0.into();
    Invbool, |variable| variable.0.into();
    Bint, |variable| variable.0 as u64;
}

/// A variable of the type `kind` in which these bits are.
pub fn standard(kind: ParamKind, bits: u64) -> Box<dyn Standard> {
    match kind {
        ParamKind::Byte => Box::new(bits as u8),
        ParamKind::Short => Box::new(bits as i16),
        ParamKind::Ushort => Box::new(bits as u16),
        ParamKind::Int => Box::new(bits as i32),
        ParamKind::Uint => Box::new(bits as u32),
        ParamKind::Long => Box::new(bits as i64),
        ParamKind::Ulong | ParamKind::Ullong => Box::new(bits),
        ParamKind::Hexint => Box::new(Hexint(bits as u32)),
        ParamKind::Bool => Box::new(bits != 0),
        ParamKind::BoolEnableOnly => Box::new(BoolEnableOnly(bits != 0)),
        ParamKind::Invbool => Box::new(Invbool(bits != 0)),
        ParamKind::Bint => Box::new(Bint(bits as i32)),
    }
}
