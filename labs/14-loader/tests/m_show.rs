//! The lines of /proc/modules.

use std::sync::Arc;

use loader::{Kernel, LoadedModule};
use symbols::ModuleState;

use crate::common::{boot, coming, file, find, live, without_exit};

/// /proc/modules with ADDRESS for the address, in whatever form, and SIZE for the size of this module.
fn proc_modules(kernel: &Kernel, module: &LoadedModule) -> String {
    let (address, size) = (module.address(), format!(" {} ", module.size()));
    let forms = [format!(" {address:#018x}"), format!(" {address:#x}"), format!(" {address:016x}")];
    let text = kernel.proc_modules().replace(&size, " SIZE ");
    forms.iter().fold(text, |text, form| text.replace(form, " ADDRESS"))
}

fn held(kernel: &Arc<Kernel>, name: &str, times: usize) -> Arc<LoadedModule> {
    let module = live(kernel, name, "");
    (0..times).for_each(|_| assert!(module.refcount.try_get(), "it is LIVE"));
    module
}

#[test]
fn a_module_that_nobody_uses_has_a_dash_there() {
    let kernel = boot();
    let hello = live(&kernel, "hello", "");
    assert_eq!(
        proc_modules(&kernel, &hello),
        "hello SIZE 0 - Live ADDRESS (OE)\n",
        "a field is never empty: who reads it splits at blanks"
    );
}

#[test]
fn the_address_has_all_its_digits_and_the_size_is_what_is_left_after_init() {
    let kernel = boot();
    let hello = live(&kernel, "hello", "");
    let core = hello.layout.core.size;
    assert_eq!(
        kernel.proc_modules(),
        format!("hello {core} 0 - Live 0x{:016x} (OE)\n", hello.address()),
        "the kernel prints %px, sixteen digits after 0x; the init part has been freed and counts no more"
    );
}

#[test]
fn every_user_is_followed_by_a_comma() {
    let kernel = boot();
    let abacus = live(&kernel, "abacus", "");
    live(&kernel, "merchant", "");
    let text = proc_modules(&kernel, &abacus);
    let line = text.lines().find(|line| line.starts_with("abacus "));
    assert_eq!(
        line,
        Some("abacus SIZE 1 merchant, Live ADDRESS (OE)"),
        "always a comma behind a name, so that user space can tell this format from the old one (print_unload_info)"
    );
}

#[test]
fn a_module_without_exit_is_permanent() {
    let kernel = boot();
    kernel.init_module(&without_exit(file("hello")), "").expect("a module need not have an exit");
    let hello = find(&kernel, "hello").expect("it was inserted just now");
    assert_eq!(
        proc_modules(&kernel, &hello),
        "hello SIZE 0 [permanent], Live ADDRESS (OE)\n",
        "it has an init and no exit: it stays"
    );
    let abacus = live(&kernel, "abacus", "");
    let text = proc_modules(&kernel, &abacus);
    assert_eq!(
        text.lines().next(),
        Some("abacus SIZE 0 - Live ADDRESS (OE)"),
        "without an init there is nothing to undo: abacus is not permanent"
    );
}

#[test]
fn the_count_is_that_of_all_who_hold_it_modules_or_not() {
    let kernel = boot();
    let hello = held(&kernel, "hello", 3);
    assert_eq!(
        proc_modules(&kernel, &hello),
        "hello SIZE 3 - Live ADDRESS (OE)\n",
        "three references, and no module among those who hold them: open files, say"
    );
}

#[test]
fn a_module_that_comes_or_goes_says_so_twice() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    for (state, expected) in [
        (ModuleState::Coming, "hello SIZE 1 - Loading ADDRESS (OE+)\n"),
        (ModuleState::Going, "hello SIZE 1 - Unloading ADDRESS (OE-)\n"),
        (ModuleState::Live, "hello SIZE 1 - Live ADDRESS (OE)\n"),
    ] {
        hello.set_state(state);
        assert_eq!(
            proc_modules(&kernel, &hello),
            expected,
            "in words, and as a sign behind the taints: {state:?}"
        );
    }
}

#[test]
fn the_newest_module_has_the_first_line() {
    let kernel = boot();
    ["abacus", "hello", "merchant"].iter().for_each(|name| drop(live(&kernel, name, "")));
    let text = kernel.proc_modules();
    let names: Vec<_> = text.lines().filter_map(|line| line.split(' ').next()).collect();
    assert_eq!(names, ["merchant", "hello", "abacus"], "the list from its head, one line for each module");
}
