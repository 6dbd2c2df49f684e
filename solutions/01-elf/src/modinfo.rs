//! The strings of `.modinfo`: licence, version magic, aliases, parameters, each as `key=value`.
//! include/linux/moduleparam.h, __MODULE_INFO; kernel/module/main.c, get_modinfo and next_string.

use bstr::{BStr, ByteSlice};

/// What a module says about itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Modinfo<'a> {
    data: &'a [u8],
}

impl<'a> Modinfo<'a> {
    /// The strings in `data`, the bytes of `.modinfo`.
    pub fn new(data: &'a [u8]) -> Modinfo<'a> {
        Modinfo { data }
    }

    /// Every string, in file order; any number of NULs may lie before, between and after them. There
    /// cannot be more of them than bytes.
    pub fn strings(&self) -> impl Iterator<Item = &'a BStr> + Clone + use<'a> {
        let mut rest = self.data;
        std::iter::from_fn(move || {
            let (string, behind) = next_string(rest)?;
            rest = behind;
            Some(string)
        })
        .take(self.data.len())
    }

    /// Every key with its value, in file order. The first `=` ends the key; a string without one is
    /// nobody's value.
    pub fn iter(&self) -> impl Iterator<Item = (&'a BStr, &'a BStr)> + Clone + use<'a> {
        self.strings().filter_map(|string| {
            string.split_once_str("=").map(|(key, value)| (BStr::new(key), BStr::new(value)))
        })
    }

    /// The first value of a key: where there are several licences, only the first one counts.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<&'a BStr> {
        self.all(key).next()
    }

    /// Every value of a key, in file order.
    pub fn all<K: AsRef<[u8]>>(&self, key: K) -> impl Iterator<Item = &'a BStr> + use<'a, K> {
        self.iter().filter_map(move |(name, value)| (name == key.as_ref()).then_some(value))
    }
}

/// The first string in `data`, and the bytes behind it; `None` where `data` holds nothing but NULs, or
/// nothing.
///
/// The string begins at the first byte that is not NUL, however many NULs come before it. It ends before
/// the next NUL, or with `data` where there is none. No NUL belongs to it; whether the one that ends it
/// counts among the bytes behind it does not matter, because the next call skips it.
fn next_string(data: &[u8]) -> Option<(&BStr, &[u8])> {
    // ANCHOR: task_next_string
    let padding = data.iter().take_while(|&&byte| byte == 0).count();
    let (_, string_and_rest) = data.split_at_checked(padding)?;
    let end = string_and_rest.find_byte(0).unwrap_or(string_and_rest.len());
    let (string, rest) = string_and_rest.split_at_checked(end)?;
    (!string.is_empty()).then_some((BStr::new(string), rest))
    // ANCHOR_END: task_next_string
}
