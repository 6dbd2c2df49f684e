//! What the course's sources claim, and what carries each claim: `[[claim]]` in `labs/labs.toml`, and the page of the book
//! that is derived from it.

use std::{
    fmt::{self, Display, Write},
    path::PathBuf,
};

use anyhow::{Context, Result};
use serde::Deserialize;

use crate::{
    files::read_if_there,
    manifest::{Lab, Manifest},
    root::Root,
};

/// The page of the book.
pub const PAGE: &str = "book/claims.md";

/// One claim or rule of a source.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Who says it.
    pub source: Source,
    /// What, in one sentence of ours.
    pub says: String,
    /// The tests and sessions that show it.
    pub carried_by: Vec<Carrier>,
}

/// The course's sources, in the order of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// LWN, 15 January 2003.
    #[serde(rename = "lwn-2003")]
    Lwn2003,
    /// Rusty Russell to linux-kernel, 19 September 2002.
    #[serde(rename = "russell-2002")]
    Russell2002,
    /// Werner Almesberger to linux-kernel, 2002.
    #[serde(rename = "almesberger-2002")]
    Almesberger2002,
    /// Two comments on LWN, 1 August 2003.
    #[serde(rename = "lwn-comments-2003")]
    LwnComments2003,
    /// Rusty Russell's modules FAQ.
    Faq,
}

impl Source {
    /// All of them.
    pub const ALL: [Source; 5] =
        [Source::Lwn2003, Source::Russell2002, Source::Almesberger2002, Source::LwnComments2003, Source::Faq];

    /// What it is, for a heading.
    pub fn title(self) -> &'static str {
        match self {
            Source::Lwn2003 => "LWN, “The latest loadable module changes”, 15 January 2003",
            Source::Russell2002 => "Rusty Russell to linux-kernel, 19 September 2002",
            Source::Almesberger2002 => "Werner Almesberger to linux-kernel, 2002",
            Source::LwnComments2003 => "Peter and giraffedata, comments on LWN, 1 August 2003",
            Source::Faq => "Rusty Russell, the modules FAQ",
        }
    }
}

/// What shows that a claim is so: `CRATE FILE::TEST`, or `session NAME`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub enum Carrier {
    /// A test, of a lab (`refcount put::a_test`, where FILE is the task, or a file of the solution's own tests) or of
    /// another crate of the course.
    Test {
        /// The crate's name, without `-solution`.
        library: String,
        /// The file without its ending.
        file: String,
        /// The function.
        test: String,
    },
    /// A session in `book/sessions`.
    Session(String),
}

impl TryFrom<String> for Carrier {
    type Error = String;

    fn try_from(text: String) -> Result<Carrier, String> {
        let wrong = || format!("'{text}' is neither `CRATE FILE::TEST` nor `session NAME`");
        let (first, rest) = text.split_once(' ').ok_or_else(wrong)?;
        match rest.split_once("::") {
            None if first == "session" => Ok(Carrier::Session(rest.to_string())),
            Some((file, test)) => Ok(Carrier::Test {
                library: first.to_string(),
                file: file.to_string(),
                test: test.to_string(),
            }),
            None => Err(wrong()),
        }
    }
}

impl Display for Carrier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Carrier::Test { library, file, test } => write!(f, "{library} {file}::{test}"),
            Carrier::Session(name) => write!(f, "session {name}"),
        }
    }
}

impl Carrier {
    /// Whether it is there.
    fn is_there(&self, root: &Root, manifest: &Manifest) -> Result<bool> {
        match self {
            Carrier::Session(name) => {
                let script = root.join("book/sessions").join(name);
                Ok(["txt", "sh"].iter().any(|ending| script.with_extension(ending).is_file()))
            }
            Carrier::Test { library, file, test } => {
                for folder in folders(manifest, library) {
                    let path = root.join(folder).join(file).with_extension("rs");
                    let text = read_if_there(&path)?.unwrap_or_default();
                    // With the attribute: a helper that is called like it carries nothing.
                    let is_test = |at: usize| {
                        text[..at]
                            .trim_end_matches("pub ")
                            .lines()
                            .rev()
                            .take(6)
                            .any(|line| line.contains("#[test]"))
                    };
                    if text.match_indices(&format!("fn {test}(")).any(|(at, _)| is_test(at)) {
                        return Ok(true);
                    }
                }
                Ok(false)
            }
        }
    }

    /// As the page shows it: the test's name is a sentence.
    fn shown(&self, manifest: &Manifest) -> String {
        match self {
            Carrier::Session(name) => match manifest.starters().find(|lab| lab.folder() == *name) {
                Some(lab) => format!("the session of [lab {}]({name}.md#checkpoint)", lab.number),
                None => format!("the session `{name}`"),
            },
            Carrier::Test { library, file, test } => {
                let sentence = test.replace('_', " ");
                match manifest.starters().find(|lab| lab.library == *library) {
                    Some(lab) if lab.task(file).is_some() => {
                        format!("[{library}, `{file}`]({}.md#{file}): {sentence}", lab.folder())
                    }
                    Some(lab) => format!("[{library}]({}.md), `{file}`: {sentence}", lab.folder()),
                    None => format!("{library}, `{file}`: {sentence}"),
                }
            }
        }
    }
}

/// Where the tests of a crate may be, from the root.
fn folders(manifest: &Manifest, library: &str) -> Vec<PathBuf> {
    let of_lab = |lab: &Lab| {
        vec![format!("{}/tests", lab.starter()).into(), format!("{}/tests", lab.solution()).into()]
    };
    match manifest.labs.iter().find(|lab| lab.library == library) {
        Some(lab) => of_lab(lab),
        None => {
            ["labs", "ci"].iter().map(|above| PathBuf::from(format!("{above}/{library}/tests"))).collect()
        }
    }
}

/// What is wrong with the list of claims, a sentence each. While a lab is still to come, so may be what carries a claim.
///
/// # Errors
/// A file of tests cannot be read.
pub fn breaches(root: &Root, manifest: &Manifest) -> Result<Vec<String>> {
    let mut breaches = Vec::new();
    let is_complete = manifest.labs.iter().all(Lab::has_starter);
    for claim in &manifest.claims {
        let Claim { says, carried_by, .. } = claim;
        if carried_by.is_empty() && is_complete {
            breaches.push(format!("nothing carries the claim that {says}"));
        }
        for carrier in carried_by {
            if !carrier.is_there(root, manifest).with_context(|| carrier.to_string())? {
                breaches.push(format!("there is no `{carrier}`, which carries the claim that {says}"));
            }
        }
    }
    Ok(breaches)
}

/// The page of the book.
pub fn page(manifest: &Manifest) -> String {
    let of = |source: Source| manifest.claims.iter().filter(move |claim| claim.source == source);
    let mut page = String::from(
        "# What carries each claim\n\n\
         The course is built on five short texts, from the time when the module loader moved into the kernel; [Sources and\n\
         thanks](sources.md) says where they are. Here is every claim and every rule in them, in our own words, and the\n\
         tests and sessions that show it: what is claimed of a module is something that you can run. What was so then and\n\
         is no longer so is shown as it was then.\n\n\
         The page is made from `labs/labs.toml`; `cargo course prove` fails where a claim is carried by nothing, or by a\n\
         test that does not exist.\n",
    );
    for source in Source::ALL {
        let _ = write!(page, "\n## {}\n\n| claim | carried by |\n|---|---|\n", source.title());
        for Claim { says, carried_by, .. } in of(source) {
            let carriers: Vec<String> = carried_by.iter().map(|carrier| carrier.shown(manifest)).collect();
            let carriers =
                if carriers.is_empty() { "still to come".to_string() } else { carriers.join("<br>") };
            let _ = writeln!(page, "| {} | {carriers} |", sentence(says));
        }
    }
    page
}

/// With a capital letter and a full stop: in the manifest a claim is what follows "the claim that".
fn sentence(says: &str) -> String {
    let mut letters = says.chars();
    let first = letters.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::files::write;

    /// A course with one lab and these claims.
    fn course(claims: &str) -> Result<(tempfile::TempDir, Root, Manifest)> {
        let lab = "[[lab]]\nnumber = 1\ncrate = \"elf\"\ntitle = \"t\"\nbuilds = \"b\"\nminutes = 1\n\
                   [[lab.task]]\nname = \"header\"\npoints = 1\nwrite = \"w\"\nwhy = \"y\"\n";
        let folder = tempfile::tempdir()?;
        let test = |name: &str| format!("#[test]\nfn {name}() {{}}\n\n\n\n\n\n\n\n\nfn helper() {{}}\n");
        for (path, text) in [
            ("labs/labs.toml", String::new()),
            ("labs/01-elf/tests/header.rs", test("it_is_read")),
            ("solutions/01-elf/tests/given.rs", test("it_is_given")),
            ("labs/machine/tests/disk.rs", test("it_turns")),
            ("book/sessions/busy.txt", String::new()),
        ] {
            write(&folder.path().join(path), &text)?;
        }
        let root = Root::above(folder.path())?;
        let manifest = Manifest::parse(&format!("{lab}{claims}"))?;
        Ok((folder, root, manifest))
    }

    fn claim(carried_by: &str) -> String {
        format!("[[claim]]\nsource = \"faq\"\nsays = \"a header is read\"\ncarried_by = [{carried_by}]\n")
    }

    #[test]
    fn what_carries_a_claim_is_there() {
        let (_folder, root, manifest) = course(&claim(
            "\"elf header::it_is_read\", \"elf given::it_is_given\", \"machine disk::it_turns\", \"session busy\"",
        ))
        .unwrap();
        assert_eq!(breaches(&root, &manifest).unwrap(), Vec::<String>::new());
        for (carried_by, expected) in [
            ("", "nothing carries the claim that a header is read"),
            ("\"elf header::it_is_gone\"", "there is no `elf header::it_is_gone`, which carries"),
            ("\"elf header::helper\"", "there is no `elf header::helper`"),
            ("\"elf other::it_is_read\"", "there is no `elf other::it_is_read`"),
            ("\"session idle\"", "there is no `session idle`"),
        ] {
            let (_folder, root, manifest) = course(&claim(carried_by)).unwrap();
            let breaches = breaches(&root, &manifest).unwrap();
            assert!(breaches.len() == 1 && breaches[0].starts_with(expected), "{breaches:?}");
        }
    }

    #[test]
    fn while_a_lab_is_still_to_come_a_claim_may_wait_for_it() {
        let to_come = "[[lab]]\nnumber = 2\ncrate = \"unload\"\ntitle = \"u\"\nbuilds = \"b\"\nminutes = 1\n";
        let (_folder, root, manifest) = course(&format!("{to_come}{}", claim(""))).unwrap();
        assert_eq!(breaches(&root, &manifest).unwrap(), Vec::<String>::new());
        assert!(page(&manifest).contains("| A header is read. | still to come |\n"));
    }

    #[test]
    fn a_claim_that_is_written_wrongly_is_refused() {
        for (wrong, expected) in [
            (claim("\"header\""), "'header' is neither `CRATE FILE::TEST` nor `session NAME`"),
            (claim("").replace("faq", "hearsay"), "unknown variant `hearsay`"),
        ] {
            let refusal = format!("{:#}", course(&wrong).unwrap_err());
            assert!(refusal.contains(expected), "{refusal}");
        }
    }

    #[test]
    fn the_page_has_a_table_for_each_source_and_names_the_tasks_chapter() {
        let (_folder, _, manifest) = course(&claim("\"elf header::it_is_read\", \"session busy\"")).unwrap();
        let page = page(&manifest);
        assert!(page.contains(
            "| A header is read. | [elf, `header`](01-elf.md#header): it is read<br>the session `busy` |\n"
        ));
        for source in Source::ALL {
            assert!(page.contains(&format!("\n## {}\n", source.title())), "{page}");
        }
    }

    #[test]
    fn each_claim_of_the_five_sources_is_carried_by_something_that_is_there() {
        let root = Root::above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let manifest = Manifest::read(&root).unwrap();
        assert_eq!(breaches(&root, &manifest).unwrap(), Vec::<String>::new());
        for source in Source::ALL {
            assert!(manifest.claims.iter().any(|claim| claim.source == source), "{}", source.title());
        }
    }
}
