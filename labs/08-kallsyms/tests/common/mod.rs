//! A small module with chosen symbols, and compressed names written by hand.

pub use specimens as builder;

use elf::Module;
use kallsyms::{Kallsyms, Names, TokenTable};
use layout::{Bases, Layout};
use specimens::{Builder, FUNCTION, SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_PROGBITS, Section, hello};

pub use specimens::Hex;

pub const TEXT: u64 = SHF_ALLOC | SHF_EXECINSTR;
pub const DATA: u64 = SHF_ALLOC | SHF_WRITE;
/// Where the parts of the module lie.
pub const CORE: u64 = 0x10_0000;
pub const INIT: u64 = 0x20_0000;
/// Where section 4 lies: behind `struct module`, in the pages that follow those of the text.
pub const DATA_START: u64 = CORE + 0x1000 + 896;
/// `SHN_ABS`.
pub const ABS: u16 = 0xfff1;

/// The sections of [`program`], by number.
pub const TEXT_SECTION: u16 = 2;
pub const INIT_SECTION: u16 = 3;
pub const DATA_SECTION: u16 = 4;

/// A module called hello: number 1 is `struct module`, 2 instructions, 3 instructions of init, 4 data;
/// no symbols but number 0.
pub fn program() -> Builder {
    let unneeded =
        [".text", ".rela.text", ".rela.gnu.linkonce.this_module", "__versions", ".modinfo", ".bss"];
    let mut builder = unneeded.into_iter().fold(hello(), Builder::without);
    builder.section(Section::new(".text", SHT_PROGBITS, TEXT, [0; 0x100]));
    builder.section(Section::new(".init.text", SHT_PROGBITS, TEXT, [0; 0x40]));
    builder.section(Section::new(".data", SHT_PROGBITS, DATA, [0; 0x40]));
    builder.symbols.truncate(1);
    builder
}

/// The names of a module at [`CORE`] and [`INIT`]; a wanted symbol's value is 0xf00.
pub fn kallsyms_of(builder: &Builder) -> Kallsyms {
    let bytes = builder.build();
    let module = Module::parse(&bytes).expect("a sound file");
    let layout = Layout::of(&module).expect("a layout");
    let bases = Bases { core: CORE, init: INIT, percpu: 0x30 };
    let addresses = layout.addresses(bases);
    let value = |symbol: &elf::Symbol| match symbol.section {
        0 => 0xf00,
        ABS => symbol.value,
        section => addresses[usize::from(section)] + symbol.value,
    };
    let values: Vec<u64> = module.symbols.iter().map(value).collect();
    Kallsyms::new(&module, &layout, bases, &values)
}

/// The program with these functions: name, section, offset.
pub fn with(symbols: &[(&str, u16, u64)]) -> Kallsyms {
    let mut builder = program();
    for &(name, section, value) in symbols {
        builder.symbol(name, FUNCTION, section, value, 0);
    }
    kallsyms_of(&builder)
}

/// The tables in which these codes stand for these texts, and every other one for nothing.
pub fn token_table(texts: &[(u8, &str)]) -> TokenTable {
    let mut tables = TokenTable { table: Vec::new(), index: Vec::new() };
    for code in 0..=u8::MAX {
        tables.index.push(u16::try_from(tables.table.len()).expect("small tables"));
        let text = texts.iter().find(|token| token.0 == code).map_or("", |token| token.1);
        tables.table.extend(text.bytes());
        tables.table.push(0);
    }
    tables
}

/// A stream of names; 1 stands for `T`, 2 for `init`, 3 for `module_`, 4 for `tcore`, `x` for itself.
pub fn names(stream: &[u8], markers: &[u32]) -> Names {
    let tokens = token_table(&[(1, "T"), (2, "init"), (3, "module_"), (4, "tcore"), (b'x', "x")]);
    Names { stream: stream.to_vec(), markers: markers.to_vec(), tokens }
}
