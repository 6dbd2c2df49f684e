//! The listings that only the book shows are compiled too, and what it says of the length of programs is counted.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

/// A file of the course, by its path from the root.
fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn compile(source: &Path, more: &[&str]) {
    let compiler = std::env::var("CC").unwrap_or("cc".into());
    let flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror"];
    let output = Command::new(&compiler).args(flags).args(more).arg(source).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn insmod_really_has_twenty_lines_and_compiles_without_a_warning() {
    let file = file("book/listings/insmod.c");
    let source = fs::read_to_string(&file).unwrap();
    assert_eq!(source.lines().filter(|line| !line.contains("ANCHOR")).count(), 20);
    compile(&file, &["-fsyntax-only"]);
}

#[test]
fn where_the_old_system_call_is_still_answered_insmod_becomes_insmod_old() {
    let folder = tempfile::tempdir().unwrap();
    let old = folder.path().join("insmod.old");
    fs::write(&old, "#!/bin/sh\necho \"the old insmod links $1\"\n").unwrap();
    fs::set_permissions(&old, fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", folder.path().display(), std::env::var("PATH").unwrap_or_default());
    // Any number that the kernel at hand answers stands for one that has the call, an unused one for one that has not.
    for (number, expected) in [
        ("SYS_getpid", "the old insmod links parrot.ko\n"),
        ("9999", "this kernel links parrot.ko by itself\n"),
    ] {
        let program = folder.path().join(format!("insmod-{number}"));
        compile(
            &file("book/listings/insmod-or-old.c"),
            &[&format!("-DQUERY_MODULE={number}"), "-o", &program.display().to_string()],
        );
        let output = Command::new(&program).arg("parrot.ko").env("PATH", &path).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), expected, "{number}");
    }
}

/// Lines of code: without comments, blank lines and imports.
fn lines_of_code(files: &[&str]) -> usize {
    let count = |path: &&str| {
        let text = fs::read_to_string(file(path)).unwrap();
        let is_code = |line: &&str| !line.is_empty() && !line.starts_with("//") && !line.starts_with("use ");
        text.lines().map(str::trim).filter(is_code).count()
    };
    files.iter().map(count).sum()
}

#[test]
fn our_linker_too_is_about_two_hundred_lines_for_all_machines_and_a_hundred_for_x86() {
    let generic = lines_of_code(&[
        "solutions/05-layout/src/passes.rs",
        "solutions/04-symbols/src/simplify.rs",
        "solutions/06-relocate/src/table.rs",
        "solutions/06-relocate/src/place.rs",
    ]);
    assert!((100..=300).contains(&generic), "the part for all machines: {generic} lines");
    let x86 = lines_of_code(&[
        "solutions/06-relocate/src/x86_64/rela.rs",
        "solutions/06-relocate/src/x86_64/write.rs",
    ]);
    assert!((50..=150).contains(&x86), "the part for x86: {x86} lines");
}

#[test]
fn a_machine_whose_instructions_hold_numbers_in_pieces_takes_a_longer_linker() {
    let of = |machine: &str, names: &[&str]| {
        let paths: Vec<String> =
            names.iter().map(|name| format!("solutions/06-relocate/src/{machine}/{name}.rs")).collect();
        lines_of_code(&paths.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let x86 = of("x86_64", &["rela", "write"]);
    let aarch64 = of("aarch64", &["data", "field", "imm", "kind", "movw", "rela"]);
    assert!(aarch64 > 2 * x86, "aarch64: {aarch64} lines, x86: {x86}");
}
