//! What a module's parameters make of arguments where none of its code can be run: the kernel's own types are known by the
//! names of their operations, and what a module's own operation would say nobody knows. `kernel/params.c`.

use abi::{
    Elements, Errno, LoadError, ParamKind,
    offsets::{kernel_param, kernel_param_ops, kparam_array, kparam_string},
};
use bstr::BStr;
use elf::Module;
use params::{
    Charp, CopyString, Level, Parameter, Setting, Target, Type, param_array, set_module_parameters, standard,
};
use symbols::Image;
use vermagic::{Judgement, Taint};

use crate::formed::{self, Formed};

/// `KERNEL_PARAM_FL_UNSAFE` and `KERNEL_PARAM_OPS_FL_NOARG`.
const UNSAFE: u8 = 1;
const NOARG: u32 = 1;

/// A linked module, to look into.
pub(crate) struct Linked<'m> {
    pub(crate) module: &'m Module<'m>,
    pub(crate) addresses: &'m [u64],
    pub(crate) image: Image<'m>,
}

/// The operations of a parameter.
#[derive(Debug, Clone, Copy)]
enum Ops {
    Standard(ParamKind),
    Charp,
    CopyString {
        maxlen: u32,
    },
    Array {
        max: u32,
        elements: Option<ParamKind>,
    },
    /// The module's own. Whatever it is given is taken for right.
    Own {
        value_is_optional: bool,
    },
}

/// The parameters, which are set without having variables.
struct Judged<'m, 'j, 'n> {
    parameters: &'m [formed::Parameter],
    ops: Vec<Ops>,
    unsafe_ones: Vec<bool>,
    judgement: &'j mut Judgement<'n>,
}

impl Linked<'_> {
    /// Sets the parameters of `formed` as `arguments` ask for; what is printed goes to the `judgement`.
    ///
    /// # Errors
    /// The errno of the last refusal, of which all has been said already.
    pub(crate) fn parse_args(
        &self,
        formed: &Formed,
        arguments: &BStr,
        judgement: &mut Judgement,
    ) -> Result<(), LoadError> {
        let ops: Vec<Ops> = formed.parameters.iter().map(|parameter| self.ops(parameter)).collect();
        let records = formed.parameters.iter().zip(&ops);
        let table: Vec<Parameter> = records
            .map(|(parameter, ops)| Parameter {
                name: parameter.name.as_ref(),
                value_is_optional: ops.value_is_optional(),
                perm: parameter.perm,
            })
            .collect();
        let flags = |parameter: &formed::Parameter| {
            self.image.bytes(parameter.record)?.get(kernel_param::FLAGS).copied()
        };
        let unsafe_ones = formed
            .parameters
            .iter()
            .map(|parameter| flags(parameter).unwrap_or_default() & UNSAFE != 0)
            .collect();
        let name = judgement.name;
        let mut judged = Judged { parameters: &formed.parameters, ops, unsafe_ones, judgement };
        set_module_parameters(name, arguments, &table, &mut judged).map_err(LoadError::silent)
    }

    fn ops(&self, parameter: &formed::Parameter) -> Ops {
        let argument = || self.number(parameter.record + kernel_param::ARG as u64);
        let field = |offset: usize| Some(self.number(argument()?.checked_add(offset as u64)?)? as u32);
        let name = self.symbol_at(parameter.record + kernel_param::OPS as u64).unwrap_or_default();
        match name {
            b"param_ops_charp" => Ops::Charp,
            b"param_ops_string" => {
                field(kparam_string::MAXLEN).map_or(Ops::OWN, |maxlen| Ops::CopyString { maxlen })
            }
            b"param_array_ops" => {
                let of = argument().and_then(|at| self.symbol_at(at.checked_add(kparam_array::OPS as u64)?));
                let elements = of.and_then(kind);
                field(kparam_array::MAX).map_or(Ops::OWN, |max| Ops::Array { max, elements })
            }
            name => kind(name).map_or_else(|| self.own(parameter), Ops::Standard),
        }
    }

    fn own(&self, parameter: &formed::Parameter) -> Ops {
        let flags =
            self.number(parameter.ops.wrapping_add(kernel_param_ops::FLAGS as u64)).unwrap_or_default();
        Ops::Own { value_is_optional: flags as u32 & NOARG != 0 }
    }

    fn number(&self, address: u64) -> Option<u64> {
        self.image.bytes(address)?.first_chunk().map(|bytes| u64::from_le_bytes(*bytes))
    }

    /// The name of the symbol whose address a relocation has put at `address`.
    fn symbol_at(&self, address: u64) -> Option<&[u8]> {
        self.module.relocation_tables().find_map(|table| {
            let (base, size) =
                (*self.addresses.get(table.target)?, self.module.sections.get(table.target)?.size);
            let offset = address.checked_sub(base).filter(|&offset| base != 0 && offset < size)?;
            let rela = table.entries().find(|rela| rela.offset == offset && rela.addend == 0)?;
            self.module.symbols.get(rela.symbol as usize).map(|symbol| &**symbol.name)
        })
    }
}

impl Ops {
    const OWN: Ops = Ops::Own { value_is_optional: false };

    fn value_is_optional(self) -> bool {
        match self {
            Ops::Standard(kind) => standard(kind, 0).value_is_optional(),
            Ops::Own { value_is_optional } => value_is_optional,
            Ops::Charp | Ops::CopyString { .. } | Ops::Array { .. } => false,
        }
    }

    fn set(self, value: Option<&mut [u8]>, param: &mut Setting) -> Result<(), Errno> {
        match self {
            Ops::Standard(kind) => standard(kind, 0).set(value, param),
            Ops::Charp => Charp::default().set(value, param),
            Ops::CopyString { maxlen } => CopyString::new(maxlen, "").set(value, param),
            Ops::Array { max, elements } => {
                let mut room = Room { max: max as usize, kind: elements };
                param_array(value.ok_or(Errno::EINVAL)?, &mut room, param)
            }
            Ops::Own { .. } => Ok(()),
        }
    }
}

/// An array without elements: what it is given is looked at and forgotten.
struct Room {
    max: usize,
    kind: Option<ParamKind>,
}

impl Elements for Room {
    fn max(&self) -> usize {
        self.max
    }

    fn set_count(&mut self, _count: usize) {}

    fn set(&mut self, _index: usize, value: &mut [u8]) -> Result<(), Errno> {
        self.kind.map_or(Ok(()), |kind| standard(kind, 0).set(Some(value), &mut Setting::of("".into())))
    }
}

impl Target for Judged<'_, '_, '_> {
    fn set(&mut self, index: usize, value: Option<&mut [u8]>) -> Result<(), Errno> {
        let (parameter, ops) = self.parameters.get(index).zip(self.ops.get(index)).ok_or(Errno::ENOENT)?;
        if self.unsafe_ones.get(index).copied().unwrap_or_default() {
            self.judgement.print(format!("Setting dangerous option {} - tainting kernel", parameter.name));
            self.judgement.add_taint(Taint::User);
        }
        let mut param = Setting::of(parameter.name.as_ref());
        let answer = ops.set(value, &mut param);
        param.printed.into_iter().for_each(|line| self.judgement.print(line));
        answer
    }

    fn get(&mut self, _index: usize) -> Result<Vec<u8>, Errno> {
        Err(Errno::EPERM)
    }

    fn print(&mut self, _level: Level, line: String) {
        self.judgement.print(line);
    }
}

/// The type whose operations vmlinux exports under this name.
fn kind(name: &[u8]) -> Option<ParamKind> {
    Some(match name.strip_prefix(b"param_ops_")? {
        b"byte" => ParamKind::Byte,
        b"short" => ParamKind::Short,
        b"ushort" => ParamKind::Ushort,
        b"int" => ParamKind::Int,
        b"uint" => ParamKind::Uint,
        b"long" => ParamKind::Long,
        b"ulong" => ParamKind::Ulong,
        b"ullong" => ParamKind::Ullong,
        b"hexint" => ParamKind::Hexint,
        b"bool" => ParamKind::Bool,
        b"bool_enable_only" => ParamKind::BoolEnableOnly,
        b"invbool" => ParamKind::Invbool,
        b"bint" => ParamKind::Bint,
        _ => return None,
    })
}
