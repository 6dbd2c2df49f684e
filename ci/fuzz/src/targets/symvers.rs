//! Module.symvers.

use abi::Symvers;

use crate::{Target, modules};

pub(super) const TARGET: Target =
    Target { name: "symvers", about: "a Module.symvers", is_module: false, run, seeds };

fn run(data: &[u8]) {
    match Symvers::parse(&String::from_utf8_lossy(data)) {
        Ok(symvers) => {
            for entry in symvers.iter() {
                assert_eq!(symvers.get(&entry.name), Some(entry));
            }
        }
        Err(wrong) => assert!(wrong.line > 0, "{wrong}"),
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let whole = modules::files_in("labs/machine", "symvers");
    let lines = whole.iter().flat_map(|text| text.split_inclusive(|&byte| byte == b'\n'));
    let ten: Vec<Vec<u8>> = lines.take(10).map(<[u8]>::to_vec).collect();
    let bad = ["0x123\tname\tvmlinux\n", "0xfffffffff\ta\tb\tEXPORT_SYMBOL\t\n", "0x1\ta\tb\tEXPORT\tNS\n\n"];
    [ten.clone(), vec![ten.concat()], bad.map(|text| text.as_bytes().to_vec()).to_vec()].concat()
}
