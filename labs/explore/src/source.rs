//! What a variable is called: read from the line of source that makes it.

use std::{cell::RefCell, collections::HashMap, fs, panic::Location, path::Path};

/// The name in `refcnt: AtomicI32::new(1)` or `let refcnt = AtomicI32::new(1)`; `None` where the line has none, or the
/// source is not there.
pub(crate) fn name_at(place: &Location<'static>) -> Option<String> {
    /// File, line and column.
    type Place = (&'static str, u32, u32);
    thread_local! {
        static KNOWN: RefCell<HashMap<Place, Option<String>>> = RefCell::default();
    }
    let key: Place = (place.file(), place.line(), place.column());
    if let Some(known) = KNOWN.with_borrow(|known| known.get(&key).cloned()) {
        return known;
    }
    let text = read(place.file());
    let line = text.as_ref().and_then(|text| text.lines().nth(place.line() as usize - 1));
    let name = line.and_then(|line| line.get(..place.column() as usize - 1)).and_then(name_before);
    KNOWN.with_borrow_mut(|known| known.insert(key, name.clone()));
    name
}

/// The last name in `text` that a `:` or `=` follows, and that is no type.
fn name_before(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    for at in (0..bytes.len()).rev() {
        let is_path =
            bytes[at] == b':' && (bytes.get(at + 1) == Some(&b':') || at > 0 && bytes[at - 1] == b':');
        if !matches!(bytes[at], b':' | b'=') || is_path {
            continue;
        }
        let before = text[..at].trim_end();
        let start = before.rfind(|c: char| !(c.is_alphanumeric() || c == '_')).map_or(0, |at| at + 1);
        // The character before the name may be longer than a byte.
        let name = before.get(start..).unwrap_or_default();
        if name.starts_with(|c: char| c.is_lowercase() || c == '_') {
            return Some(name.to_owned());
        }
    }
    None
}

/// A source file by the name that the compiler knew it by: from the workspace's root, which tests do not run in.
fn read(file: &str) -> Option<String> {
    let here = std::env::current_dir().ok()?;
    let path = here.ancestors().map(|folder| folder.join(file)).find(|path| Path::is_file(path))?;
    fs::read_to_string(path).ok()
}

#[cfg(test)]
mod tests {
    use super::name_before;

    #[test]
    fn a_variable_has_the_name_of_its_field_or_its_let() {
        for (text, name) in [
            ("            refcnt: ", Some("refcnt")),
            ("        Refcount { state: AtomicU32::new(0), refcnt: ", Some("refcnt")),
            ("        let live = Arc::new(", Some("live")),
            ("        let live: Arc<AtomicBool> = Arc::new(", Some("live")),
            ("            counts: (0..cpus).map(|_| ", Some("counts")),
            ("        Refcount(", None),
        ] {
            assert_eq!(name_before(text).as_deref(), name, "{text}");
        }
    }
}
