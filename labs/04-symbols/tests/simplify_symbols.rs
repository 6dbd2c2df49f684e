//! Every symbol of a module gets its value, or the module is refused with everything that is wrong.

use abi::{Errno, LoadError};
use elf::Symbol;
use symbols::simplify_symbols;

use crate::common::{judgement, module, section, symbol};

/// `st_info` of global data, and of what is wanted from elsewhere.
const OBJECT: u8 = 1 << 4 | 1;
const WANTED: u8 = 1 << 4;
const WANTED_WEAKLY: u8 = 2 << 4;

/// Section numbers that are none.
const UNDEF: u16 = 0;
const LIVEPATCH: u16 = 0xff20;
const ABS: u16 = 0xfff1;
const COMMON: u16 = 0xfff2;

/// What the rest of the kernel has: `there` is exported, `changed` has another version, `busy` is not yet to
/// be had. Who asks for anything else is told that nobody exports it.
fn somebody(name: &[u8]) -> Result<Option<u64>, Errno> {
    match name {
        b"there" => Ok(Some(1234)),
        b"changed" => Err(Errno::EINVAL),
        b"busy" => Err(Errno::EBUSY),
        _ => Ok(None),
    }
}

/// The values of all symbols, or the errno with the lines.
type Simplified = Result<Vec<u64>, (Errno, Vec<String>)>;

/// The values of these symbols in a module with two sections, at 1000 and 2000; symbol 0 comes first.
fn simplify(symbols: &[Symbol]) -> Simplified {
    let module = module(vec![section(".text", 16), section(".data", 16)], symbols.to_vec());
    shown(simplify_symbols(&mut judgement(), &module, &[0, 1000, 2000], |_, symbol| somebody(symbol.name)))
}

fn shown(result: Result<Vec<u64>, LoadError>) -> Simplified {
    result.map_err(|refusal| (refusal.errno, refusal.lines().map(str::to_owned).collect()))
}

fn wanted(name: &str) -> Symbol<'_> {
    symbol(name, WANTED, UNDEF, 0)
}

fn refusal(errno: Errno, lines: &[&str]) -> Simplified {
    Err((errno, lines.iter().map(|&line| line.into()).collect()))
}

#[test]
fn a_symbol_lies_in_its_section() {
    assert_eq!(
        simplify(&[symbol("a", OBJECT, 1, 8), symbol("b", OBJECT, 2, 4)]),
        Ok(vec![0, 1008, 2004]),
        "st_value is an offset in the section; the section's address is added"
    );
}

#[test]
fn an_undefined_symbol_has_the_value_that_was_found() {
    assert_eq!(
        simplify(&[symbol("a", OBJECT, 1, 0), wanted("there"), symbol("b", OBJECT, 1, 1)]),
        Ok(vec![0, 1000, 1234, 1001]),
        "each value stands under its symbol's number: relocations name symbols by number"
    );
}

#[test]
fn symbol_number_0_is_nobody() {
    assert_eq!(
        simplify(&[]),
        Ok(vec![0]),
        "the kernel counts from 1: number 0 is undefined and empty in every file, and nobody looks for it"
    );
    assert_eq!(
        simplify(&[wanted("")]),
        refusal(Errno::ENOENT, &["hello: Unknown symbol  (err -2)"]),
        "any other symbol without a name is looked for like all others"
    );
}

#[test]
fn what_needs_no_address_keeps_its_value() {
    for section in [ABS, LIVEPATCH] {
        assert_eq!(
            simplify(&[symbol("a", OBJECT, section, 77)]),
            Ok(vec![0, 77]),
            "section {section:#x}: an absolute symbol is final, and live patching resolves its own"
        );
    }
}

#[test]
fn a_weak_symbol_that_nobody_exports_is_zero() {
    assert_eq!(
        simplify(&[symbol("nowhere", WANTED_WEAKLY, UNDEF, 0), symbol("there", WANTED_WEAKLY, UNDEF, 0)]),
        Ok(vec![0, 0, 1234]),
        "weak means: the module compares the address with 0 before it calls"
    );
}

#[test]
fn a_weak_symbol_with_the_wrong_crc_is_still_refused() {
    assert_eq!(
        simplify(&[symbol("changed", WANTED_WEAKLY, UNDEF, 0)]),
        refusal(Errno::EINVAL, &["hello: Unknown symbol changed (err -22)"]),
        "weak forgives only NULL, which is \"not found\"; this one was found and must not be used"
    );
}

#[test]
fn the_assemblers_global_offset_table_is_not_missed() {
    assert_eq!(
        simplify(&[wanted("_GLOBAL_OFFSET_TABLE_")]),
        Ok(vec![0, 0]),
        "GNU as before 2.37 leaves it behind, and nothing refers to it (ignore_undef_symbol)"
    );
    assert_eq!(
        simplify(&[wanted("_GLOBAL_OFFSET_TABLE")]),
        refusal(Errno::ENOENT, &["hello: Unknown symbol _GLOBAL_OFFSET_TABLE (err -2)"]),
        "the whole name counts"
    );
}

#[test]
fn a_common_symbol_is_refused() {
    assert_eq!(
        simplify(&[symbol("uninitialised", OBJECT, COMMON, 8)]),
        refusal(Errno::ENOEXEC, &["hello: please compile with -fno-common"]),
        "nobody has given it a place, and the kernel's loader gives none"
    );
    assert_eq!(
        simplify(&[symbol("__gnu_lto_slim", OBJECT, COMMON, 1)]),
        Ok(vec![0, 1]),
        "what link-time optimisation leaves behind is let pass"
    );
}

#[test]
fn a_symbol_in_a_section_that_does_not_exist_is_refused() {
    for section in [3, 200, 0xfeff] {
        let line = format!("hello: Symbol lost has an invalid section index {section} (max 2)");
        assert_eq!(
            simplify(&[symbol("lost", OBJECT, section, 0)]),
            refusal(Errno::ENOEXEC, &[&line]),
            "e_shnum is 3: the last section is number 2"
        );
    }
}

#[test]
fn everything_that_is_wrong_is_said_and_the_last_failure_is_the_answer() {
    let symbols = [
        wanted("nowhere"),
        wanted("busy"),
        wanted("there"),
        symbol("uninitialised", OBJECT, COMMON, 8),
        wanted("changed"),
        symbol("fine", OBJECT, 1, 0),
    ];
    assert_eq!(
        simplify(&symbols),
        refusal(
            Errno::EINVAL,
            &[
                "hello: Unknown symbol nowhere (err -2)",
                "hello: Unknown symbol busy (err -16)",
                "hello: please compile with -fno-common",
                "hello: Unknown symbol changed (err -22)",
            ]
        ),
        "the kernel only sets `ret` and goes on, so that one attempt shows all that is missing; the errno is \
         the last failure's, and a symbol that is fine does not clear it"
    );
}

#[test]
fn the_lines_of_a_refusal_are_handed_over_and_earlier_ones_stay() {
    let module = module(Vec::new(), vec![wanted("f")]);
    let mut judgement = judgement();
    judgement.print("hello: module verification failed");
    let came = simplify_symbols(&mut judgement, &module, &[0], |judgement, _| {
        judgement.print("hello: disagrees about version of symbol f");
        Err(Errno::EINVAL)
    });
    let lines = ["hello: disagrees about version of symbol f", "hello: Unknown symbol f (err -22)"];
    assert_eq!(
        shown(came),
        refusal(Errno::EINVAL, &lines),
        "the lines of `resolve` belong to the refusal, what was printed before does not"
    );
    assert_eq!(
        judgement.lines,
        ["hello: module verification failed"],
        "log and refusal together are what the kernel printed: no line is lost, and none is there twice"
    );
}

#[test]
fn what_is_printed_about_a_module_that_is_accepted_stays_in_the_log() {
    let module = module(Vec::new(), vec![wanted("f")]);
    let mut judgement = judgement();
    let came = simplify_symbols(&mut judgement, &module, &[0], |judgement, _| {
        judgement.print("hello: no symbol version for f");
        Ok(Some(7))
    });
    assert_eq!(came, Ok(vec![0, 7]), "a warning is no refusal");
    assert_eq!(judgement.lines, ["hello: no symbol version for f"], "and it is not lost");
}

#[test]
fn each_undefined_symbol_is_looked_up_once_and_no_other() {
    let symbols =
        vec![wanted("a"), symbol("mine", OBJECT, 1, 0), symbol("b", WANTED_WEAKLY, UNDEF, 0), wanted("a")];
    let module = module(vec![section(".text", 16)], symbols);
    let mut asked = Vec::new();
    let came = simplify_symbols(&mut judgement(), &module, &[0, 1000], |_, symbol| {
        asked.push(symbol.name.to_string());
        Ok(Some(1))
    });
    assert_eq!(came, Ok(vec![0, 1, 1000, 1, 1]), "every value under its symbol's number");
    assert_eq!(asked, ["a", "b", "a"], "what the module defines itself is nobody else's business");
}
