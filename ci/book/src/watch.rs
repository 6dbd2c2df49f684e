//! Notices that something the book is made of has changed. It looks at the files' times instead of asking the
//! system to tell: that is the same everywhere, in containers and on network folders too.

use std::{
    fs,
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What pages and listings come from, below the root.
const SOURCES: [&str; 4] = ["book", "book.toml", "labs", "solutions"];

/// The number of files and the time of the newest change among the book's sources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    files: usize,
    newest: SystemTime,
}

impl State {
    /// The state of the sources below `root` now. What cannot be read counts as not there.
    pub fn of(root: &Path) -> State {
        let mut state = State { files: 0, newest: SystemTime::UNIX_EPOCH };
        let mut waiting: Vec<PathBuf> = SOURCES.iter().map(|source| root.join(source)).collect();
        while let Some(path) = waiting.pop() {
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            if metadata.is_dir() && path.file_name().is_none_or(|name| name != "target") {
                waiting.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|entry| entry.path()));
            } else if metadata.is_file() {
                state.files += 1;
                state.newest = state.newest.max(metadata.modified().unwrap_or(SystemTime::UNIX_EPOCH));
            }
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_file_that_is_written_added_or_removed_is_a_change() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("book/theme")).unwrap();
        let page = root.path().join("book/theme/a.css");
        fs::write(&page, "").unwrap();
        let first = State::of(root.path());
        assert_eq!(State::of(root.path()), first);

        fs::File::open(&page).unwrap().set_modified(first.newest + Duration::from_secs(5)).unwrap();
        let second = State::of(root.path());
        assert_ne!(second, first);

        fs::remove_file(&page).unwrap();
        assert_ne!(State::of(root.path()), second);
    }
}
