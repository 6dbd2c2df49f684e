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

    /// Every string, in file order; any number of NULs may lie between two.
    pub fn strings(&self) -> impl Iterator<Item = &'a BStr> + Clone + use<'a> {
        self.data.split(|&byte| byte == 0).filter(|string| !string.is_empty()).map(BStr::new)
    }

    /// Every key with its value, in file order. The first `=` ends the key; a string without one is
    /// nobody's value.
    pub fn iter(&self) -> impl Iterator<Item = (&'a BStr, &'a BStr)> + Clone + use<'a> {
        // ANCHOR: task_modinfo_iter
        self.strings().filter_map(|string| {
            string.split_once_str("=").map(|(key, value)| (BStr::new(key), BStr::new(value)))
        })
        // ANCHOR_END: task_modinfo_iter
    }

    /// The first value of a key: where there are several licences, only the first one counts.
    pub fn get(&self, key: impl AsRef<[u8]>) -> Option<&'a BStr> {
        self.all(key).next()
    }

    /// Every value of a key, in file order.
    pub fn all<K: AsRef<[u8]>>(&self, key: K) -> impl Iterator<Item = &'a BStr> + use<'a, K> {
        // ANCHOR: task_modinfo_all
        self.iter().filter_map(move |(name, value)| (name == key.as_ref()).then_some(value))
        // ANCHOR_END: task_modinfo_all
    }
}
