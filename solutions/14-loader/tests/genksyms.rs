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

/// What the kernel's own tool makes of this text, of a later one and of the types that it wrote for the first,
/// was recorded with genksyms of Linux 6.1.192.
const OLD: &str = "# 1 \"f.c\"\n# 1 \"f.h\" 1\n\
    enum colour { RED, GREEN = 4, BLUE };\n\
    typedef enum colour paint;\n\
    struct known { int a; };\n\
    struct page { int flags; paint *p; struct later *l; };\n\
    # 2 \"f.c\" 2\n\
    extern int show(struct page *page, int n);\n\
    __GENKSYMS_EXPORT_SYMBOL(show);\n\
    long look(struct known *k) { return 0; }\n\
    __GENKSYMS_EXPORT_SYMBOL(look);\n";

const TYPES: &str = "e#colour enum colour { RED , GREEN = 4 , BLUE } \n\
    t#paint typedef e#colour paint \n\
    s#later struct later { UNKNOWN } \n\
    s#page struct page { int flags ; t#paint * p ; s#later * l ; } \n\
    show extern int show ( s#page * , int ) \n\
    s#known struct known { int a ; } \n\
    look long look ( s#known * ) \n";

fn new() -> String {
    OLD.replace("int flags;", "long flags;")
        .replace("int a;", "int b;")
        .replace("struct page {", "struct later { int x; };\nstruct page {")
}

#[test]
fn the_types_that_exports_lead_to_are_a_reference_for_later_texts() {
    let directory = tempfile::tempdir().unwrap();
    let old = loader(directory.path(), &["genksyms", "-T", "types"], OLD);
    assert_eq!(text(&old.stdout), "#SYMVER show 0x53fb1b85\n#SYMVER look 0xd0026741\n");
    assert_eq!(fs::read_to_string(directory.path().join("types")).unwrap(), TYPES);
    let insisting = TYPES.replace("s#page struct", "override s#page struct");
    let insisting = insisting.replace("s#known struct", "override s#known struct");
    fs::write(directory.path().join("insisting"), insisting).unwrap();

    let (old_versions, new_versions) = (
        "#SYMVER show 0x53fb1b85\n#SYMVER look 0xd0026741\n",
        "#SYMVER show 0x5ecbf877\n#SYMVER look 0x3b35dc42\n",
    );
    for (arguments, input, versions, said, status) in [
        (&["-r", "types"][..], OLD.to_owned(), old_versions, "", 0),
        (
            &["-r", "types"],
            new(),
            new_versions,
            "f.c:3: warning: show: modversion changed because of changes in struct later (became defined), struct page\n\
             f.c:5: warning: look: modversion changed because of changes in struct known\n",
            0,
        ),
        (
            &["-p", "-r", "types"],
            new(),
            new_versions,
            "f.c:3: error: show: modversion changed because of changes in struct later (became defined), struct page\n\
             f.c:5: error: look: modversion changed because of changes in struct known\n\
             loader: genksyms: complaints: 3\n",
            1,
        ),
        (
            &["-p", "-r", "insisting"],
            new(),
            "#SYMVER show 0x4dda055b\n#SYMVER look 0xd0026741\n",
            "f.h:3: ignoring struct known modversion change\n\
             f.h:5: ignoring struct page modversion change\n\
             f.c:3: error: show: modversion changed because of changes in struct later (became defined)\n\
             loader: genksyms: complaints: 1\n",
            1,
        ),
        (
            &["-r", "insisting"],
            OLD.to_owned(),
            old_versions,
            "f.h:3: struct known modversion is unchanged\nf.h:4: struct page modversion is unchanged\n",
            0,
        ),
    ] {
        let arguments = [&["genksyms"], arguments].concat();
        let output = loader(directory.path(), &arguments, &input);
        assert_eq!(text(&output.stderr), said, "{arguments:?}");
        assert_eq!(
            (text(&output.stdout), output.status.code()),
            (versions.into(), Some(status)),
            "{arguments:?}"
        );
    }
}

#[test]
fn a_reference_that_nobody_can_write_or_that_says_nothing_is_no_panic() {
    let directory = tempfile::tempdir().unwrap();
    for reference in
        ["", "override", "\noverride \n \n#\ns#\nx#y z\ns#page\n", "show \"a b", "show show show"]
    {
        fs::write(directory.path().join("types"), reference).unwrap();
        let output = loader(directory.path(), &["genksyms", "-p", "-r", "types", "-T", "out"], OLD);
        assert!(
            text(&output.stdout).starts_with("#SYMVER show 0x"),
            "{reference:?}: {}",
            text(&output.stderr)
        );
    }
}

#[test]
fn every_declaration_is_shown_to_whoever_looks_for_a_mistake_in_the_tool() {
    let directory = tempfile::tempdir().unwrap();
    let output = loader(directory.path(), &["genksyms", "-Vd", "-q", "-w", "-q"], OLD);
    let said = "genksyms version 2.5.60\n\
        Defn for enum constant RED == <0 >\n\
        Defn for enum constant GREEN == <4 >\n\
        Defn for enum constant BLUE == <( 4 ) + 1 >\n\
        Defn for enum colour == <enum colour { RED , GREEN = 4 , BLUE } >\n\
        Defn for typedef paint == <typedef e#colour paint >\n\
        Defn for struct known == <struct known { int a ; } >\n\
        Defn for struct page == <struct page { int flags ; t#paint * p ; s#later * l ; } >\n\
        Defn for type0 show == <extern int show ( s#page * , int ) >\n\
        Defn for struct later == <struct later { UNKNOWN } >\n\
        Defn for type0 look == <long look ( s#known * ) >\n\
        Hash table occupancy 10/4096 = 0.00244141\n";
    assert_eq!(text(&output.stderr), said);
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
