//! What modprobe inserts, and in which order. The expected orders are those of kmod 30.

use std::fs;

use loader::{ModuleTree, files};

/// The names in the order in which they are inserted for `name`, where depmod has written these two files.
fn order(dependencies: &str, soft_dependencies: &str, name: &str) -> Vec<String> {
    let directory = tempfile::tempdir().expect("a directory");
    fs::write(directory.path().join("modules.dep"), dependencies).expect("a file");
    fs::write(directory.path().join("modules.softdep"), soft_dependencies).expect("a file");
    let tree = ModuleTree::open(directory.path()).expect("both can be read");
    tree.insertion_order(name).iter().map(|path| files::module_name(path)).collect()
}

#[test]
fn a_module_that_needs_nothing_comes_alone() {
    assert_eq!(order("kernel/a.ko:\nkernel/b.ko:\n", "", "a"), ["a"], "one file, its own");
}

#[test]
fn what_it_needs_comes_first_and_what_that_needs_before() {
    assert_eq!(
        order("a.ko: b.ko c.ko d.ko\nb.ko: c.ko d.ko\nc.ko: d.ko\nd.ko:\n", "", "a"),
        ["d", "c", "b", "a"],
        "depmod lists the nearest first, and everything that is needed in the end; it is inserted from the last on"
    );
}

#[test]
fn of_two_that_do_not_need_each_other_the_later_in_the_line_comes_first() {
    assert_eq!(
        order("a.ko: b.ko c.ko\nb.ko:\nc.ko:\n", "", "a"),
        ["c", "b", "a"],
        "kmod turns the line round (kmod_module_parse_depline prepends)"
    );
}

#[test]
fn what_two_need_is_inserted_once() {
    assert_eq!(
        order("a.ko: b.ko c.ko d.ko\nb.ko: d.ko\nc.ko: d.ko\nd.ko:\n", "", "a"),
        ["d", "c", "b", "a"],
        "d is needed by a, b and c"
    );
}

#[test]
fn soft_dependencies_stand_close_around_it() {
    assert_eq!(
        order("a.ko: b.ko\nb.ko:\nx.ko:\ny.ko:\nz.ko:\n", "softdep a pre: x y post: z\n", "a"),
        ["b", "x", "y", "a", "z"],
        "what it needs, then what is better loaded before it, in the order written, then itself, then what comes after"
    );
}

#[test]
fn the_soft_dependencies_of_what_it_needs_count_too() {
    assert_eq!(
        order(
            "merchant.ko: abacus.ko\nabacus.ko:\nhello.ko:\nsettings.ko:\ntally.ko:\nparrot.ko:\nfnv.ko:\n",
            "softdep merchant pre: hello post: settings\nsoftdep abacus pre: tally post: parrot\nsoftdep hello pre: fnv\n",
            "merchant"
        ),
        ["tally", "abacus", "parrot", "fnv", "hello", "merchant", "settings"],
        "this is what `modprobe --show-depends` of kmod 30 prints"
    );
}

#[test]
fn a_soft_dependency_that_does_not_exist_is_no_harm() {
    assert_eq!(
        order("a.ko:\n", "softdep a pre: nowhere post: neither\n", "a"),
        ["a"],
        "that is what makes it soft: the kernel was built without it, perhaps"
    );
}

#[test]
fn soft_dependencies_in_a_circle_come_to_an_end() {
    let soft = "softdep a pre: b\nsoftdep b pre: a\nsoftdep c pre: c post: c\n";
    assert_eq!(order("a.ko:\nb.ko:\nc.ko:\n", soft, "a"), ["b", "a"], "a's turn had come already");
    assert_eq!(order("a.ko:\nb.ko:\nc.ko:\n", soft, "c"), ["c"], "not even before itself");
}

#[test]
fn a_chain_may_be_longer_than_a_stack_is_deep() {
    const LENGTH: usize = 60_000;
    let line = |number: usize| format!("m{number}.ko: m{}.ko\n", number + 1);
    let dependencies: String = (0..LENGTH).map(line).collect::<String>() + &format!("m{LENGTH}.ko:\n");
    let order = order(&dependencies, "", "m0");
    assert_eq!(order.len(), LENGTH + 1, "each of them once");
    assert_eq!(order.first(), Some(&format!("m{LENGTH}")), "the one that needs nothing comes first");
    assert_eq!(order.last().map(String::as_str), Some("m0"), "what was asked for comes last");
}

#[test]
fn a_dash_in_a_files_name_is_an_underscore_in_the_modules() {
    assert_eq!(
        order(
            "snd-hda.ko.xz: snd-core.ko.xz\nsnd-core.ko.xz:\nsnd-seq.ko:\n",
            "softdep snd_hda post: snd-seq\n",
            "snd_hda"
        ),
        ["snd_core", "snd_hda", "snd_seq"],
        "a module's name is that of its file up to the first dot, with _ for -"
    );
}
