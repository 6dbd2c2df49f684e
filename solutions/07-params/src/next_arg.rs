//! One argument off the front of the string (`lib/cmdline.c, next_arg`).

use bstr::{BStr, ByteSlice};

/// `name`, or `name=value`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Argument<'a> {
    /// What stands before the first `=`.
    pub name: &'a BStr,
    /// What stands behind it, without the quotes around it; `None` where there is no `=`.
    pub value: Option<&'a BStr>,
}

/// Takes the first argument off `args`, which begins with no space; returns it, and what follows without
/// the spaces before it. Never panics, and always takes something off.
///
/// 1. Where `args` begins with a double quote, the whole argument is *quoted*: drop that quote, and go on as if inside
///    of quotes.
/// 2. The argument reaches to the first space that is not between quotes, or to the end: each double quote opens or
///    closes, and one that is never closed reaches to the end.
/// 3. The first `=` separates name and value, between quotes too, but not one that is the very first byte (behind a
///    dropped quote): that belongs to the name. The kernel keeps its place in a variable whose 0 means "none yet".
/// 4. A value that begins with a double quote loses it, and its last byte too if that is a double quote. One that does
///    not, in a quoted argument, loses such a last byte only. Without a value, a quoted argument's name does.
/// 5. All other quotes stay.
///
/// `measure`, below, does 2 and 3 once you have dropped the quote of 1.
pub fn next_arg<'a>(args: &'a BStr) -> (Argument<'a>, &'a BStr) {
    // ANCHOR: task_next_arg
    let (quoted, args) = match args.strip_prefix(b"\"") {
        Some(rest) => (true, rest),
        None => (false, args.as_bytes()),
    };
    let (equals, end) = measure(args, quoted);
    let (argument, rest) = args.split_at_checked(end).unwrap_or((args, b""));
    // The byte at `end` is the space that separated.
    let rest = skip_spaces(rest.get(1..).unwrap_or_default().into());

    let Some((name, value)) = equals.and_then(|at| Some((argument.get(..at)?, argument.get(at + 1..)?)))
    else {
        let name = if quoted { without_last_quote(argument) } else { argument };
        return (Argument { name: name.into(), value: None }, rest);
    };
    let value = match value.strip_prefix(b"\"") {
        Some(inside) => without_last_quote(inside),
        None if quoted => without_last_quote(value),
        None => value,
    };
    (Argument { name: name.into(), value: Some(value.into()) }, rest)
    // ANCHOR_END: task_next_arg
}

/// Where the first `=` is, unless it is the first byte, and where the argument ends.
fn measure(args: &[u8], quoted: bool) -> (Option<usize>, usize) {
    let (mut equals, mut in_quote) = (None, quoted);
    for (at, &byte) in args.iter().enumerate() {
        match byte {
            _ if is_space(byte) && !in_quote => return (equals, at),
            b'=' if at > 0 && equals.is_none() => equals = Some(at),
            b'"' => in_quote = !in_quote,
            _ => {}
        }
    }
    (equals, args.len())
}

fn without_last_quote(text: &[u8]) -> &[u8] {
    text.strip_suffix(b"\"").unwrap_or(text)
}

/// `text` from its first byte on that is no space.
pub fn skip_spaces(text: &BStr) -> &BStr {
    let start = text.iter().position(|&byte| !is_space(byte)).unwrap_or(text.len());
    text.get(start..).unwrap_or_default().into()
}

/// What the kernel takes for a space: the six of ASCII, and Latin-1's no-break space (`lib/ctype.c`).
fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ' | 0xa0)
}
