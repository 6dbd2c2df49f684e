//! insmod: a file, a line of parameters, one line about what went wrong.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use loader::Kernel;

use crate::common::{boot, file, find, list, live, log};

/// The module in a folder of its own.
struct OnDisk {
    _folder: tempfile::TempDir,
    path: PathBuf,
}

fn on_disk(name: &str, bytes: &[u8]) -> OnDisk {
    let folder = tempfile::tempdir().expect("a directory");
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).expect("a file");
    OnDisk { _folder: folder, path }
}

fn insmod(kernel: &Arc<Kernel>, path: &Path, parameters: &[&str]) -> String {
    let parameters: Vec<_> = parameters.iter().map(|&word| word.to_owned()).collect();
    let said =
        kernel.insmod(path, &parameters).map_or_else(|error| format!("{error:#}"), |()| "done".to_owned());
    let folder = path.parent().map(|folder| format!("{}/", folder.display())).unwrap_or_default();
    said.replace(&folder, "")
}

/// The first line that `settings` prints about its parameters with this word in it.
fn settings_said(parameters: &[&str], word: &str) -> String {
    let kernel = boot();
    let settings = on_disk("settings.ko", &file("settings"));
    assert_eq!(insmod(&kernel, &settings.path, parameters), "done", "these parameters fit");
    log(&kernel).into_iter().find(|line| line.contains(word)).unwrap_or_default()
}

#[test]
fn a_file_becomes_a_live_module() {
    let kernel = boot();
    let hello = on_disk("hello.ko", &file("hello"));
    assert_eq!(insmod(&kernel, &hello.path, &[]), "done", "open, hand over: that is all");
    assert!(find(&kernel, "hello").is_some(), "it is in the list");
    assert_eq!(log(&kernel), ["hello: Hello, kernel."], "and its init has run");
}

#[test]
fn the_parameters_become_one_line() {
    assert_eq!(
        settings_said(&["volume=-3", "quiet", "brightness=0x10"], "volume"),
        "settings: volume -3, brightness 16, quiet yes",
        "init_module takes one string, and next_arg takes it apart at the blanks; a name alone is a word, too"
    );
}

#[test]
fn a_value_with_blanks_is_put_in_quotes() {
    assert_eq!(
        settings_said(&["motto=make haste slowly", "room=attic"], "motto"),
        "settings: motto 'make haste slowly', room 'attic', colour red",
        "the shell has taken its quotes off; without new ones the kernel would see the parameter `haste'"
    );
}

#[test]
fn a_blank_before_the_equals_sign_is_no_reason_for_quotes() {
    assert_eq!(
        settings_said(&["quiet volume=-3"], "volume"),
        "settings: volume -3, brightness 100, quiet yes",
        "only a value is put in quotes, and -3 has no blank: the kernel sees two words"
    );
}

#[test]
fn a_value_without_blanks_stays_as_it_is() {
    assert_eq!(
        settings_said(&["motto=a=b", "room=x,y"], "motto"),
        "settings: motto 'a=b', room 'x,y', colour red",
        "name and value are parted at the first ="
    );
}

#[test]
fn what_the_kernel_printed_is_shown_with_the_errno() {
    let kernel = boot();
    let merchant = on_disk("merchant.ko", &file("merchant"));
    let said = insmod(&kernel, &merchant.path, &[]);
    assert!(
        said.starts_with("merchant.ko: ENOENT: merchant: Unknown symbol abacus_"),
        "the path, and what the refusal says of itself: {said:?}"
    );
}

#[test]
fn a_silent_refusal_is_put_into_words() {
    let kernel = boot();
    live(&kernel, "hello", "");
    let hello = on_disk("hello.ko", &file("hello"));
    assert_eq!(
        insmod(&kernel, &hello.path, &[]),
        "hello.ko: EEXIST: File exists",
        "dmesg has nothing to look for, so insmod must not send people there: it says strerror(errno)"
    );
}

#[test]
fn an_oops_in_init_kills_insmod() {
    let kernel = boot();
    let mishap = on_disk("mishap.ko", &file("mishap"));
    assert_eq!(
        insmod(&kernel, &mishap.path, &["at_once=bug"]),
        "mishap.ko: Killed: kernel BUG at mishap.c:29",
        "the task that runs init is insmod's own; here it lives to say so"
    );
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let kernel = boot();
    let hello = on_disk("hello.ko", &file("hello"));
    let nowhere = hello.path.with_file_name("nowhere.ko");
    assert_eq!(
        insmod(&kernel, &nowhere, &[]),
        "nowhere.ko: ENOENT: No such file or directory",
        "the kernel was not even asked"
    );
    assert_eq!(list(&kernel), [""; 0], "and has no module");
}
