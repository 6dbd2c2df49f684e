//! `loader kallsyms`: sizes, places of an oops, and tables that are none.

use std::process::Command;

const TABLE: &str =
    "0000000000001000 T module_get\n0000000000001040 t module_put\t[hello]\n0000000000001100 B _end\n";

/// What the command says of `table`: whether it succeeded, and its output or its one line of complaint.
fn kallsyms(table: &str, places: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("table");
    std::fs::write(&path, table).expect("it can be written");
    let output = Command::new(env!("CARGO_BIN_EXE_loader"))
        .arg("kallsyms")
        .arg(&path)
        .args(places)
        .output()
        .expect("the loader runs");
    let said = if output.status.success() { output.stdout } else { output.stderr };
    let said = String::from_utf8_lossy(&said).replace(&path.display().to_string(), "table");
    (output.status.success(), said)
}

#[test]
fn places_are_found_by_name_and_by_address_and_named_as_in_an_oops() {
    let (sound, said) = kallsyms(TABLE, &["module_put+0x7/0xc0", "0x103f", "_end", "module_get"]);
    assert!(sound, "{said}");
    assert_eq!(
        said,
        "0000000000001047 module_put+0x7/0xc0 [hello]\n\
         000000000000103f module_get+0x3f/0x40\n\
         0000000000001100 _end+0x0/0x0\n\
         0000000000001000 module_get+0x0/0x40\n"
    );
}

#[test]
fn sizes_are_told_where_no_place_is_asked_for() {
    let (sound, said) = kallsyms(TABLE, &[]);
    assert!(sound && said.starts_with("3 symbols\n       38 bytes  names as they are"), "{said}");
}

#[test]
fn what_is_not_there_is_said_in_one_line() {
    for (table, place, expected) in [
        (TABLE, "nobody+0x1", "loader: nobody+0x1: no such symbol\n"),
        (TABLE, "module_get+1", "loader: module_get+1: no such symbol\n"),
        (TABLE, "module_get+0xffffffffffffffff", "loader: module_get+0xffffffffffffffff: no such symbol\n"),
        (TABLE, "0xfff", "loader: 0xfff: no symbol lies there\n"),
        (TABLE, "0x1101", "loader: 0x1101: no symbol lies there\n"),
        ("", "0x0", "loader: 0x0: no symbol lies there\n"),
        ("1000 T a\n1000 T\n", "a", "loader: table: line 2: not an address, a letter and a name\n"),
        ("1000 TT a\n", "a", "loader: table: line 1: not an address, a letter and a name\n"),
        ("g T a\n", "a", "loader: table: line 1: not an address, a letter and a name\n"),
        ("1 T a\0b\n", "a", "loader: table: line 1: not an address, a letter and a name\n"),
    ] {
        assert_eq!(kallsyms(table, &[place]), (false, expected.to_owned()), "{table:?}");
    }
}
