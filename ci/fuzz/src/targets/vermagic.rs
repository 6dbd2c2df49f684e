//! The version magic and the rest of what check_modinfo looks at.

use abi::Policy;
use bstr::ByteSlice;
use elf::Module;
use vermagic::{Judgement, Taints, check_modinfo, license_is_gpl_compatible, same_magic};

use super::parts;
use crate::{Target, modules};

pub(super) const TARGET: Target = Target {
    name: "vermagic",
    about: "two version magics, and a .modinfo that is judged",
    is_module: false,
    run,
    seeds,
};

fn run(data: &[u8]) {
    let [ours, modinfo] = parts::<2>(data).map(ByteSlice::as_bstr);
    for has_crcs in [false, true] {
        assert!(same_magic(ours, ours, has_crcs), "{ours} is not the same as itself");
        assert_eq!(same_magic(ours, modinfo, has_crcs), same_magic(modinfo, ours, has_crcs));
    }
    let _ = license_is_gpl_compatible(ours);
    let file = modules::hello_with(".modinfo", modinfo);
    let Ok(module) = Module::parse(&file) else { return };
    for policy in Policy::ALL {
        let mut judgement = Judgement::new(&module, *policy, Taints::NONE);
        let _ = check_modinfo(&mut judgement, &module, ours);
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let with = |modinfo: Vec<u8>| [abi::VERMAGIC.as_bytes(), &[0], &modinfo].concat();
    modules::sections(".modinfo").into_iter().map(with).collect()
}
