//! A symbol's declaration, written out.

use modversions::genksyms::{Trouble, genksyms};
use proptest::prelude::*;

/// The signatures of what `text` exports, in order.
fn signatures(text: &str) -> Vec<String> {
    let mut signatures = Vec::new();
    genksyms(text.as_bytes(), |export| signatures.push(export.signature.to_string()));
    signatures
}

/// The signature of `f`, as `header` declares it.
fn signature(header: &str) -> String {
    let text = format!("# 1 \"f.c\"\n# 1 \"f.h\" 1\n{header}\n# 2 \"f.c\" 2\n__GENKSYMS_EXPORT_SYMBOL(f);\n");
    signatures(&text).pop().expect("f is exported")
}

#[test]
fn tokens_that_stand_for_themselves_are_written_with_a_blank_after_each() {
    assert_eq!(signature("int f(int a, char *b[2]);"), "int f ( int , char * [ 2 ] ) ");
    assert_eq!(signature("extern unsigned long f;"), "unsigned long f ");
}

#[test]
fn the_name_of_a_type_becomes_its_definition() {
    assert_eq!(
        signature("typedef unsigned int u32; u32 f(void);"),
        "typedef unsigned int u32 f ( void ) ",
        "whoever changes u32 changes f, though the line of f stays the same"
    );
}

#[test]
fn a_structure_becomes_its_definition_wherever_only_its_name_stands() {
    assert_eq!(
        signature("struct point { int x, y; }; int f(struct point *p);"),
        "int f ( struct point { int x , y ; } * ) "
    );
    assert_eq!(signature("union u { int a; }; union u f;"), "union u { int a ; } f ");
}

#[test]
fn definitions_within_definitions_are_written_out_as_well() {
    assert_eq!(
        signature("typedef int s32; struct a { s32 n; }; struct b { struct a a; }; struct b f;"),
        "struct b { struct a { typedef int s32 n ; } a ; } f ",
        "a structure three headers away is a part of the checksum"
    );
}

#[test]
fn what_has_been_written_out_once_is_only_named_from_then_on() {
    assert_eq!(
        signature("struct s { int a; }; int f(struct s *, struct s *);"),
        "int f ( struct s { int a ; } * , struct s * ) "
    );
    assert_eq!(signature("typedef int t; t f(t, t);"), "typedef int t f ( t , t ) ");
}

#[test]
fn a_structure_that_points_at_itself_comes_to_an_end() {
    assert_eq!(
        signature("struct list { struct list *next; }; struct list f;"),
        "struct list { struct list * next ; } f ",
        "it counts as met from its beginning, not from its end"
    );
    assert_eq!(
        signature("struct b; struct a { struct b *b; }; struct b { struct a *a; }; struct a f;"),
        "struct a { struct b { struct a * a ; } * b ; } f "
    );
}

#[test]
fn each_export_begins_anew() {
    let text = "typedef int t; t f; t g; __GENKSYMS_EXPORT_SYMBOL(f); __GENKSYMS_EXPORT_SYMBOL(g);";
    assert_eq!(
        signatures(text),
        ["typedef int t f ", "typedef int t g "],
        "a version does not depend on what else the file exports"
    );
}

#[test]
fn a_structure_that_is_not_declared_is_unknown() {
    assert_eq!(signature("struct s; int f(struct s *);"), "int f ( struct s { UNKNOWN } * ) ");
    let text = b"int f(struct s *, enum e, struct s *); __GENKSYMS_EXPORT_SYMBOL(f);";
    let mut found = String::new();
    let complaints = genksyms(text, |export| found = export.signature.to_string());
    assert_eq!(found, "int f ( struct s { UNKNOWN } * , enum e { UNKNOWN } , struct s * ) ");
    let troubles: Vec<_> = complaints.into_iter().map(|complaint| complaint.trouble).collect();
    let expected =
        [Trouble::ExpandsUndefined("struct", "s".into()), Trouble::ExpandsUndefined("enum", "e".into())];
    assert_eq!(troubles, expected, "said once for each, where it is first missed");
}

#[test]
fn a_structure_of_the_source_file_itself_is_unknown_to_everybody_else() {
    let text = "# 1 \"f.c\"\nstruct s { int secret; };\nint f(struct s *);\n__GENKSYMS_EXPORT_SYMBOL(f);\n";
    assert_eq!(
        signatures(text),
        ["int f ( struct s { UNKNOWN } * ) "],
        "no module can look into it, so none is harmed by a change"
    );
}

#[test]
fn an_enumerator_becomes_its_value() {
    assert_eq!(signature("enum { N = 4 }; char f[N];"), "char f [ 4 ] ");
    assert_eq!(signature("enum { A, B }; char f[B];"), "char f [ 1 ] ", "counted from zero");
    assert_eq!(signature("enum { A = 8, B, C }; char f[C];"), "char f [ ( 8 ) + 2 ] ", "and from a value");
    assert_eq!(
        signature("enum { A = 1 << 2, B }; char f[B + A + B];"),
        "char f [ ( 1 << 2 ) + 1 + 1 << 2 + B ] ",
        "the second time, its name"
    );
}

#[test]
fn a_name_may_be_a_structure_and_something_else_too() {
    assert_eq!(
        signature("typedef int f_t; struct f_t { f_t f_t; }; struct f_t f;"),
        "struct f_t { typedef int f_t f_t ; } f ",
        "structures have a name space of their own"
    );
    assert_eq!(
        signature("struct f { int a; }; struct f f(struct f);"),
        "struct f { int a ; } f ( struct f ) "
    );
}

#[test]
fn what_is_declared_after_its_export_has_no_version() {
    assert_eq!(
        signatures("__GENKSYMS_EXPORT_SYMBOL(f); int f; int g; __GENKSYMS_EXPORT_SYMBOL(g);"),
        ["int g "],
        "an export is written out where it stands, with what is declared by then"
    );
    let late = "int f(struct s *); __GENKSYMS_EXPORT_SYMBOL(f);\n# 1 \"h.h\"\nstruct s { int a; }; int g(struct s *);\n\
                __GENKSYMS_EXPORT_SYMBOL(g);";
    assert_eq!(
        signatures(late),
        ["int f ( struct s { UNKNOWN } * ) ", "int g ( struct s { UNKNOWN } * ) "],
        "what was once declared unknown stays unknown"
    );
}

#[test]
fn a_chain_of_types_longer_than_the_stack_is_deep() {
    const LINKS: usize = 20_000;
    let mut header = String::from("typedef int t0;\n");
    for link in 1..LINKS {
        header += &format!("typedef t{} *t{link};\n", link - 1);
    }
    let signature = signature(&format!("{header}t{} f;", LINKS - 1));
    assert_eq!(
        signature.matches("typedef ").count(),
        LINKS,
        "the text is anybody's: it may not crash the build"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn no_text_makes_it_panic_and_a_symbol_before_it_has_its_version(text in "[a-c ,;(){}*=:\\[\\]\n\"#]{0,80}") {
        let text = format!("int f(void);__GENKSYMS_EXPORT_SYMBOL(f);\ntypedef int a; struct b {{ a c; }};\n{text};\
                            __GENKSYMS_EXPORT_SYMBOL(c);");
        let found = signatures(&text);
        prop_assert_eq!(found.first().map(String::as_str), Some("int f ( void ) "));
    }
}
