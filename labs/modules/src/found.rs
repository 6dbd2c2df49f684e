//! Which real modules are at hand: what `cargo course modules` found or fetched, kept in `target/modules.toml`
//! so that the loader needs no flags to find them. The kernel's tools look in `/lib/modules/$(uname -r)` instead.

use std::{
    fmt::Write as _,
    io,
    path::{Path, PathBuf},
};

/// Where the record is, from the root of the course.
pub const RECORD: &str = "target/modules.toml";

/// A tree of modules of one kernel, with what a loader must know of that kernel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where they come from: `debian`, `running` or `directory`.
    pub kind: String,
    /// The kernel's release, such as `6.1.0-56-amd64`.
    pub release: String,
    /// The version magic that its modules carry.
    pub vermagic: String,
    /// The folder that holds the modules, such as `…/lib/modules/6.1.0-56-amd64`.
    pub modules: PathBuf,
    /// The Module.symvers of that kernel, where its headers are at hand.
    pub symvers: Option<PathBuf>,
    /// The kernel itself, where it is at hand.
    pub vmlinuz: Option<PathBuf>,
    /// The course's own modules, built against that Module.symvers.
    pub course: Option<PathBuf>,
}

impl Found {
    /// Reads the record of the clone at or above `folder`; `None` where nothing has been found yet.
    ///
    /// # Errors
    /// The record is there and cannot be read, or is not as [`Found::write`] writes it.
    pub fn read_above(folder: &Path) -> io::Result<Option<Found>> {
        let root = folder.ancestors().find(|folder| folder.join("labs/labs.toml").is_file());
        let Some(record) = root.map(|root| root.join(RECORD)).filter(|record| record.is_file()) else {
            return Ok(None);
        };
        let text = std::fs::read_to_string(&record)?;
        let wrong = |key| {
            let what = format!("{}: no {key}: run `cargo course modules` again", record.display());
            io::Error::new(io::ErrorKind::InvalidData, what)
        };
        Found::parse(&text).map(Some).map_err(wrong)
    }

    /// Reads the text of a record. The error is the key that is missing.
    fn parse(text: &str) -> Result<Found, &'static str> {
        let value = |key: &'static str| {
            let lines = text.lines().filter_map(|line| line.split_once(" = "));
            let quoted = lines.filter(|&(name, _)| name == key).map(|(_, value)| value).next();
            quoted.and_then(|value| value.strip_prefix('\'')?.strip_suffix('\'')).ok_or(key)
        };
        let path = |key| value(key).ok().map(PathBuf::from);
        Ok(Found {
            kind: value("kind")?.into(),
            release: value("release")?.into(),
            vermagic: value("vermagic")?.into(),
            modules: value("modules")?.into(),
            symvers: path("symvers"),
            vmlinuz: path("vmlinuz"),
            course: path("course"),
        })
    }

    /// Writes the record of the clone at `root`, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written, or a path is not UTF-8 or holds a quote or a line's end.
    pub fn write(&self, root: &Path) -> io::Result<()> {
        let record = root.join(RECORD);
        let unfinished = record.with_extension("toml.new");
        std::fs::write(&unfinished, self.to_toml()?)?;
        std::fs::rename(unfinished, record)
    }

    /// The record as TOML, every value a literal string.
    fn to_toml(&self) -> io::Result<String> {
        let mut text = String::from("# Written by `cargo course modules`, read by `cargo loader`.\n");
        let mut line = |key: &str, value: &str| {
            if value.contains(['\'', '\n']) {
                let what =
                    format!("{key} {value:?} holds a quote or a line's end: give that folder another name");
                return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
            }
            writeln!(text, "{key} = '{value}'").map_err(io::Error::other)
        };
        line("kind", &self.kind)?;
        line("release", &self.release)?;
        line("vermagic", &self.vermagic)?;
        let paths = [("symvers", &self.symvers), ("vmlinuz", &self.vmlinuz), ("course", &self.course)];
        let there = paths.into_iter().filter_map(|(key, path)| Some((key, path.as_ref()?)));
        for (key, path) in [("modules", &self.modules)].into_iter().chain(there) {
            let text = path.to_str().ok_or_else(|| {
                io::Error::new(io::ErrorKind::InvalidInput, format!("{key} {path:?} is not UTF-8"))
            })?;
            line(key, text)?;
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found() -> Found {
        Found {
            kind: "debian".into(),
            release: "6.1.0-56-amd64".into(),
            vermagic: "6.1.0-56-amd64 SMP preempt mod_unload modversions ".into(),
            modules: "/a b/lib/modules/6.1.0-56-amd64".into(),
            symvers: Some("/a b/Module.symvers".into()),
            vmlinuz: None,
            course: None,
        }
    }

    #[test]
    fn what_is_written_is_read_again_the_space_at_the_end_of_vermagic_included() {
        let clone = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(clone.path().join("labs")).unwrap();
        std::fs::create_dir_all(clone.path().join("target")).unwrap();
        std::fs::write(clone.path().join("labs/labs.toml"), "").unwrap();
        assert_eq!(Found::read_above(clone.path()).unwrap(), None);
        found().write(clone.path()).unwrap();
        assert_eq!(Found::read_above(&clone.path().join("labs")).unwrap(), Some(found()));
    }

    #[test]
    fn a_record_cut_short_names_the_key_that_is_missing() {
        assert_eq!(Found::parse("kind = 'debian'\nrelease = '6.1'\n").unwrap_err(), "vermagic");
        assert_eq!(Found::parse("kind = 'debian\n").unwrap_err(), "kind");
    }

    #[test]
    fn a_path_that_would_break_the_record_is_refused() {
        let found = Found { modules: "/it's".into(), ..found() };
        assert!(found.to_toml().unwrap_err().to_string().contains("another name"));
    }
}
