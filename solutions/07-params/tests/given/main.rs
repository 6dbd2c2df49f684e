//! What the learner is given: names that every module takes, switches, texts, lists as they are shown, and the types
//! by their names.

#[allow(dead_code, reason = "the lab's own tests use the rest")]
#[path = "../../../../labs/07-params/tests/settings.rs"]
mod settings;

mod param_array_get;
mod param_set_bool;
mod param_set_copystring;

use abi::{Errno, ParamKind};
use params::{Array, Charp, CopyString, Setting, Target, Type, Variables, standard, unknown_module_param};

#[test]
fn two_names_every_module_takes_and_a_dot_cuts_all_others() {
    for (name, called) in [
        ("colour", Some("colour")),
        ("async_probe", None),
        ("dyndbg", None),
        ("settings.dyndbg", None),
        ("a.b", Some("a")),
    ] {
        assert_eq!(unknown_module_param(name.into()), called.map(Into::into), "{name}");
    }
}

#[test]
fn a_charp_keeps_1024_characters_and_no_more() {
    let mut motto = Charp::default();
    assert_eq!(motto.get(), Ok(b"(null)\n".to_vec()), "what printf makes of a null pointer");
    let mut param = Setting::of("motto".into());
    assert_eq!(motto.set(Some(&mut [b'x'; 1024]), &mut param), Ok(()));
    assert_eq!(motto.set(Some(&mut [b'y'; 1025]), &mut param), Err(Errno::ENOSPC));
    assert_eq!(param.printed, ["motto: string parameter too long"]);
    assert_eq!(motto, Charp(Some("x".repeat(1024).into())), "the old text stays");
}

#[test]
fn each_type_reads_its_bits_and_leaves_the_rest_alone() {
    let set = |kind, old, text: &str| {
        let mut variable = standard(kind, old);
        let result = variable.set(Some(&mut text.as_bytes().to_vec()), &mut Setting::of("n".into()));
        result.map(|()| (variable.bits(), String::from_utf8(variable.get().unwrap()).unwrap()))
    };
    for (kind, old, text, expected) in [
        (ParamKind::Byte, 0, "255", Ok((255, "255\n"))),
        (ParamKind::Byte, 0, "256", Err(Errno::ERANGE)),
        (ParamKind::Short, 0, "-1", Ok((u64::MAX, "-1\n"))),
        (ParamKind::Ushort, 0, "65535", Ok((65535, "65535\n"))),
        (ParamKind::Int, 0, "-3", Ok((-3i64 as u64, "-3\n"))),
        (ParamKind::Uint, 0, "-3", Err(Errno::EINVAL)),
        (ParamKind::Long, 0, "-9223372036854775808", Ok((1 << 63, "-9223372036854775808\n"))),
        (ParamKind::Ulong, 0, "0xffffffffffffffff", Ok((u64::MAX, "18446744073709551615\n"))),
        (ParamKind::Ullong, 0, "18446744073709551616", Err(Errno::ERANGE)),
        (ParamKind::Hexint, 0, "16", Ok((16, "0x000010\n"))),
        (ParamKind::Hexint, 0, "0", Ok((0, "0x000000\n"))),
        (ParamKind::Bool, 0, "on", Ok((1, "Y\n"))),
        (ParamKind::BoolEnableOnly, 1, "0", Err(Errno::EROFS)),
        (ParamKind::BoolEnableOnly, 0, "0", Ok((0, "N\n"))),
        (ParamKind::Invbool, 1, "y", Ok((0, "Y\n"))),
        (ParamKind::Bint, 0, "y", Ok((1, "1\n"))),
    ] {
        let came = set(kind, old, text);
        assert_eq!(came, expected.map(|(bits, text)| (bits, text.to_owned())), "{kind:?} {text}");
    }
}

#[test]
fn only_bool_and_its_kin_may_stand_alone_and_invbool_may_not() {
    for (kind, optional) in [
        (ParamKind::Bool, true),
        (ParamKind::BoolEnableOnly, true),
        (ParamKind::Bint, true),
        (ParamKind::Invbool, false),
        (ParamKind::Int, false),
    ] {
        assert_eq!(standard(kind, 0).value_is_optional(), optional, "{kind:?}");
    }
}

#[test]
fn a_type_shows_the_bits_that_are_there() {
    for (kind, bits, expected) in [
        (ParamKind::Bool, 1, "Y\n"),
        (ParamKind::Bool, 0, "N\n"),
        (ParamKind::BoolEnableOnly, 1, "Y\n"),
        (ParamKind::Invbool, 1, "N\n"),
        (ParamKind::Bint, 7, "7\n"),
        (ParamKind::Short, 0xffff, "-1\n"),
    ] {
        assert_eq!(standard(kind, bits).get(), Ok(expected.into()), "{kind:?}");
    }
}

#[test]
fn without_a_value_only_a_switch_can_be_set() {
    let (mut number, mut text, mut array) = (0i32, Charp::default(), Array::new([0u8]));
    let mut string = CopyString::new(8, "");
    let types: [&mut dyn Type; 4] = [&mut number, &mut text, &mut array, &mut string];
    for variable in types {
        assert_eq!(variable.set(None, &mut Setting::of("n".into())), Err(Errno::EINVAL));
    }
}

#[test]
fn what_is_not_there_is_neither_set_nor_shown() {
    let mut volume = 5i32;
    let mut module = Variables::new().module_param("volume", 0o644, &mut volume);
    assert_eq!(module.set(1, Some(&mut b"1".to_vec())), Err(Errno::ENOENT));
    assert_eq!(module.get(1), Err(Errno::ENOENT));
    let too_many = Array { elements: vec![1u8], count: 2 };
    assert_eq!(too_many.get(), Err(Errno::EINVAL), "a count that somebody has made too large");
}
