//! The section `.modinfo`, alone and in a module.

use elf::{Modinfo, ModinfoStyle, modinfo_text};

use crate::{Target, modules};

pub(super) const TARGET: Target = Target {
    name: "modinfo",
    about: "the strings of .modinfo",
    is_module: false,
    run,
    seeds: || modules::sections(".modinfo"),
};

fn run(data: &[u8]) {
    let modinfo = Modinfo::new(data);
    for (key, value) in modinfo.iter() {
        assert!(modinfo.all(key).any(|other| other == value), "{key}={value} is not found again");
    }
    let file = modules::hello_with(".modinfo", data);
    for field in [None, Some("license"), Some("parm")] {
        let _ = modinfo_text("module.ko", &file, ModinfoStyle { field, end: 0 });
    }
}
