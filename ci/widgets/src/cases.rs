//! What the widgets' JavaScript is held against: cases that the reference has decided, the same on every computer.

use anyhow::Result;
use elf::{Module, Rela};
use oorandom::Rand64;
use relocate::x86_64::apply_relocate_add;
use serde_json::{Value, json};
use specimens::{
    SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_NOBITS, SHT_PROGBITS, Section, damage::damages, hello, signed,
};

use crate::{Files, inspector::read, layout::described, modules::spaced, version::signature};

/// How many cases there are of each.
const RELOCATIONS: usize = 700;
const SIGNATURES: usize = 80;
const LAYOUTS: usize = 160;
const DAMAGED: usize = 60;
const INSPECTED: usize = 14;

/// All of them, a file for each widget.
pub fn files(files: &mut Files) -> Result<()> {
    for (name, cases) in [
        ("relocation", relocations()),
        ("version", signatures()?),
        ("layout", layouts()?),
        ("inspector", inspected()),
    ] {
        let lines: Vec<String> = cases.iter().map(Value::to_string).collect();
        files.insert(format!("ci/widgets/cases/{name}.json"), format!("[\n{}\n]\n", lines.join(",\n")));
    }
    Ok(())
}

/// One of them.
fn pick<T: Copy>(dice: &mut Rand64, from: &[T]) -> T {
    from[dice.rand_range(0..from.len() as u64) as usize]
}

/// A relocation each: mostly of a kind that there is, with a value near a border, of an empty place in the section.
fn relocations() -> Vec<Value> {
    let mut dice = Rand64::new(6);
    let borders = [
        0,
        0x7fff_ffff,
        0x8000_0000,
        0xffff_ffff,
        0x1_0000_0000,
        0xffff_ffff_7fff_ffff,
        0xffff_ffff_8000_0000,
        u64::MAX,
    ];
    let one = |_| {
        let kind = pick(&mut dice, &[0, 1, 2, 4, 10, 10, 11, 11, 24, 24, 1, 3]);
        let near = pick(&mut dice, &borders).wrapping_add(dice.rand_range(0..9)).wrapping_sub(4);
        let symbol = match dice.rand_range(0..3) {
            0 => dice.rand_u64(),
            _ => near,
        };
        let addend = pick(&mut dice, &[0, -4, 4, -1, 1, 0x28, -0x8000_0000, i64::MAX, i64::MIN]);
        let address =
            pick(&mut dice, &[0xffff_ffff_c000_0000, 0xffff_ffff_a012_3000, 0x1000, 0xffff_8000_0000_0000]);
        let offset = dice.rand_range(0..9);
        let mut section = [0; 16];
        if dice.rand_range(0..3) == 0 {
            section[dice.rand_range(0..16) as usize] = 1 + dice.rand_range(0..255) as u8;
        }
        let before = spaced(&section);
        let entry = std::iter::once(Rela { offset, kind, symbol: 0, addend });
        let said = apply_relocate_add(&mut section, address, entry, &[symbol], "m".into());
        json!({
            "kind": kind, "S": format!("{symbol:#x}"), "A": addend.to_string(), "address": format!("{address:#x}"),
            "offset": offset, "before": before, "after": spaced(&section),
            "said": said.err().map(|refusal| refusal.message).unwrap_or_default(),
        })
    };
    (0..RELOCATIONS).map(one).collect()
}

/// A declaration each, with types in it that lead to other types.
fn signatures() -> Result<Vec<Value>> {
    let mut dice = Rand64::new(3);
    let basic =
        ["int", "long", "unsigned int", "char *", "const void *", "unsigned long long", "_Bool", "u8"];
    let mut cases = Vec::new();
    for number in 0..SIGNATURES {
        let mut text = String::from("typedef unsigned char u8;\nstruct unseen;\n");
        let mut types: Vec<String> = basic.iter().map(|name| name.to_string()).collect();
        types.push("struct unseen *".into());
        for depth in 0..dice.rand_range(0..5) {
            let members: String = (0..1 + dice.rand_range(0..4))
                .map(|member| {
                    format!("{} m{member};", types[dice.rand_range(0..types.len() as u64) as usize])
                })
                .collect();
            text += &format!("struct s{depth} {{ {members} }};\n");
            types.extend([format!("struct s{depth}"), format!("struct s{depth} *")]);
        }
        let mut one = || types[dice.rand_range(0..types.len() as u64) as usize].clone();
        text += &format!("{} f{number}({} a, {} b);", one(), one(), one());
        let (signature, crc) = signature(&format!("f{number}"), &text)?;
        cases.push(json!({ "signature": signature, "crc": crc }));
    }
    Ok(cases)
}

/// A module each: with sections of every kind, and then specimens that were damaged and are accepted all the same.
fn layouts() -> Result<Vec<Value>> {
    let mut dice = Rand64::new(5);
    let names = [
        ".text.unlikely",
        ".rodata",
        ".data",
        ".init.text",
        ".init.data",
        ".init.rodata",
        ".exit.text",
        "__jump_table",
        ".data..ro_after_init",
        ".data..percpu",
        ".init",
        ".note",
        "__param",
        ".comment",
        ".initcall",
    ];
    let flags = [
        0,
        SHF_ALLOC,
        SHF_ALLOC | SHF_WRITE,
        SHF_ALLOC | SHF_EXECINSTR,
        SHF_ALLOC | 0x20_0000,
        SHF_ALLOC | SHF_WRITE | 0x20_0000,
    ];
    let mut cases = Vec::new();
    for _ in 0..LAYOUTS {
        let mut builder = hello();
        for _ in 0..1 + dice.rand_range(0..8) {
            let (name, flags) = (pick(&mut dice, &names), pick(&mut dice, &flags));
            let (size, alignment) = (
                pick(&mut dice, &[0, 1, 7, 64, 0xfff, 0x1000, 0x1001]),
                pick(&mut dice, &[0, 1, 4, 32, 64, 0x1000, 0x4000]),
            );
            let section = match pick(&mut dice, &[true, false, false]) {
                true => Section { nobits: size, ..Section::new(name, SHT_NOBITS, flags, []) },
                false => Section::new(name, SHT_PROGBITS, flags, vec![0; size as usize]),
            };
            builder.section(Section { alignment, ..section });
        }
        cases.extend(laid_out(&builder.build()));
    }
    let whole = hello().build();
    let mut seen = cases.clone();
    for damaged in damages(&whole, 5).take(20_000) {
        let new = laid_out(&damaged.bytes).filter(|case| !seen.contains(case));
        seen.extend(new);
        if seen.len() == cases.len() + DAMAGED {
            break;
        }
    }
    Ok(seen)
}

/// A file each: whole, signed, and damaged in ways that are accepted all the same.
fn inspected() -> Vec<Value> {
    let whole = hello().build();
    let files = [whole.clone(), signed(&whole, &[0x30; 100])];
    let damaged = damages(&whole, 1).map(|damaged| damaged.bytes);
    files.into_iter().chain(damaged).filter_map(|file| read(&file)).take(INSPECTED).collect()
}

/// The case that a file makes, where it is accepted.
fn laid_out(bytes: &[u8]) -> Option<Value> {
    described(&Module::parse(bytes).ok()?).ok()
}
