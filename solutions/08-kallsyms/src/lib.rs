//! Lab 08: names for addresses. A module's symbols are kept while it lives, so that an oops can say
//! `function+0x1a/0x40 [module]` and `/proc/kallsyms` can list them: `kernel/module/kallsyms.c`. The kernel's own are
//! kept compressed: `kernel/kallsyms.c`, `scripts/kallsyms.c`.

mod letter;
mod location;
mod names;
mod table;
mod tokens;
mod vmlinux;

pub use letter::elf_type;
pub use location::{KSYM_NAME_LEN, Location};
pub use names::{Expanded, Names, TokenTable};
pub use table::{Kallsyms, Ksym};
pub use tokens::{Profit, Tokens, compress_symbol, optimize_token_table};
pub use vmlinux::{Decoded, Sizes, Vmlinux};
