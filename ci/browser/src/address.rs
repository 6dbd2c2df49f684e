//! Addresses of files.

use std::path::{Path, PathBuf};

/// The address of a file.
pub fn of(path: &Path) -> String {
    let bytes = path.to_string_lossy();
    let escaped = bytes.bytes().map(|byte| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        byte => format!("%{byte:02X}"),
    });
    format!("file://{}", escaped.collect::<String>())
}

/// The file that `address` names, without the place in it.
pub fn path(address: &str) -> Option<PathBuf> {
    let path = address.strip_prefix("file://")?.split(['?', '#']).next()?;
    let mut bytes = Vec::new();
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(bytes).ok().map(PathBuf::from)
}

/// Whether `address` stays in the book: a file below `folder`, or data that the page itself holds.
pub fn is_within(address: &str, folder: &Path) -> bool {
    address.starts_with("data:") || path(address).is_some_and(|path| path.starts_with(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_comes_back_from_its_address() {
        let there = Path::new("/a b/ä%/c.html");
        assert_eq!(of(there), "file:///a%20b/%C3%A4%25/c.html");
        assert_eq!(path(&(of(there) + "?x#y")).as_deref(), Some(there));
    }

    #[test]
    fn only_the_books_own_files_and_data_are_within() {
        let book = Path::new("/book");
        for (address, within) in [
            ("file:///book/a.html", true),
            ("data:image/svg+xml,x", true),
            ("file:///bookish/a.html", false),
            ("https://example.org/book/a.html", false),
        ] {
            assert_eq!(is_within(address, book), within, "{address}");
        }
    }
}
