//! Lab 07: the parameters that a module is inserted with. `name=value name="two words" name`, one string
//! for all, is taken apart, and each name is looked up in the module's table of parameters. The kernel
//! does the same in `kernel/params.c` and `lib/cmdline.c`.
//!
//! Nothing here knows any type: what a value means is the business of the operations that the module
//! gave its parameter. That is why anyone can add a type, and why the loader never has to change for it.

mod next_arg;
mod parse_args;
mod table;
mod unknown;

pub use next_arg::{Argument, next_arg, skip_spaces};
pub use parse_args::{parse_args, set_module_parameters};
pub use table::{Level, Parameter, Target, parameq};
pub use unknown::unknown_module_param;
