//! The strings of `.modinfo`, taken apart and put together again.

use super::draft::{Draft, shown};

/// The strings `KEY=VALUE` of `.modinfo`.
pub(super) struct Strings {
    section: usize,
    pub(super) all: Vec<Vec<u8>>,
}

impl Strings {
    /// Those of the module, where it has any.
    pub(super) fn of(draft: &Draft) -> Option<Strings> {
        let part = draft.named(".modinfo")?;
        let strings = draft.data(&part)?.split(|&byte| byte == 0).filter(|string| !string.is_empty());
        Some(Strings { section: part.number, all: strings.map(<[u8]>::to_vec).collect() })
    }

    /// The number of the first string with this key.
    pub(super) fn position(&self, key: &str) -> Option<usize> {
        self.all.iter().position(|string| string.split(|&byte| byte == b'=').next() == Some(key.as_bytes()))
    }

    /// The value of the first string with this key.
    pub(super) fn value(&self, key: &str) -> Option<&[u8]> {
        self.all.get(self.position(key)?)?.get(key.len() + 1..)
    }

    /// Gives `key` this value, or takes it away, and says so.
    pub(super) fn set(mut self, draft: &mut Draft, key: &str, to: Option<&[u8]>) -> Option<String> {
        let from = self.value(key).map_or("nothing".into(), |value| format!("'{}'", shown(value)));
        let string = to.map(|value| [key.as_bytes(), b"=", value].concat());
        match (self.position(key), string) {
            (Some(at), Some(string)) => *self.all.get_mut(at)? = string,
            (Some(at), None) => drop(self.all.remove(at)),
            (None, Some(string)) => self.all.push(string),
            (None, None) => return None,
        }
        self.write(draft)?;
        let to = to.map_or("nothing".into(), |value| format!("'{}'", shown(value)));
        Some(format!(".modinfo, {key}: {from} became {to}"))
    }

    /// Writes them back, each with its NUL; `None` where that changes nothing.
    pub(super) fn write(&self, draft: &mut Draft) -> Option<()> {
        let bytes: Vec<u8> = self.all.iter().flat_map(|string| string.iter().copied().chain([0])).collect();
        if draft.data(draft.part(self.section)?)? == bytes {
            return None;
        }
        draft.replace(self.section, &bytes)
    }
}
