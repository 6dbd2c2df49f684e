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
    todo!("take one argument off the string, its quotes as the kernel takes them")
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
