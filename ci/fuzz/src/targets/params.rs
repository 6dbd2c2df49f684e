//! The arguments of a module, for parameters of every type.

use abi::{ParamKind, kstrtox};
use bstr::ByteSlice;
use params::{Array, Charp, CopyString, Target as _, Variables, set_module_parameters, standard};

use crate::Target;

pub(super) const TARGET: Target = Target {
    name: "params",
    about: "a module's arguments, and numbers as text",
    is_module: false,
    run,
    seeds,
};

const KINDS: [(&str, ParamKind); 13] = [
    ("byte", ParamKind::Byte),
    ("short", ParamKind::Short),
    ("ushort", ParamKind::Ushort),
    ("int", ParamKind::Int),
    ("uint", ParamKind::Uint),
    ("long", ParamKind::Long),
    ("ulong", ParamKind::Ulong),
    ("ullong", ParamKind::Ullong),
    ("hexint", ParamKind::Hexint),
    ("bool", ParamKind::Bool),
    ("bool_enable_only", ParamKind::BoolEnableOnly),
    ("invbool", ParamKind::Invbool),
    ("bint", ParamKind::Bint),
];

fn run(data: &[u8]) {
    let mut numbers = KINDS.map(|(_, kind)| standard(kind, 0));
    let mut charp = Charp(None);
    let mut room = CopyString::new(8, "");
    let mut array = Array::new([0i32; 4]);
    let mut variables = Variables::new();
    for ((name, _), number) in KINDS.iter().zip(&mut numbers) {
        variables = variables.module_param(name, 0o644, &mut **number);
    }
    variables = variables.module_param("charp", 0o644, &mut charp);
    variables = variables.module_param("room", 0o644, &mut room).module_param("array", 0o644, &mut array);
    let table = variables.table();
    let _ = set_module_parameters("module".into(), data.as_bstr(), &table, &mut variables);
    for index in 0..=table.len() {
        let _ = variables.get(index);
    }
    for base in [0, 8, 10, 16] {
        let _ = (kstrtox::kstrtoull(data, base), kstrtox::kstrtoll(data, base));
        let _ = kstrtox::simple_strtoull(data, base);
    }
    let _ = kstrtox::kstrtobool(data);
}

fn seeds() -> Vec<Vec<u8>> {
    let lines = [
        "byte=255 short=-1 ushort=65535 int=0x10 uint=010 long=-5 ulong=7 ullong=18446744073709551615",
        "hexint=ff bool=y bool_enable_only=1 invbool=off bint=1 charp=\"two words\" room=seven array=1,2,3,4",
        "bool array= charp \"int=4\" a.b=3 unknown=1 -- rest of it",
        "array=1,2,3,4,5 room=much-too-long int=99999999999 u-int=3",
    ];
    lines.iter().map(|line| line.as_bytes().to_vec()).collect()
}
