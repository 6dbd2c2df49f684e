//! The arguments that every module takes (`kernel/module/main.c, unknown_module_param_cb`).

use bstr::{BStr, ByteSlice};

/// What to call `name`, which is no parameter of the module's own, in the warning about it; `None` where
/// it needs none, because the kernel takes it for every module:
///
/// - `async_probe` says that the module's drivers may look for their devices later;
/// - `dyndbg` switches debugging messages on (`lib/dynamic_debug.c, ddebug_dyndbg_param_cb`). That
///   function also takes `module.dyndbg`, from the kernel's command line, and cuts the name at the dot
///   to look; where it is something else after all, the name stays cut.
pub fn unknown_module_param(name: &BStr) -> Option<&BStr> {
    if name == "async_probe" {
        return None;
    }
    let (before, after) = name.split_once_str(".").unwrap_or((name, name));
    (after != b"dyndbg").then_some(before.into())
}
