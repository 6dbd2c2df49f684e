//! How far the generator of damaged modules comes: on the course's own modules it reaches every refusal that Linux 6.1
//! makes before a module runs, and every rule by which this loader is stricter, as far as one file alone can.

use std::collections::{BTreeMap, BTreeSet};

use abi::{Errno, Policy, Stricter, Symvers, VERMAGIC};
use course_modules::{builtin_symvers, cached};
use loader::verdict::Judge;
use specimens::damage::damages;

/// How many damaged files of each module.
const EACH: usize = 1200;

/// Words of every refusal and of every line about a taint, in the kernel's order.
///
/// Not among them is what takes more than a file: a module that is there already or on its way, one that is
/// proprietary and exports, a blacklist, a kernel without memory.
const LINES: [&str; 38] = [
    "Invalid ELF header len ",
    "Invalid ELF header magic: != ",
    "Invalid ELF header type: ",
    "Invalid architecture in ELF header: ",
    "Invalid ELF section header size",
    "Invalid ELF section header overflow",
    "Invalid ELF section name index: ",
    "Invalid ELF section hdr(type ",
    "empty section name table",
    "ELF Spec violation: section name table isn't null terminated",
    "ELF Spec violation: section 0 type(",
    "Invalid ELF sh_link!=SHN_UNDEF(",
    "Invalid ELF section in module (section ",
    "Invalid ELF section name in module (section ",
    ": module has no symbols (stripped?)",
    ": No module found in object",
    "(missing .modinfo section or name field)",
    ": disagrees about version of symbol module_layout",
    ": no symbol version for module_layout",
    ": module_layout: kernel tainted.",
    ": bad vermagic: kernel tainted.",
    ": version magic '",
    ": loading out-of-tree module taints kernel.",
    ": loading module not compiled with retpoline compiler.",
    ": module is from the staging directory, the quality is unknown, you have been warned.",
    ": module license 'unspecified' taints kernel.",
    ": module license 'Proprietary' taints kernel.",
    ": loading test module taints kernel.",
    " has invalid WRITE|EXEC flags",
    ": please compile with -fno-common",
    " has an invalid section index ",
    ": disagrees about version of symbol _printk",
    ": no symbol version for _printk",
    " from namespace ABACUS, but does not import it.",
    ": Unknown symbol no_such_symbol (err -2)",
    ": Unknown symbol abacus_multiply (err -2)",
    ": no versions for exported symbols: kernel tainted.",
    "x86/modules: Skipping invalid relocation target, existing value is nonzero for type ",
];

/// And of relocations, which have no room above.
const RELOCATIONS: [&str; 4] = [
    "overflow in relocation type ",
    " likely not compiled with -mcmodel=kernel",
    ": Unknown rela relocation: ",
    ": REL relocation unsupported",
];

/// The course's own modules have none of the tables that could be damaged: no `__jump_table`, and nothing of what objtool
/// and tracing leave in the kernel's.
const NOT_HERE: [Stricter; 3] = [Stricter::PatchSite, Stricter::PointerTable, Stricter::Branch];

/// Every answer to every damaged file: errnos, lines and rules.
#[derive(Default)]
struct Reached {
    files: usize,
    errnos: BTreeMap<&'static str, usize>,
    lines: BTreeSet<String>,
    rules: BTreeSet<Stricter>,
}

fn reached() -> Reached {
    let modules = cached().expect("the course's own modules can be built here");
    let mut symvers: Symvers = builtin_symvers();
    modules.iter().flat_map(|module| module.exports.clone()).for_each(|entry| symvers.insert(entry));
    let judge = Judge::new(symvers, VERMAGIC, Policy::default());
    let mut reached = Reached::default();
    for module in modules {
        let sound = std::fs::read(&module.path).expect("the module can be read");
        for damaged in damages(&sound, 1).take(EACH) {
            let verdict = judge.judge(&damaged.bytes);
            let refusal = verdict.answer.as_ref().err();
            reached.files += 1;
            *reached.errnos.entry(refusal.map_or("OK", |refusal| refusal.errno.name())).or_default() += 1;
            reached.rules.extend(refusal.and_then(|refusal| refusal.stricter));
            reached.lines.extend(verdict.lines().map(str::to_owned));
        }
    }
    reached
}

#[test]
fn damaged_modules_reach_every_refusal_and_every_stricter_rule() {
    let reached = reached();
    let has = |words: &str| reached.lines.iter().any(|line| line.contains(words));
    let missed: Vec<_> = LINES.into_iter().chain(RELOCATIONS).filter(|words| !has(words)).collect();
    assert!(missed.is_empty(), "{} files, and no answer has the words {missed:#?}", reached.files);

    let rules = Stricter::ALL.iter().filter(|rule| !NOT_HERE.contains(rule));
    let missed: Vec<_> = rules.filter(|rule| !reached.rules.contains(rule)).collect();
    assert!(missed.is_empty(), "{} files, and none is refused by the rules {missed:?}", reached.files);

    let expected = ["OK", "ENOEXEC", "ENOENT", "EINVAL", Errno::EBADMSG.name()];
    for errno in expected {
        assert!(reached.errnos.contains_key(errno), "no answer is {errno}: {:?}", reached.errnos);
    }
}
