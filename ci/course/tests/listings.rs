//! The listings that only the book shows are compiled too.

use std::{path::Path, process::Command};

#[test]
fn insmod_really_has_twenty_lines_and_compiles_without_a_warning() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../book/listings/insmod.c");
    let source = std::fs::read_to_string(&file).unwrap();
    assert_eq!(source.lines().filter(|line| !line.contains("ANCHOR")).count(), 20);

    let compiler = std::env::var("CC").unwrap_or("cc".into());
    let flags = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only"];
    let output = Command::new(&compiler).args(flags).arg(&file).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
