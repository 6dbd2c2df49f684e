//! The whole string, argument by argument (`kernel/params.c, parse_args` and `parse_one`).

use abi::Errno;
use bstr::{BStr, BString, ByteSlice};

use crate::{Argument, Level, Parameter, Target, next_arg, parameq, skip_spaces, unknown_module_param};

/// Sets the parameters that `args` names; `doing` is whose they are, for the messages.
///
/// An argument that is refused does not stop the others. An argument `--` does: what follows it is
/// returned (in the kernel it is meant for the first process), unless something was refused before.
///
/// # Errors
/// The errno of the last refusal; each was printed when it came.
pub fn parse_args(
    doing: &BStr,
    args: &BStr,
    table: &[Parameter<'_>],
    target: &mut dyn Target,
) -> Result<Option<BString>, Errno> {
    // ANCHOR: task_parse_args
    // A C string: whatever follows a zero byte was never there.
    let until_zero = args.split(|&byte| byte == 0).next().unwrap_or_default();
    let mut args = skip_spaces(until_zero.as_bstr());
    let mut result = Ok(None);
    while !args.is_empty() {
        let (argument, rest) = next_arg(args);
        args = rest;
        if argument == (Argument { name: "--".into(), value: None }) {
            return result.map(|_| Some(args.to_owned()));
        }
        let mut value = argument.value.map(|value| value.to_vec());
        if let Err(errno) = parse_one(doing, argument.name, value.as_deref_mut(), table, target) {
            target.print(Level::Error, refusal(doing, argument.name, value.as_deref(), errno));
            result = Err(errno);
        }
    }
    result
    // ANCHOR_END: task_parse_args
}

/// Sets one parameter, or says that the module has none of that name, which is no error: a module may
/// lose a parameter, and the line in /etc/modprobe.d that sets it shall not keep the machine from booting.
fn parse_one(
    doing: &BStr,
    name: &BStr,
    value: Option<&mut [u8]>,
    table: &[Parameter<'_>],
    target: &mut dyn Target,
) -> Result<(), Errno> {
    // ANCHOR: task_parse_one
    let Some(index) = table.iter().position(|parameter| parameq(name, parameter.name)) else {
        if let Some(name) = unknown_module_param(name) {
            target.print(Level::Warning, format!("{doing}: unknown parameter '{name}' ignored"));
        }
        return Ok(());
    };
    if value.is_none() && !table.get(index).is_some_and(|parameter| parameter.value_is_optional) {
        return Err(Errno::EINVAL);
    }
    target.set(index, value)
    // ANCHOR_END: task_parse_one
}

/// What the kernel prints about a refused argument.
fn refusal(doing: &BStr, name: &BStr, value: Option<&[u8]>, errno: Errno) -> String {
    // ANCHOR: task_refusal
    // `%s` stops at a zero byte, and `set` may have written one.
    let value = value.unwrap_or_default().split(|&byte| byte == 0).next().unwrap_or_default().as_bstr();
    match errno {
        Errno::ENOENT => format!("{doing}: Unknown parameter `{name}'"),
        Errno::ENOSPC => format!("{doing}: `{value}' too large for parameter `{name}'"),
        _ => format!("{doing}: `{value}' invalid for parameter `{name}'"),
    }
    // ANCHOR_END: task_refusal
}

/// What `kernel/module/main.c, load_module` does with a module's arguments: sets the parameters, and says
/// that nobody reads what follows a `--`.
///
/// # Errors
/// The errno of the last refusal. The module does not come then.
pub fn set_module_parameters(
    module: &BStr,
    args: &BStr,
    table: &[Parameter<'_>],
    target: &mut dyn Target,
) -> Result<(), Errno> {
    if let Some(after_dashes) = parse_args(module, args, table, target)? {
        let line = format!("{module}: parameters '{after_dashes}' after `--' ignored");
        target.print(Level::Warning, line);
    }
    Ok(())
}
