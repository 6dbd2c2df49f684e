//! The section `__versions`, and the text in which the course's tools hand versions on.

use abi::Policy;
use elf::Module;
use modversions::{Name, Versions, check_modstruct_version, check_version};
use vermagic::{Judgement, Taints};

use crate::{Target, modules};

pub(super) const TARGET: Target = Target {
    name: "versions",
    about: "the records of __versions",
    is_module: false,
    run,
    seeds: || modules::sections("__versions"),
};

fn run(data: &[u8]) {
    let versions = Versions::new(data);
    for (name, _) in versions.iter() {
        assert!(versions.get(&Name::new(name)).is_some(), "{name} is not found again");
    }
    let _ = modversions::mangled::demangle(&String::from_utf8_lossy(data)).map(|mangled| mangled.mangle());
    let file = modules::hello_with("__versions", data);
    let Ok(module) = Module::parse(&file) else { return };
    let versions = Versions::of(&module);
    for policy in Policy::ALL {
        let mut judgement = Judgement::new(&module, *policy, Taints::NONE);
        let _ = check_modstruct_version(&mut judgement, versions.as_ref(), Some(1));
        check_version(&mut judgement, versions.as_ref(), &Name::new("_printk".into()), Some(2));
    }
}
