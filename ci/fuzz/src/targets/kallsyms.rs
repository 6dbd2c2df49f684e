//! Tables of symbols, compressed as the kernel does it.

use bstr::{BStr, ByteSlice};
use kallsyms::Vmlinux;

use crate::Target;

pub(super) const TARGET: Target = Target {
    name: "kallsyms",
    about: "a table of symbols, compressed and read again",
    is_module: false,
    run,
    seeds,
};

fn run(data: &[u8]) {
    let line = |line| {
        let (address, rest) = <[u8]>::split_at_checked(line, 4)?;
        let address = u32::from_le_bytes(address.try_into().ok()?);
        // Behind a tab stands the module's name, and what is longer than the kernel's longest name is cut.
        let is_name = (1..512).contains(&rest.len()) && !rest.contains(&0) && !rest.contains(&b'\t');
        is_name.then_some((u64::from(address), 'T', BStr::new(rest)))
    };
    let symbols: Vec<_> = data.split(|&byte| byte == b'\n').filter_map(line).collect();
    let Some(table) = Vmlinux::new(symbols.iter().copied()) else { return };
    for (address, _, name) in symbols {
        assert!(table.lookup_name(name).is_some(), "{name} is not found again");
        let _ = table.lookup_address(address);
    }
    let _ = (table.lookup_address(0), table.lookup_address(u64::MAX), table.sizes());
}

fn seeds() -> Vec<Vec<u8>> {
    let names: [&[u8]; 2] =
        [b"mishap_init\nmishap_exit\nmishap_null\ncaf\xc3\xa9", b"aaaaaaaaaaaaaaaaaa\naaaa\naab"];
    let with_addresses = |names: &[u8]| {
        let lines = names.lines().zip(1u32..).map(|(name, at)| [&(at << 8).to_le_bytes(), name].concat());
        lines.collect::<Vec<_>>().join(&b'\n')
    };
    names.map(with_addresses).to_vec()
}
