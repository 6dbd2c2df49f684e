//! depmod over small trees of modules. That it is equal to kmod's over all of Debian's modules is what
//! `oracles depmod` shows.

use std::fs;
use std::path::{Path, PathBuf};

use loader::depmod::{Report, run};
use specimens::{Builder, OBJECT, WANTED, hello};
use tempfile::TempDir;

const VERSION: &str = "6.1.0-test";

/// A directory with `lib/modules/6.1.0-test` in it.
struct Tree(TempDir);

impl Tree {
    fn new() -> Tree {
        Tree(tempfile::tempdir().expect("a directory"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join("lib/modules").join(VERSION).join(name)
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Tree {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("it is below the tree")).expect("a directory");
        fs::write(path, bytes).expect("a file");
        self
    }

    fn depmod(&self) -> Report {
        run(self.0.path(), VERSION, self.0.path()).expect("depmod succeeds")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).expect("depmod has written it")
    }
}

/// A module that exports and needs symbols of these names.
fn module(exports: &[&str], needs: &[&str]) -> Builder {
    let mut builder = hello();
    exports.iter().for_each(|name| builder.symbol(&format!("__crc_{name}"), OBJECT, 4, 0, 0));
    needs.iter().for_each(|name| builder.symbol(name, WANTED, 0, 0, 0));
    builder
}

fn with_modinfo(strings: &[u8]) -> Vec<u8> {
    let mut builder = hello();
    builder.named(".modinfo").data.extend_from_slice(strings);
    builder.build()
}

#[test]
fn each_module_is_listed_with_all_that_it_needs_the_nearest_first() {
    let tree = Tree::new();
    tree.write("kernel/a.ko", module(&["a"], &[]).build());
    tree.write("kernel/b.ko", module(&["b"], &["a"]).build());
    tree.write("kernel/c.ko", module(&[], &["_printk", "b"]).build());
    tree.write("modules.order", "kernel/c.ko\nkernel/a.ko\nkernel/b.ko\n");
    let report = tree.depmod();
    let expected = "kernel/c.ko: kernel/b.ko kernel/a.ko\nkernel/a.ko:\nkernel/b.ko: kernel/a.ko\n";
    assert_eq!(tree.read("modules.dep"), expected);
    assert_eq!(report, Report { modules: 3, symbols: 2, warnings: vec![] });
}

#[test]
fn a_compressed_module_keeps_its_place_in_the_order() {
    let tree = Tree::new();
    // Whether a file is compressed is told by its first bytes; this one is not.
    tree.write("kernel/a.ko.gz", module(&["a"], &[]).build());
    tree.write("kernel/b.ko", module(&[], &["a"]).build());
    tree.write("modules.order", "kernel/b.ko\nkernel/a.ko\n");
    tree.depmod();
    assert_eq!(tree.read("modules.dep"), "kernel/b.ko: kernel/a.ko.gz\nkernel/a.ko.gz:\n");
}

#[test]
fn aliases_and_soft_dependencies_come_under_the_modules_name_with_underscores() {
    let tree = Tree::new();
    tree.write(
        "kernel/snd-hda.ko",
        with_modinfo(b"alias=pci:v*\0softdep=pre: crypto\0alias=char-major-14\0"),
    );
    tree.depmod();
    let aliases =
        "# Aliases extracted from modules themselves.\nalias pci:v* snd_hda\nalias char-major-14 snd_hda\n";
    assert_eq!(tree.read("modules.alias"), aliases);
    let expected = "# Soft dependencies extracted from modules themselves.\nsoftdep snd_hda pre: crypto\n";
    assert_eq!(tree.read("modules.softdep"), expected);
}

#[test]
fn symbols_are_listed_as_aliases_of_their_modules() {
    let tree = Tree::new();
    tree.write("kernel/a.ko", module(&["only"], &[]).build());
    tree.depmod();
    let expected = "# Aliases for symbols, used by symbol_request().\nalias symbol:only a\n";
    assert_eq!(tree.read("modules.symbols"), expected);
}

#[test]
fn a_device_needs_a_name_and_a_number() {
    let tree = Tree::new();
    tree.write("kernel/tun.ko", with_modinfo(b"alias=devname:net/tun\0alias=char-major-10-200\0"));
    tree.write("kernel/loop.ko", with_modinfo(b"alias=block-major-7-0x\0alias=devname:loop-control\0"));
    tree.write("kernel/odd.ko", with_modinfo(b"alias=devname:odd\0alias=char-major-14-*\0"));
    tree.write("modules.order", "kernel/tun.ko\nkernel/loop.ko\nkernel/odd.ko\n");
    let report = tree.depmod();
    let expected =
        "# Device nodes to trigger on-demand module loading.\ntun net/tun c10:200\nloop loop-control b7:0\n";
    assert_eq!(tree.read("modules.devname"), expected);
    assert_eq!(report.warnings, ["odd has the device odd without major and minor number"]);
}

#[test]
fn without_devices_the_list_of_them_is_empty() {
    let tree = Tree::new();
    tree.write("kernel/a.ko", hello().build());
    tree.depmod();
    assert_eq!(tree.read("modules.devname"), "");
}

#[test]
fn an_update_takes_the_place_of_the_kernels_own_module() {
    let tree = Tree::new();
    tree.write("kernel/a.ko", module(&["old"], &[]).build());
    tree.write("updates/a.ko", module(&["new"], &[]).build());
    tree.depmod();
    assert_eq!(tree.read("modules.dep"), "updates/a.ko:\n");
    assert!(tree.read("modules.symbols").ends_with("alias symbol:new a\n"));
}

#[test]
fn what_is_not_below_the_tree_proper_is_not_looked_at() {
    let tree = Tree::new();
    tree.write("kernel/a.ko", hello().build());
    tree.write("build/b.ko", hello().build());
    tree.write("source/c.ko", hello().build());
    tree.write("kernel/d.o", hello().build());
    assert_eq!(tree.depmod().modules, 1);
}

#[test]
fn a_broken_module_is_listed_with_a_warning() {
    let tree = Tree::new();
    tree.write("kernel/a.ko", b"no module");
    let report = tree.depmod();
    assert_eq!(tree.read("modules.dep"), "kernel/a.ko:\n");
    let path = tree.path("kernel/a.ko");
    assert!(report.warnings.iter().any(|line| line.starts_with(&path.display().to_string())), "{report:?}");
}

#[test]
fn modules_in_a_circle_are_an_error_that_names_them_and_nothing_is_written() {
    let tree = Tree::new();
    tree.write("kernel/a.ko", module(&["a"], &["b"]).build());
    tree.write("kernel/b.ko", module(&["b"], &["a"]).build());
    tree.write("kernel/c.ko", module(&[], &["a"]).build());
    tree.write("modules.order", "kernel/a.ko\nkernel/b.ko\nkernel/c.ko\n");
    let error = run(tree.0.path(), VERSION, tree.0.path()).expect_err("a needs b needs a");
    assert_eq!(error.to_string(), "modules need each other in a circle: a -> b -> a");
    assert!(!tree.path("modules.dep").exists());
}

#[test]
fn a_version_and_a_directory_that_cannot_be_are_errors_of_one_line() {
    let tree = Tree::new();
    for (version, message) in [("linux", "bad version: linux"), ("6", "bad version: 6")] {
        let error = run(tree.0.path(), version, tree.0.path()).expect_err("no version");
        assert_eq!(error.to_string(), message);
    }
    let error = run(Path::new("/nowhere"), VERSION, tree.0.path()).expect_err("no directory");
    assert_eq!(error.to_string(), "/nowhere/lib/modules/6.1.0-test");
}
