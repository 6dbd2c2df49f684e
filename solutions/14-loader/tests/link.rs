//! `loader link`, and the one way to link that it shares with the loader.

use std::{collections::BTreeMap, error::Error, fs};

use abi::{Errno, LoadError, Policy, Stricter};
use elf::Module;
use layout::{Bases, Layout};
use loader::link::{Parts, link, link_file};
use specimens::{
    Builder, FUNCTION, R_X86_64_64, R_X86_64_PLT32, SHF_ALLOC, SHF_WRITE, SHT_PROGBITS, Section, hello, rela,
    section::{FLAGS, TYPE},
    with_section,
};
use symbols::simplify_symbols;
use vermagic::{Judgement, Taints};

const BASES: Bases = Bases { core: 0x10_0000, init: 0x20_0000, percpu: 0x30 };

/// Core, init and per-CPU part of a module in which everything undefined lies at 0x4000.
fn linked(file: &[u8]) -> Result<[Vec<u8>; 3], LoadError> {
    let module = Module::parse(file)?;
    let layout = Layout::of(&module)?;
    let addresses = layout.addresses(BASES);
    let mut judgement = Judgement::new(&module, Policy::default(), Taints::NONE);
    let symbols = simplify_symbols(&mut judgement, &module, &addresses, |_, _| Ok(Some(0x4000)))?;
    let sizes = [layout.core.size, layout.init.size, layout.percpu.size];
    let mut memory = sizes.map(|size| vec![0; size as usize]);
    let [core, init, percpu] = &mut memory;
    link(&module, &layout, &addresses, &symbols, &mut Parts { core, init, percpu, taints: None })?;
    Ok(memory)
}

/// What `loader link` writes: each file's bytes by its name.
fn link_to_files(file: &[u8], base: u64) -> Result<BTreeMap<String, Vec<u8>>, Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    let (input, outdir) = (directory.path().join("hello.ko"), directory.path().join("out"));
    fs::write(&input, file)?;
    link_file(&input, base, 0x4000, &outdir)?;
    let read = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry?;
        Ok((entry.file_name().to_string_lossy().into_owned(), fs::read(entry.path())?))
    };
    fs::read_dir(&outdir)?.map(read).collect()
}

#[test]
fn a_call_leads_from_its_section_to_the_symbol() {
    let [core, ..] = linked(&hello().build()).unwrap();
    let call = i32::from_le_bytes(core[4..8].try_into().unwrap());
    assert_eq!(call, 0x4000 - 0x10_0004 - 4);
}

#[test]
fn struct_module_points_to_init() {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    let place = Layout::of(&module).unwrap().placement(module.this_module).unwrap();
    let [core, ..] = linked(&file).unwrap();
    let at = place.offset as usize + abi::offsets::module::INIT;
    assert_eq!(core[at..at + 8], 0x10_0000_u64.to_le_bytes());
    assert_eq!(&core[place.offset as usize + abi::offsets::module::NAME..][..6], b"hello\0");
}

#[test]
fn init_data_points_into_the_core_part() {
    let mut builder = hello();
    let init = builder.section(Section::new(".init.data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, [0; 8]));
    builder.relocations(".rela.init.data", init as u32, &[rela(0, R_X86_64_64, 2, 3)]);
    let [_, init, _] = linked(&builder.build()).unwrap();
    assert_eq!(init[..8], 0x10_0003_u64.to_le_bytes());
}

/// Hello with eight bytes of per-CPU data and a pointer to it, and a relocation of the data itself.
fn with_percpu() -> Builder {
    let mut builder = hello();
    let flags = SHF_ALLOC | SHF_WRITE;
    let percpu = builder.section(Section::new(".data..percpu", SHT_PROGBITS, flags, [7; 8]));
    let data = builder.section(Section::new(".data", SHT_PROGBITS, flags, [0; 8]));
    builder.symbol("counter", FUNCTION, percpu as u16, 4, 4);
    builder.relocations(".rela.data", data as u32, &[rela(0, R_X86_64_64, 7, 0)]);
    builder.relocations(".rela.data..percpu", percpu as u32, &[rela(0, R_X86_64_64, 7, 0)]);
    builder
}

#[test]
fn per_cpu_data_is_copied_and_not_relocated() {
    let [_, _, percpu] = linked(&with_percpu().build()).unwrap();
    assert_eq!(percpu, [7; 8], "6.1 clears its ALLOC flag first, and then skips what is not ALLOC");
}

#[test]
fn a_per_cpu_symbol_is_an_offset_from_each_cpus_base() {
    let [core, ..] = linked(&with_percpu().build()).unwrap();
    assert!(core.windows(8).any(|bytes| bytes == 0x34_u64.to_le_bytes()));
}

#[test]
fn relocations_without_addends_are_refused() {
    let file = with_section(&hello().build(), 2, TYPE, &9u32.to_le_bytes());
    let expected = LoadError::new(Errno::ENOEXEC, "module hello: REL relocation unsupported");
    assert_eq!(linked(&file), Err(expected));
}

#[test]
fn relocations_for_live_patching_are_applied_by_their_name_and_not_here() {
    let patching = |name: &str| {
        let mut builder = hello();
        builder.named(".rela.text").name = name.into();
        linked(&with_section(&builder.build(), 2, FLAGS, &0x10_0040u64.to_le_bytes()))
    };
    assert_eq!(patching(".klp.rela.vmlinux..text").unwrap_err().stricter, Some(Stricter::LivePatch));
    let [text, ..] = patching(".klp.rela.ext4..text").expect("ext4 is not there yet");
    assert_eq!(text[..16], [0; 16], "its turn comes when ext4 comes");
    for name in [".rela.text", ".klp.rela", ".klp.rela.", ".klp.rela..text"] {
        let expected = format!("livepatch: section {name} has an incorrectly formatted name");
        assert_eq!(patching(name), Err(LoadError::new(Errno::EINVAL, expected)));
    }
}

#[test]
fn parts_that_are_too_short_are_refused() {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    let layout = Layout::of(&module).unwrap();
    let mut parts = Parts { core: &mut [0; 100], init: &mut [], percpu: &mut [], taints: None };
    let refused = link(&module, &layout, &layout.addresses(BASES), &[0; 7], &mut parts);
    assert_eq!(refused, Err(LoadError::silent(Errno::ENOMEM)));
}

#[test]
fn the_map_has_a_line_for_each_loaded_section() {
    let files = link_to_files(&hello().build(), 0x10_0000).unwrap();
    assert_eq!(
        String::from_utf8_lossy(&files["map"]),
        ".text\t0x100000\t0x10\t001.text\n\
         .gnu.linkonce.this_module\t0x101000\t0x380\t004.gnu.linkonce.this_module\n\
         .bss\t0x101380\t0x20\t007.bss\n"
    );
}

#[test]
fn each_file_has_the_final_bytes() {
    let files = link_to_files(&hello().build(), 0x10_0000).unwrap();
    assert_eq!(files["001.text"][4..8], (0x4000_i32 - 0x10_0004 - 4).to_le_bytes());
    assert_eq!(files["007.bss"], [0; 32], "what has no bytes in the file is zero");
}

#[test]
fn a_base_that_is_no_page_is_refused() {
    for base in [1, 0x10_0008, u64::MAX, u64::MAX - 0xfff] {
        let refused = link_to_files(&hello().build(), base).unwrap_err().to_string();
        assert!(refused.starts_with("--base: "), "{refused}");
    }
}

#[test]
fn a_base_beyond_the_reach_of_a_relocation_gives_the_kernels_words() {
    let mut builder = hello();
    builder.relocations(".rela.more", 1, &[rela(12, 11, 2, 0), rela(8, R_X86_64_PLT32, 2, 0)]);
    let refused = link_to_files(&builder.build(), 0x8000_0000).unwrap_err().to_string();
    assert!(refused.contains("overflow in relocation type 11 val 80000000"), "{refused}");
    assert!(refused.contains("hello.ko: ENOEXEC: "), "{refused}");
}

#[test]
fn a_sections_odd_name_cannot_lead_out_of_the_directory() {
    let mut builder = hello();
    builder.section(Section::new("../../x/y z\u{e9}", SHT_PROGBITS, SHF_ALLOC, [1; 8]));
    let files = link_to_files(&builder.build(), 0x10_0000).unwrap();
    assert_eq!(files["008.._.._x_y_z__"], [1; 8]);
}
