//! The given parts of genksyms: its lexer's second half, its grammar, its complaints and its explanations. The
//! signatures are the ones that scripts/genksyms of 6.1 prints with -D.

use modversions::genksyms::{Complaint, Explanation, genksyms};

/// What stands in a header, and the signature and version that `f` gets.
const CASES: &[(&str, &str, &str, u32)] = &[
    (
        "attributes before the name stay, attributes behind it go",
        "int __attribute__((cold)) f(void) __attribute__((pure));",
        "int __attribute__ ( ( cold ) ) f ( void ) ",
        0x7e2a_c05e,
    ),
    (
        "attributes behind the name stay where a value follows",
        "int f __attribute__((aligned(8))) = 3;",
        "int f __attribute__ ( ( aligned ( 8 ) ) ) ",
        0x8658_cd7a,
    ),
    (
        "the assembler's name stays",
        r#"int f(void) __asm__("g");"#,
        r#"int f ( void ) __asm__ ( "g" ) "#,
        0xec5e_c885,
    ),
    (
        "a body is skipped, with braces in strings and characters",
        r#"int f(int a) { if (a) { return '}' + *"}\"}"; } return 0; }"#,
        "int f ( int ) ",
        0xb712_0541,
    ),
    ("typeof of an expression is one piece", "int g; typeof(g) f;", "typeof ( g ) f ", 0x544b_19ff),
    (
        "typeof of an expression that does not begin with a word loses its bracket",
        "int *g; typeof(*g) f;",
        "typeof * g ) f ",
        0x166e_1e82,
    ),
    (
        "typeof of a type is read on",
        "struct s { int a; }; typeof(struct s *) f;",
        "typeof ( struct s { int a ; } * ) f ",
        0x76e2_c8d1,
    ),
    (
        "a static assertion is passed over",
        r#"_Static_assert(sizeof(int) == 4, "int"); int f;"#,
        "int f ",
        0x6ce2_abdf,
    ),
    (
        "bit-fields, with and without a name",
        "struct s { unsigned a : 3, : 5; int : 0; } ; struct s f;",
        "struct s { unsigned a : 3 , : 5 ; int : 0 ; } f ",
        0xb0f2_88ae,
    ),
    (
        "structures without a name within others",
        "struct s { union { int a; struct { long b; }; }; } ; struct s f;",
        "struct s { union { int a ; struct { long b ; } ; } ; } f ",
        0xa9d4_8b7d,
    ),
    (
        "enumerators with values and without",
        "enum e { A, B = 1 << 3, C, D = (1, 2), }; enum e f;",
        "enum e { A , B = 1 << 3 , C , D = ( 1 , 2 ) , } f ",
        0x026c_2bdd,
    ),
    (
        "pointers to functions, and arrays of them",
        "int (*f[2])(int a, void (*b)(long c));",
        "int ( * f [ 2 ] ) ( int , void ( * ) ( long ) ) ",
        0xcd86_b1c1,
    ),
    (
        "parameters without names, and dots",
        "int f(const char *, unsigned long, ...);",
        "int f ( const char * , unsigned long , ... ) ",
        0x22d3_7076,
    ),
    (
        "restrict and storage classes are forgotten",
        "static inline int f(char *restrict a, register int b) { return 0; }",
        "int f ( char * , int ) ",
        0x5310_7f82,
    ),
    (
        "the second name of a list has the specifiers of the first",
        "unsigned long g, *f;",
        "unsigned long * f ",
        0xfb20_ccc2,
    ),
    ("a type that is declared twice", "typedef int t; typedef int t; t f;", "typedef int t f ", 0xab28_49a0),
    (
        "of two declarations the first counts",
        "int f(void); int f(void) __attribute__((pure)); long f(int a) { }",
        "int f ( void ) ",
        0xe0df_8f5b,
    ),
    (
        "a name that is a type may be a member",
        "typedef int t; struct s { long *t; }; struct s f;",
        "struct s { long * t ; } f ",
        0x249c_b24c,
    ),
    ("a parameter named like a type", "typedef int t; int f(long *t);", "int f ( long * ) ", 0x72d1_7c0c),
    ("three letters behind a number", "int f[10ULL];", "int f [ 10UL L ] ", 0x881b_1fc5),
    (
        "integers of 128 bits and lists of arguments",
        "__int128 f(__builtin_va_list a, _Bool b);",
        "__int128 f ( __builtin_va_list , _Bool ) ",
        0xa2a2_1624,
    ),
    (
        "an extension before a type",
        "__extension__ typedef long long t; t f;",
        "__extension__ typedef long long t f ",
        0xa306_ee30,
    ),
    ("after a syntax error the next declaration counts", "int ] g; int f;", "int f ", 0x6ce2_abdf),
    (
        "a syntax error within brackets ends with them",
        "int f(int a, ] b) ;",
        "int f ( int , ] b ) ",
        0x685c_7c99,
    ),
    ("a syntax error in the first member", "struct s { ] }; struct s f;", "struct s { ] } f ", 0x5e61_400a),
    (
        "a syntax error in a later member",
        "struct s { int a; int ] b; int c; }; struct s f;",
        "struct s { int a ; int ] b ; int c ; } f ",
        0xee3c_ca0f,
    ),
    ("no type at all", "f(void) { }", "f ( void ) ", 0x4dfd_789f),
];

fn exports(text: &str) -> (Vec<(String, String, u32)>, Vec<Complaint<'_>>) {
    let mut exports = Vec::new();
    let complaints = genksyms(text.as_bytes(), |export| {
        exports.push((export.name.to_string(), export.signature.to_string(), export.crc));
    });
    (exports, complaints)
}

fn said(text: &str) -> Vec<String> {
    exports(text).1.iter().map(ToString::to_string).collect()
}

#[test]
fn each_kind_of_declaration_has_the_signature_and_the_version_of_the_kernels_tool() {
    for &(case, header, signature, crc) in CASES {
        let text =
            format!("# 1 \"f.c\"\n# 1 \"f.h\" 1\n{header}\n# 2 \"f.c\" 2\n__GENKSYMS_EXPORT_SYMBOL(f);\n");
        let expected = ("f".to_owned(), signature.to_owned(), crc);
        assert_eq!(exports(&text).0, [expected], "{case}");
    }
}

#[test]
fn what_is_wrong_is_said_with_the_line_of_the_source_and_what_was_expected() {
    let text = "# 1 \"f.c\"\nint f;\n# 7 \"f.h\" 1\nint a(\nint ] b);\n# 9 \"f.c\" 2\n\nlong f;\n\
                __GENKSYMS_EXPORT_SYMBOL(f);\n__GENKSYMS_EXPORT_SYMBOL(gone);\n";
    let expected = [
        "f.h:8: syntax error: expected `)`, found `]`",
        "f.c:10: redefinition of f",
        "f.c:12: export undefined symbol gone",
    ];
    assert_eq!(said(text), expected);
    assert_eq!(exports(text).0.len(), 1, "f has its version all the same");
}

#[test]
fn a_text_that_breaks_off_says_so() {
    assert_eq!(
        said("struct s { int a;"),
        ["<stdin>:1: syntax error: expected `;`, found the end of the text"]
    );
    assert_eq!(said(""), [""; 0]);
    let long = said(&format!("int f({}1{});", "{".repeat(1000), "}".repeat(1000)));
    assert_eq!(long, [format!("<stdin>:1: syntax error: expected `)`, found `{}`", "{".repeat(60))]);
}

#[test]
fn brackets_within_brackets_without_end_are_a_syntax_error_and_no_more() {
    for bracket in ["(", "int (*f)(", "struct {", "typeof(int (", "f(int "] {
        let text = format!("int f;{};__GENKSYMS_EXPORT_SYMBOL(f);", bracket.repeat(20_000));
        let (_, complaints) = exports(&text);
        assert!(!complaints.is_empty(), "{bracket}");
    }
}

#[test]
fn a_list_that_repeats_a_long_type_is_refused_before_it_fills_the_memory() {
    let text = format!("struct {{ {} }} a{};", "int x;".repeat(2_000), ", a".repeat(20_000));
    let said = said(&text);
    assert_eq!(said.last().map(String::as_str), Some("<stdin>:1: the declaration of a repeats too much"));
}

#[test]
fn an_explanation_names_the_way_to_what_has_changed_and_the_lines() {
    let old = "# 1 \"f.c\"\n# 1 \"h.h\"\nstruct a { int x; int y; int z; };\nstruct b { struct a *a; };\nint f(struct b *);\n\
               __GENKSYMS_EXPORT_SYMBOL(f);\n";
    let new = old.replace("int y;", "long y; long w;");
    let explanation = Explanation::new(old.as_bytes(), new.as_bytes(), "f").unwrap();
    let text = explanation.to_string();
    let (first, rest) = text.split_once('\n').unwrap();
    assert!(first.starts_with("f: 0x") && first.contains(" becomes 0x"), "{first}");
    assert_eq!(
        rest,
        "\nf > struct b > struct a\n  struct a {\n  int x ;\n- int y ;\n+ long y ;\n+ long w ;\n  int z ;\n"
    );
    let same = Explanation::new(old.as_bytes(), old.as_bytes(), "f").unwrap();
    assert!(same.to_string().ends_with(" in both\n"));
    let missing = Explanation::new(old.as_bytes(), b"", "f").unwrap_err();
    assert_eq!(missing, "the new text does not export f");
}

/// A chain of structures that lead to each other and to a type, and functions that meet them in every order.
fn related() -> (String, Vec<String>) {
    let members = (0..60).map(|n| format!("long member_{n};")).collect::<String>();
    let mut text = "typedef unsigned long size_t; struct a; struct b; struct c;".to_owned();
    for (name, other) in [("a", "b"), ("b", "c"), ("c", "a")] {
        text += &format!("struct {name} {{ struct {other} *next; size_t size; struct d *d; {members} }};");
    }
    let types = ["int", "size_t", "struct a *", "struct b *", "struct c *", "struct d *"];
    let mut functions = Vec::new();
    for one in types {
        for two in types {
            for three in types {
                functions.push(format!("{one} f{}({two} x, {three} y);", functions.len()));
            }
        }
    }
    (text, functions)
}

#[test]
fn what_was_written_out_for_one_export_changes_nothing_for_the_next() {
    let (types, functions) = related();
    let export = |at: usize| format!("__GENKSYMS_EXPORT_SYMBOL(f{at});");
    let all: String = (0..functions.len()).map(export).collect();
    let text = types.clone() + &functions.concat() + &all;
    let (together, _) = exports(&text);
    assert_eq!(together.len(), functions.len());
    for (at, found) in together.iter().enumerate() {
        let alone = format!("{types}{}{}", functions[at], export(at));
        assert_eq!(exports(&alone).0, std::slice::from_ref(found), "{}", functions[at]);
    }
}
