//! Lab 08: names for addresses. A module's symbols are kept while it lives, so that an oops can say
//! `function+0x1a/0x40 [module]` and `/proc/kallsyms` can list them: `kernel/module/kallsyms.c`.

mod letter;
mod location;
mod table;

pub use letter::elf_type;
pub use location::{KSYM_NAME_LEN, Location};
pub use table::{Kallsyms, Ksym};
