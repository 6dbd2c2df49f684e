//! Lab 07: the parameters that a module is inserted with. `name=value name="two words" name`, one string
//! for all, is taken apart, and each name is looked up in the module's table of parameters. The kernel
//! does the same in `kernel/params.c` and `lib/cmdline.c`.
//!
//! Nothing of that knows any type: what a value means is the business of the operations that the module
//! gave its parameter. That is why anyone can add a type, and why the loader never has to change for it.
//! The kernel's own types are here as well, in `types`.

mod next_arg;
mod parse_args;
mod sysfs;
mod table;
mod types;
mod unknown;
mod variables;

pub use next_arg::{Argument, next_arg, skip_spaces};
pub use parse_args::{parse_args, parse_one, refusal, set_module_parameters};
pub use sysfs::{Access, kernfs_fop_open, param_attr_show, param_attr_store};
pub use table::{Level, Parameter, Target, parameq};
pub use types::{
    Array, Bint, BoolEnableOnly, Charp, CopyString, Hexint, Invbool, Number, Setting, Standard, Type, kstrto,
    param_array, param_array_get, param_set_bool, standard,
};
pub use unknown::unknown_module_param;
pub use variables::Variables;
