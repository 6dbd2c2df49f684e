//! The whole string, argument by argument (`kernel/params.c, parse_args` and `parse_one`).

use abi::Errno;
use bstr::{BStr, BString, ByteSlice};

use crate::{Argument, Level, Parameter, Target, next_arg, parameq, skip_spaces, unknown_module_param};

/// Sets the parameters that `args` names; `doing` is whose they are, for the messages.
///
/// 1. `args` is a C string: what follows a zero byte is not there. Spaces before the first argument are skipped
///    ([`skip_spaces`]).
/// 2. Argument by argument ([`next_arg`]), until nothing is left: each is handed to [`parse_one`], its value in a
///    buffer of its own that may be written to.
/// 3. An argument `--` without a value ends it. What follows is returned (in the kernel it is meant for the first
///    process): `Ok(Some(rest))`, be it empty; but where something was refused before, the refusal is returned.
/// 4. An argument that is refused is printed at once with [`Level::Error`], in the words of [`refusal`], which gets the
///    value as `parse_one` has left it. It does not stop the others.
///
/// # Errors
/// The errno of the last refusal.
pub fn parse_args(
    doing: &BStr,
    args: &BStr,
    table: &[Parameter<'_>],
    target: &mut dyn Target,
) -> Result<Option<BString>, Errno> {
    todo!("hand over each argument, print each refusal, stop at --")
}

/// Sets one parameter, or says that the module has none of that name, which is no error: a module may
/// lose a parameter, and the line in /etc/modprobe.d that sets it shall not keep the machine from booting.
///
/// 1. The first parameter of the table whose name is the same ([`parameq`]) is the one that is meant. Without a value,
///    unless that is optional for it, it is refused, and its `set` is not called. Otherwise what
///    [`Target::set`] answers is the answer; it gets the parameter's place in the table, and the value, if any.
/// 2. Where there is none: [`unknown_module_param`] says whether to complain, and about which name. If so, it prints
///    with [`Level::Warning`] ``DOING: unknown parameter 'NAME' ignored``. Either way all is well.
///
/// # Errors
/// `EINVAL` where the value is missing, or what `set` returns.
pub fn parse_one(
    doing: &BStr,
    name: &BStr,
    value: Option<&mut [u8]>,
    table: &[Parameter<'_>],
    target: &mut dyn Target,
) -> Result<(), Errno> {
    todo!("find the parameter and call its set, or say that there is none")
}

/// What the kernel prints about a refused argument: `DOING: ` and then, with the backquote before a word and the
/// apostrophe behind it that printers of 1990 took for a pair of quotes,
///
/// - for ENOENT ``Unknown parameter `NAME'``;
/// - for ENOSPC `` `VALUE' too large for parameter `NAME'``;
/// - for every other `` `VALUE' invalid for parameter `NAME'``.
///
/// VALUE ends at its first zero byte, as `%s` does: `set` may have written one. No value prints as an empty one.
pub fn refusal(doing: &BStr, name: &BStr, value: Option<&[u8]>, errno: Errno) -> String {
    todo!("say which argument was refused, in the kernel's words for this errno")
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
