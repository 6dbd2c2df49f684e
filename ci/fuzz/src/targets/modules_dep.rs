//! modules.dep, modules.alias and modules.softdep, one behind the other with NULs between them.

use std::path::Path;

use loader::{ModuleTree, depmod::Output};

use super::parts;
use crate::Target;

pub(super) const TARGET: Target = Target {
    name: "modules-dep",
    about: "modules.dep, modules.alias and modules.softdep, and what modprobe makes of them",
    is_module: false,
    run,
    seeds,
};

fn run(data: &[u8]) {
    let [dependencies, aliases, soft_dependencies] = parts(data).map(<[u8]>::to_vec);
    let files = Output { dependencies, aliases, soft_dependencies, ..Output::default() };
    let tree = ModuleTree::read(Path::new("/lib/modules/6.1.0"), &files);
    for name in tree.names().take(30) {
        let order = tree.insertion_order(name);
        assert_eq!(order.last().is_some(), tree.path(name).is_some(), "{name}");
        let _ = tree.lookup(name);
    }
    let _ = tree.lookup("pci:v00008086d*");
}

fn seeds() -> Vec<Vec<u8>> {
    let texts = [
        "kernel/a.ko: kernel/b.ko kernel/c.ko\nkernel/b.ko: kernel/c.ko\nkernel/c.ko:\n\0\
         alias pci:v0000[12]*d* a\nalias fs-? b\n\0softdep a pre: c post: b\n",
        "a-b.ko.xz:\nb.ko.zst: a-b.ko.xz\n\0alias a\\*b b\n\0softdep a_b pre: b\nsoftdep b pre: a-b\n",
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
