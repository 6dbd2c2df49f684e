//! Two version magics compared: the kernel's own, and the one in the module. The kernel does the same in
//! `kernel/module/version.c, same_magic`.

use bstr::BStr;

/// Whether a module built for `theirs` may be loaded into a kernel that is `ours`.
///
/// The strings must be equal, to the last space (`strcmp`). Where the module `has_crcs` its symbols are checked
/// one by one, so both strings are compared from their first space on only, and that space is part of it: the
/// release, which is the first word, may differ. A string without a space has nothing left to compare.
/// Neither need be UTF-8: they come from a file.
pub fn same_magic(theirs: &BStr, ours: &BStr, has_crcs: bool) -> bool {
    todo!("compare the two strings, from the first space on where the module has CRCs")
}

/// `magic` from its first space on; nothing where it has none.
fn after_release(magic: &BStr) -> &[u8] {
    let end = magic.iter().position(|&byte| byte == b' ').unwrap_or(magic.len());
    magic.get(end..).unwrap_or_default()
}
