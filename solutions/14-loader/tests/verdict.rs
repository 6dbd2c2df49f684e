//! `loader verdict` over several files: each for itself, and one after the other.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use specimens::{damage::unsigned, hello};

/// What the specimens say they were built for.
const VERMAGIC: &str = "6.1.0 SMP preempt ";

/// A folder with files, a Module.symvers with the one export that they need, and what the loader says to them.
struct Files {
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Files {
        let files = Files { folder: tempfile::tempdir().expect("a folder can be made") };
        files.write("Module.symvers", b"0x9abcdef0\t_printk\tvmlinux\tEXPORT_SYMBOL\t\n");
        files
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).expect("a file can be written");
        path
    }

    /// The exit status, the verdicts and standard error of `loader verdict --json`.
    fn verdicts(&self, sequence: bool, files: &[impl AsRef<OsStr>]) -> (Option<i32>, Vec<Value>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_loader"));
        command.args(["verdict", "--json", "--vermagic", VERMAGIC, "--symvers"]);
        command.arg(self.folder.path().join("Module.symvers"));
        command.args(sequence.then_some("--sequence"));
        let output = command.args(files).output().expect("the loader runs");
        let verdicts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_default();
        (output.status.code(), verdicts, String::from_utf8_lossy(&output.stderr).into_owned())
    }
}

fn errnos(verdicts: &[Value]) -> Vec<&str> {
    verdicts.iter().map(|verdict| verdict["errno"].as_str().unwrap_or("OK")).collect()
}

#[test]
fn in_a_sequence_a_module_that_is_there_already_is_refused_in_silence() {
    let files = Files::new();
    let file = files.write("hello.ko", unsigned(&hello().build()));
    let (_, alone, _) = files.verdicts(false, &[&file, &file]);
    assert_eq!(errnos(&alone)[0], errnos(&alone)[1], "each for itself, both are the first");
    let (_, sequence, said) = files.verdicts(true, &[&file, &file]);
    assert_eq!(errnos(&sequence), ["OK", "EEXIST"], "{sequence:#?} {said}");
    assert_eq!(sequence[1]["messages"].as_array().map(Vec::len), Some(0));
}

#[test]
fn what_a_kernel_says_once_it_says_of_the_first_module_of_a_sequence() {
    let files = Files::new();
    let once = "module verification failed";
    let says = |verdict: &Value| verdict["messages"].to_string().contains(once);
    let file = files.write("hello.ko", unsigned(&hello().build()));
    let other = files.write("other.ko", &renamed(unsigned(&hello().build())));
    let (_, alone, _) = files.verdicts(false, &[&file, &other]);
    assert!(alone.iter().all(says), "{alone:#?}");
    let (_, sequence, _) = files.verdicts(true, &[&file, &other]);
    assert_eq!(errnos(&sequence), ["OK", "OK"], "{sequence:#?}");
    assert!(says(&sequence[0]) && !says(&sequence[1]), "{sequence:#?}");
    assert_eq!(
        sequence[1]["taints"]["module"], sequence[0]["taints"]["module"],
        "the taint comes all the same"
    );
}

/// The same module under another name of the same length.
fn renamed(file: &[u8]) -> Vec<u8> {
    let mut bytes = file.to_vec();
    while let Some(at) = bytes.windows(6).position(|window| window == b"hello\0") {
        bytes[at..at + 5].copy_from_slice(b"jello");
    }
    bytes
}

#[test]
fn a_file_that_cannot_be_read_does_not_keep_the_others_from_being_judged() {
    let files = Files::new();
    let (text, short) = (files.write("text.ko", &[b'x'; 100]), files.write("short.ko", b"x"));
    let nowhere = files.folder.path().join("nowhere.ko");
    let (status, verdicts, said) = files.verdicts(false, &[&text, &nowhere, &short]);
    assert_eq!((status, errnos(&verdicts)), (Some(1), vec!["ENOEXEC", "ENOEXEC"]));
    assert!(said.contains("nowhere.ko: ENOENT") && said.contains("1 of 3 files"), "{said}");
}

/// A module of the course, and the exports that it needs.
fn of_the_course(files: &Files, name: &str) -> PathBuf {
    let modules = course_modules::cached().expect("the C compiler builds the course's modules");
    let module = modules.iter().find(|module| module.name == name).expect("the course has this module");
    let entries: String = course_modules::builtin_symvers()
        .iter()
        .map(|entry| format!("{:#x}\t{}\t{}\tEXPORT_SYMBOL\t\n", entry.crc, entry.name, entry.exporter))
        .collect();
    files.write("Module.symvers", entries.as_bytes());
    module.path.clone()
}

/// What `loader verdict --sequence` says to these words, each answer with the kernel's last line.
fn sequence(files: &Files, words: &[&str]) -> Vec<(String, String)> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_loader"));
    command.args(["verdict", "--json", "--sequence", "--vermagic", abi::VERMAGIC, "--symvers"]);
    let output =
        command.arg(files.folder.path().join("Module.symvers")).args(words).output().expect("it runs");
    let verdicts: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let last = |verdict: &Value| {
        let line = verdict["messages"].as_array().and_then(|lines| lines.last()?.as_str());
        line.unwrap_or_default().to_owned()
    };
    let errno = |verdict: &Value| verdict["errno"].as_str().unwrap_or("OK").to_owned();
    verdicts.iter().map(|verdict| (errno(verdict), last(verdict))).collect()
}

#[test]
fn what_stands_behind_a_file_are_its_parameters() {
    let files = Files::new();
    let settings = of_the_course(&files, "settings").display().to_string();
    for (words, answer, line) in [
        (&["volume=7"][..], "OK", ""),
        (&["volume=loud"], "EINVAL", "settings: `loud' invalid for parameter `volume'"),
        (&["volume=7", "loudness=9"], "OK", "settings: unknown parameter 'loudness' ignored"),
        (&["motto=make haste"], "OK", ""),
    ] {
        let all: Vec<&str> = [&*settings].into_iter().chain(words.iter().copied()).collect();
        let said = sequence(&files, &all);
        assert_eq!(said.len(), 1, "{words:?}: a parameter is no file: {said:?}");
        assert_eq!(said[0].0, answer, "{words:?}: {said:?}");
        assert!(line.is_empty() || said[0].1 == line, "{words:?}: {said:?}");
    }
}

#[test]
fn in_a_sequence_a_module_can_be_removed_and_comes_again() {
    let files = Files::new();
    let hello = of_the_course(&files, "hello").display().to_string();
    let said = sequence(&files, &[&hello, "remove:hello", &hello, &hello, "remove:nobody"]);
    let answers: Vec<&str> = said.iter().map(|(errno, _)| &**errno).collect();
    assert_eq!(answers, ["OK", "OK", "OK", "EEXIST", "ENOENT"]);
    let (abacus, merchant) = (of_the_course(&files, "abacus"), of_the_course(&files, "merchant"));
    let (abacus, merchant) = (abacus.display().to_string(), merchant.display().to_string());
    let said = sequence(&files, &[&abacus, &merchant, "remove:abacus", "remove:merchant", "remove:abacus"]);
    let answers: Vec<&str> = said.iter().map(|(errno, _)| &**errno).collect();
    assert_eq!(answers, ["OK", "OK", "EAGAIN", "OK", "OK"], "who is used stays: {said:?}");
}

#[test]
fn a_parameter_without_a_file_and_a_removal_without_a_sequence_are_complained_about() {
    let files = Files::new();
    for words in [&["volume=7"][..], &["remove:hello"]] {
        let (status, _, said) = files.verdicts(false, words);
        assert_eq!(status, Some(1), "{said}");
        assert!(said.contains(words[0]), "{said}");
    }
}
