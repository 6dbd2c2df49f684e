//! `loader genksyms` and `loader modpost`, as a build calls them.

use std::{
    fs::{self, File},
    path::Path,
    process::{Command, Output},
};

/// What `loader` prints, given `arguments` and the file `text` in `directory` as its input.
fn loader(directory: &Path, arguments: &[&str], text: &str) -> Output {
    let input = directory.join("text.i");
    fs::write(&input, text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_loader"));
    command.current_dir(directory).args(arguments).stdin(File::open(input).unwrap()).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

const TEXT: &str = "int add(int a, int b);\n__GENKSYMS_EXPORT_SYMBOL(add);\n";

#[test]
fn each_exported_symbol_has_a_line_and_a_dump_its_declaration() {
    let directory = tempfile::tempdir().unwrap();
    let plain = loader(directory.path(), &["genksyms", "-r", "/dev/null"], TEXT);
    assert_eq!(
        (text(&plain.stdout), text(&plain.stderr)),
        ("#SYMVER add 0x72f367e8\n".into(), String::new())
    );
    let dumped = loader(directory.path(), &["genksyms", "-D"], TEXT);
    assert_eq!(text(&dumped.stdout), "#SYMVER add 0x72f367e8\n");
    assert_eq!(text(&dumped.stderr), "Export add == <int add ( int , int ) >\n");
}

#[test]
fn what_is_wrong_is_said_where_it_costs_a_version_and_when_asked() {
    let directory = tempfile::tempdir().unwrap();
    let wrong = format!("# 1 \"f.c\"\nint ] x;\n{TEXT}");
    let line = "f.c:1: syntax error: expected `;`, found `]`\n";
    for (arguments, text_after, expected) in [
        (&["genksyms"][..], "", String::new()),
        (&["genksyms", "-w"], "", format!("{line}loader: genksyms: complaints: 1\n")),
        (
            &["genksyms"],
            "__GENKSYMS_EXPORT_SYMBOL(x);\n",
            format!("{line}f.c:4: export undefined symbol x\n"),
        ),
        (&["genksyms", "-q"], "__GENKSYMS_EXPORT_SYMBOL(x);\n", String::new()),
    ] {
        let output = loader(directory.path(), arguments, &(wrong.clone() + text_after));
        assert_eq!(text(&output.stderr), expected, "{arguments:?}");
        assert_eq!(
            text(&output.stdout),
            "#SYMVER add 0x72f367e8\n",
            "{arguments:?}: the others are not harmed"
        );
    }
}

#[test]
fn a_file_that_is_not_there_is_one_line() {
    let directory = tempfile::tempdir().unwrap();
    for arguments in [&["genksyms", "--explain", "a", "b", "f"][..], &["modpost", "--symvers", "gone", "a.o"]]
    {
        let output = loader(directory.path(), arguments, "");
        assert_eq!(
            (output.status.code(), text(&output.stderr).lines().count()),
            (Some(1), 1),
            "{arguments:?}"
        );
    }
}

#[test]
fn modpost_finishes_a_module_with_the_versions_that_genksyms_found() {
    let directory = tempfile::tempdir().unwrap();
    let source = "static char label[] __attribute__((section(\"___ksymtab+add\"), used)) = \"\";\n\
                  const char __kstrtabns_add[] = \"\";\nint other(void);\nint add(int a, int b) { return a + b + other(); }\n";
    let source_path = directory.path().join("sum.c");
    fs::write(&source_path, source).unwrap();
    let compiled = Command::new("cc")
        .current_dir(directory.path())
        .args(["-c", "sum.c", "-o", "sum.o"])
        .status()
        .unwrap();
    assert!(compiled.success());
    let versions = loader(directory.path(), &["genksyms"], TEXT).stdout;
    fs::write(directory.path().join("sum.ver"), versions).unwrap();
    let symvers =
        "0x00000005\tmodule_layout\tvmlinux\tEXPORT_SYMBOL\t\n0x12345678\tother\tvmlinux\tEXPORT_SYMBOL\t\n";
    fs::write(directory.path().join("Module.symvers"), symvers).unwrap();
    let output = loader(directory.path(), &["modpost", "--symvers", "Module.symvers", "sum.o"], "");
    assert_eq!(text(&output.stderr), "");
    let finished = fs::read_to_string(directory.path().join("sum.mod.c")).unwrap();
    assert!(finished.contains("SYMBOL_CRC(add, 0x72f367e8, \"\");"), "{finished}");
    assert!(finished.contains("{ 0x12345678, \"other\" },"), "{finished}");
}
