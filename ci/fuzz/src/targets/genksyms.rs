//! Preprocessed C, and the types of an earlier text.

use course_modules::symbol_version;
use modversions::genksyms::{Explanation, genksyms_against};

use super::parts;
use crate::{Target, modules};

pub(super) const TARGET: Target = Target {
    name: "genksyms",
    about: "preprocessed C, and a reference to hold it against",
    is_module: false,
    run,
    seeds,
};

fn run(data: &[u8]) {
    let [text, reference] = parts(data);
    for preserve in [false, true] {
        let mut exports = Vec::new();
        let (complaints, symbols) =
            genksyms_against(text, reference, preserve, |export| exports.push(export.name.to_string()));
        complaints.iter().for_each(|complaint| drop(complaint.to_string()));
        let _ = (symbols.types(), symbols.definitions_from(0));
        for export in exports.iter().take(4) {
            let _ = Explanation::new(text, reference, export).map(|explanation| explanation.text(true));
            let _ = symbol_version(&String::from_utf8_lossy(text), export);
        }
    }
}

fn seeds() -> Vec<Vec<u8>> {
    let constructs = [
        "struct s { int a : 3; char *b[4]; }; typedef struct s s_t; int foo(s_t *, unsigned long);\n\
         __GENKSYMS_EXPORT_SYMBOL(foo);\n",
        "enum e { A, B = 2 }; extern enum e e; union u { long l; double d; } u;\n\
         __GENKSYMS_EXPORT_SYMBOL(e);\n__GENKSYMS_EXPORT_SYMBOL(u);\n",
        "static inline __attribute__((unused)) int f(void) { return 'a' + \"x\"[0]; }\n\
         int (*p)(int, ...) = 0; typeof(f) g; _Static_assert(1, \"\"); __asm__(\"nop\");\n\
         __GENKSYMS_EXPORT_SYMBOL(p);\n# 7 \"x.h\"\n__GENKSYMS_EXPORT_SYMBOL(g);\n",
        "int f(int);\n__GENKSYMS_EXPORT_SYMBOL(f);\n\0f extern int f ( int )\n",
    ];
    let sources = modules::files_in("labs/modules/c", "c");
    constructs.iter().map(|text| text.as_bytes().to_vec()).chain(sources).collect()
}
