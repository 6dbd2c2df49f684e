//! What modules give back that they never took, what is removed that is not there, and modules that need each other: an
//! errno and the kernel's words, or an oops; and nobody waits for ever.

#[path = "../../../labs/14-loader/tests/common.rs"]
#[allow(dead_code, reason = "the lab uses all of it")]
mod common;

use std::{path::PathBuf, sync::Arc};

use abi::ModuleState;
use common::{Started, boot, file, find, in_time, list, live, log, outcome};
use course_modules::BuildConfig;
use loader::{Counting, Kernel, KernelConfig, O_NONBLOCK, O_TRUNC};

const ENOENT: &str = "ENOENT: No such file or directory (the kernel prints nothing)";
const EAGAIN: &str = "EAGAIN: Resource temporarily unavailable (the kernel prints nothing)";
const EBUSY: &str = "EBUSY: Device or resource busy (the kernel prints nothing)";
const PUT: &str = "kernel/module/main.c:857 module_put";

fn insmod(kernel: &Arc<Kernel>, file: Vec<u8>, arguments: &'static str) -> String {
    let kernel = kernel.clone();
    in_time(move || outcome(kernel.init_module(&file, arguments)))
}

fn careless(kernel: &Arc<Kernel>, arguments: &'static str) -> String {
    insmod(kernel, file("careless"), arguments)
}

fn delete(kernel: &Arc<Kernel>, name: &'static str, flags: u32) -> String {
    let kernel = kernel.clone();
    in_time(move || outcome(kernel.delete_module(name.into(), flags)))
}

/// The places that the kernel has warned of, in order.
fn warnings(kernel: &Kernel) -> Vec<String> {
    let place = |line: &String| Some(line.strip_prefix("WARNING: CPU: ")?.split_once(" at ")?.1.to_owned());
    log(kernel).iter().filter_map(place).collect()
}

fn is_marked(kernel: &Kernel, letter: char) -> bool {
    kernel.registry().taints().to_string().contains(letter)
}

#[test]
fn a_put_without_a_get_takes_the_base_and_nobody_notices() {
    let kernel = boot();
    // Init's own reference; then the loader gives that back, and what goes is the base.
    assert_eq!(careless(&kernel, "what=put puts=1"), "done");
    assert_eq!(
        (warnings(&kernel), is_marked(&kernel, 'W')),
        (vec![], false),
        "it cannot tell, in Linux either"
    );
    let module = find(&kernel, "careless").expect("it is LIVE");
    assert_eq!(
        (module.refcount.count(), module.refcount.try_get()),
        (-1, false),
        "nobody can enter it any more"
    );
    assert_eq!(delete(&kernel, "careless", O_NONBLOCK), EAGAIN, "nobody can know any more who holds it");
    assert_eq!(delete(&kernel, "careless", O_NONBLOCK | O_TRUNC), "done", "so it takes force");
}

#[test]
fn a_put_below_zero_is_warned_of_each_time() {
    let kernel = boot();
    assert_eq!(careless(&kernel, "what=put puts=3"), "done");
    // The third of careless's own, and the loader's.
    assert_eq!(warnings(&kernel), [PUT, PUT], "WARN_ON(ret < 0)");
    assert!(is_marked(&kernel, 'W'), "every oops from now on says so");
    assert_eq!(
        find(&kernel, "careless").map(|module| module.refcount.count()),
        Some(-1),
        "and it stays there"
    );
}

#[test]
fn who_waits_for_a_module_that_was_put_too_often_dies_and_does_not_sleep_for_ever() {
    let kernel = boot();
    assert_eq!(careless(&kernel, "what=put puts=1"), "done");
    let said = delete(&kernel, "careless", 0);
    assert!(said.contains("kernel BUG at kernel/module/main.c:656"), "BUG_ON(ret < 0): {said}");
    assert_eq!(kernel.machine().oopses(), 1);
    assert!(
        log(&kernel).iter().any(|line| line == "kernel BUG at kernel/module/main.c:656!"),
        "{:#?}",
        log(&kernel)
    );
    assert!(is_marked(&kernel, 'D'));
    let state = find(&kernel, "careless").map(|module| module.state());
    assert_eq!(state, Some(ModuleState::Going), "nobody is left who could take it down");
    assert_eq!(delete(&kernel, "careless", O_NONBLOCK), EBUSY);
    assert_eq!(
        delete(&kernel, "careless", O_NONBLOCK | O_TRUNC),
        EBUSY,
        "no force helps with what goes already"
    );
    live(&kernel, "hello", "");
}

#[test]
fn a_waiter_who_sleeps_already_dies_when_somebody_puts_too_often() {
    let kernel = boot();
    let parrot = live(&kernel, "parrot", "");
    assert!(parrot.refcount.try_get());
    let waiter = Started::new({
        let kernel = kernel.clone();
        move || outcome(kernel.delete_module("parrot".into(), 0))
    });
    while parrot.state() == ModuleState::Live {
        std::thread::yield_now();
    }
    // The holder's, and one that is nobody's, in one moment for the waiter: nothing runs on its CPU between them.
    kernel.machine().run(0, "closes twice", || (parrot.put(), parrot.put())).expect("no oops here");
    let said = waiter.result();
    assert!(said.contains("kernel BUG at kernel/module/main.c:656") || said == "done", "{said}");
}

#[test]
fn cpus_that_count_for_themselves_do_not_wait_for_ever_either() {
    let config = KernelConfig { refcount: Counting::Percpu, ..KernelConfig::default() };
    let kernel = Kernel::boot(config).expect("this computer runs module code");
    assert_eq!(careless(&kernel, "what=put puts=3"), "done");
    assert_eq!(warnings(&kernel), [""; 0], "a CPU that counts for itself cannot know");
    assert_eq!(delete(&kernel, "careless", 0), "done", "a sum below zero is nobody who could put again");
    assert_eq!(list(&kernel), [""; 0]);
}

#[test]
fn what_was_never_registered_is_not_unregistered() {
    for (arguments, said, warned) in [
        ("what=notifier", ENOENT, None),
        ("what=misc", "done", Some("drivers/char/misc.c:247 misc_deregister")),
        ("what=blkdev", "done", Some("block/genhd.c:300 unregister_blkdev")),
    ] {
        let kernel = boot();
        assert_eq!(careless(&kernel, arguments), said, "{arguments}");
        assert_eq!(warnings(&kernel), warned.into_iter().collect::<Vec<_>>(), "{arguments}");
        assert_eq!(
            (is_marked(&kernel, 'W'), kernel.machine().oopses()),
            (warned.is_some(), 0),
            "{arguments}"
        );
        let gone = delete(&kernel, "careless", O_NONBLOCK);
        assert_eq!(gone, if said == "done" { "done" } else { ENOENT }, "{arguments}");
    }
}

#[test]
fn a_reference_by_the_name_of_a_symbol_that_is_not_there_is_a_bug() {
    let kernel = boot();
    let said = careless(&kernel, "what=symbol");
    assert!(said.contains("kernel BUG at kernel/module/main.c:784"), "BUG_ON(!find_symbol(&fsa)): {said}");
    assert_eq!(kernel.machine().oopses(), 1);
    let state = find(&kernel, "careless").map(|module| module.state());
    assert_eq!(state, Some(ModuleState::Coming), "who dies in init leaves the module where it was");
    for flags in [O_NONBLOCK, O_NONBLOCK | O_TRUNC, 0] {
        assert_eq!(delete(&kernel, "careless", flags), EBUSY, "its init has not returned: {flags:#o}");
    }
}

#[test]
fn what_is_not_there_is_not_removed_nor_what_was_removed_already() {
    let kernel = boot();
    for flags in [O_NONBLOCK, O_NONBLOCK | O_TRUNC, 0] {
        assert_eq!(delete(&kernel, "hello", flags), ENOENT, "never loaded: {flags:#o}");
        live(&kernel, "hello", "");
        assert_eq!(delete(&kernel, "hello", flags), "done");
        assert_eq!(delete(&kernel, "hello", flags), ENOENT, "removed just now: {flags:#o}");
    }
    assert_eq!(kernel.machine().oopses(), 0);
}

#[test]
fn a_module_is_not_removed_while_its_init_runs() {
    let kernel = boot();
    // The disk's init reads its partitions, and the log is written while it runs.
    let (asked, answers) = std::sync::mpsc::channel();
    let weak = Arc::downgrade(&kernel);
    kernel.machine().log().set_console(move |record| {
        if record.text.contains("step 1")
            && let Some(kernel) = weak.upgrade()
        {
            for flags in [O_NONBLOCK, O_NONBLOCK | O_TRUNC, 0] {
                let _ = asked.send(outcome(kernel.delete_module("halfway".into(), flags)));
            }
        }
    });
    assert_eq!(insmod(&kernel, file("halfway"), "fail_at=0"), "done");
    let answers: Vec<String> = answers.try_iter().collect();
    assert_eq!(answers, [EBUSY; 3], "who runs its init would return into freed text");
    assert_eq!(delete(&kernel, "halfway", O_NONBLOCK), "done", "its init has returned");
}

const CHICKEN: &str = "#include <linux/module.h>\nint egg(void);\nint chicken(void)\n{\n\treturn egg();\n}\n\
                       EXPORT_SYMBOL(chicken);\nMODULE_LICENSE(\"GPL\");\n";

/// Two modules, each of which calls a function of the other: no compiler minds, and no linker.
fn chicken_and_egg() -> (tempfile::TempDir, [PathBuf; 2]) {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let egg = CHICKEN.replace("chicken", "hen").replace("egg", "chicken").replace("hen", "egg");
    for (name, text) in [("chicken.c", CHICKEN), ("egg.c", &egg)] {
        std::fs::write(folder.path().join(name), text).expect("it can be written");
    }
    let config =
        BuildConfig { sources: folder.path().to_owned(), ..BuildConfig::new(folder.path().join("out")) };
    let built = course_modules::build(&config).expect("both compile");
    let paths = [built[0].path.clone(), built[1].path.clone()];
    (folder, paths)
}

#[test]
fn of_two_modules_that_need_each_other_neither_comes() {
    let (_folder, files) = chicken_and_egg();
    let [chicken, egg] = files.map(|path| std::fs::read(path).expect("it was built just now"));
    let kernel = boot();
    for (file, words) in
        [(&chicken, "chicken: Unknown symbol egg (err -2)"), (&egg, "egg: Unknown symbol chicken (err -2)")]
    {
        let said = insmod(&kernel, file.clone(), "");
        assert!(said.starts_with("ENOENT") && said.contains(words), "{said}");
    }
    // Nor where each might find the other half way.
    for _ in 0..20 {
        let other = Started::new({
            let (kernel, egg) = (kernel.clone(), egg.clone());
            move || outcome(kernel.init_module(&egg, ""))
        });
        for said in [insmod(&kernel, chicken.clone(), ""), other.result()] {
            assert!(said.starts_with("ENOENT"), "{said}");
        }
    }
    assert_eq!(list(&kernel), [""; 0]);
}
