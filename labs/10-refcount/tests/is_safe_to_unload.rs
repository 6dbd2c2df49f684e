//! Which modules are refused because of the interfaces that they use.

use abi::Errno;
use refcount::{SafeList, Usage};

fn usage(imports: &[&str]) -> Usage {
    let imports = imports.iter().map(|name| name.to_string()).collect();
    Usage { name: "drv".to_string(), imports, is_unsafe: false }
}

fn marked() -> SafeList {
    SafeList::of(&["printk", "register_filesystem", "unregister_filesystem", "misc_register"])
}

/// The answer in words.
fn answer(usage: &Usage, force: bool) -> String {
    match usage.is_safe_to_unload(&marked(), force) {
        Ok(false) => "goes".to_string(),
        Ok(true) => "goes by force".to_string(),
        Err(refusal) => refusal.to_string(),
    }
}

#[test]
fn a_module_that_uses_only_what_is_marked_may_go() {
    assert_eq!(
        answer(&usage(&["printk", "register_filesystem"]), false),
        "goes",
        "every caller holds a reference"
    );
    assert_eq!(answer(&usage(&[]), false), "goes", "a module that uses nothing has registered nothing");
}

#[test]
fn one_interface_that_is_not_marked_is_enough_to_stay() {
    assert_eq!(
        answer(&usage(&["printk", "register_chrdev", "misc_register"]), false),
        "EBUSY: drv: cannot be unloaded: register_chrdev is not marked safe",
        "whoever calls through it may be in the module, and nobody would know"
    );
}

#[test]
fn every_interface_that_is_not_marked_is_named() {
    assert_eq!(
        answer(&usage(&["tty_register_driver", "printk", "register_chrdev"]), false),
        "EBUSY: drv: cannot be unloaded: tty_register_driver is not marked safe | \
         drv: cannot be unloaded: register_chrdev is not marked safe",
        "in the order in which the module imports them: who is to mend it wants to know all"
    );
}

#[test]
fn a_name_is_marked_as_a_whole() {
    assert_eq!(
        answer(&usage(&["__register_filesystem", "misc_register_old"]), false),
        "EBUSY: drv: cannot be unloaded: __register_filesystem is not marked safe | \
         drv: cannot be unloaded: misc_register_old is not marked safe",
        "another function with a similar name has promised nothing"
    );
}

#[test]
fn who_was_counted_in_the_old_way_stays_and_the_kernel_has_said_it_once() {
    let mut drv = usage(&["printk"]);
    assert_eq!(
        drv.mark_unsafe("drivers/char/drv.c", 42).as_deref(),
        Some("Module drv cannot be unloaded due to unsafe usage in drivers/char/drv.c:42"),
        "__MOD_INC_USE_COUNT cannot fail: who uses it may have come too late"
    );
    assert_eq!(drv.mark_unsafe("drivers/char/drv.c", 57), None, "the second time the kernel is silent");
    assert_eq!(
        answer(&drv, false),
        "EBUSY: Device or resource busy (the kernel prints nothing)",
        "and it is silent when rmmod is refused: all was said when it happened"
    );
}

#[test]
fn what_was_counted_in_the_old_way_is_asked_first() {
    let mut drv = usage(&["register_chrdev"]);
    drv.mark_unsafe("drivers/char/drv.c", 42);
    assert_eq!(
        answer(&drv, false),
        "EBUSY: Device or resource busy (the kernel prints nothing)",
        "mod->unsafe is one bit: nothing else need be looked at"
    );
}

#[test]
fn force_takes_it_all_the_same_and_is_remembered_only_where_it_was_needed() {
    let mut drv = usage(&["register_chrdev"]);
    assert_eq!(answer(&drv, true), "goes by force", "the kernel remembers it with a taint");
    drv.mark_unsafe("drivers/char/drv.c", 42);
    assert_eq!(answer(&drv, true), "goes by force", "whoever forces knows what he risks");
    assert_eq!(answer(&usage(&["printk"]), true), "goes", "it would have gone anyway: nothing to remember");
}

#[test]
fn the_errno_is_that_of_a_module_that_cannot_go() {
    let refusal = usage(&["register_chrdev"]).is_safe_to_unload(&marked(), false).err();
    assert_eq!(
        refusal.map(|refusal| refusal.errno),
        Some(Errno::EBUSY),
        "not EWOULDBLOCK: to wait would not help, nothing about it changes"
    );
}
