//! The parts of README and book that are derived: a session, the list of labs, what carries each claim, the
//! rules that only our loader has.

use anyhow::{Context, Result, bail};

use super::{Derived, derived};
use crate::{
    claims, files::read, kernel_functions, layout::Look, manifest::Manifest, prove, report, root::Root,
    stricter,
};

/// The pages that show something derived between `<!-- derived: WHAT -->` and `<!-- end -->`.
pub(super) fn all(root: &Root, manifest: &Manifest) -> Result<Vec<Derived>> {
    let page = |name: &str| {
        let path = root.join(name);
        let now = read(&path)?;
        let should = derive(&now, |what| match what.split_once(' ') {
            None if what == "labs" => Ok(table(manifest)),
            Some(("session", name)) => {
                let transcript = root.join("book/sessions").join(name).with_extension("out");
                Ok(format!("```text\n{}\n```\n", read(&transcript)?.trim_end()))
            }
            Some(("verdict", which)) => Ok(format!("```text\n{}```\n", verdict(root, manifest, which)?)),
            _ => bail!("nothing is called `{what}`"),
        });
        derived(path, Some(should.with_context(|| name.to_string())?), str::to_string)
    };
    ["README.md", "book/doing-the-labs.md"].into_iter().map(page).collect()
}

/// The page that says what carries each claim: it is derived as a whole, and takes no building.
pub(super) fn claims(root: &Root, manifest: &Manifest) -> Result<Derived> {
    derived(root.join(claims::PAGE), Some(claims::page(manifest)), str::to_string)
}

/// The page of the rules that Linux 6.1 does not have: it is derived as a whole, and takes no building.
pub(super) fn stricter(root: &Root) -> Result<Derived> {
    derived(root.join(stricter::PAGE), Some(stricter::page()), str::to_string)
}

/// The index of the kernel's functions: it is derived as a whole, and takes no building.
pub(super) fn kernel_functions(root: &Root) -> Result<Derived> {
    derived(root.join(kernel_functions::PAGE), Some(kernel_functions::page(root)?), str::to_string)
}

/// What a learner is told who makes a named mistake: `NUMBER NAME`.
fn verdict(root: &Root, manifest: &Manifest, which: &str) -> Result<String> {
    let (number, name) =
        which.split_once(' ').context("a verdict is named by a lab's number and a mistake")?;
    let lab = manifest.lab(number.parse().with_context(|| format!("'{number}' is no lab"))?)?;
    let verdict = prove::verdict_on_mistake(root, manifest, lab, name)?;
    Ok(report::text(root, lab, &verdict, false, None, &Look::plain()))
}

/// `text` with each marked part replaced by what `make` makes of its name.
fn derive(text: &str, make: impl Fn(&str) -> Result<String>) -> Result<String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once("<!-- derived: ") {
        let (what, after) = after.split_once(" -->\n").context("a `derived` mark without an end")?;
        let (_, after) =
            after.split_once("<!-- end -->").with_context(|| format!("`{what}` has no end mark"))?;
        out += &format!("{before}<!-- derived: {what} -->\n\n{}\n<!-- end -->", make(what)?);
        rest = after;
    }
    Ok(out + rest)
}

/// The manifest as a table for the book.
pub fn table(manifest: &Manifest) -> String {
    let mut text = String::from("| | crate | you build | minutes |\n|--:|---|---|--:|\n");
    for lab in &manifest.labs {
        let title = if lab.planned { format!("{} (to come)", lab.title) } else { lab.title.clone() };
        text += &format!(
            "| {} | `{}` | **{title}**: {} | {} |\n",
            lab.number, lab.library, lab.builds, lab.minutes
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_stands_between_the_marks_is_made_again_and_the_rest_stays() {
        let text = "a\n<!-- derived: labs -->\n\nold\n\n<!-- end -->\nb\n";
        let made = derive(text, |what| Ok(format!("new {what}\n"))).unwrap();
        assert_eq!(made, "a\n<!-- derived: labs -->\n\nnew labs\n\n<!-- end -->\nb\n");
        assert_eq!(derive(&made, |what| Ok(format!("new {what}\n"))).unwrap(), made);
    }

    #[test]
    fn a_mark_that_is_not_closed_is_refused() {
        assert!(derive("<!-- derived: labs -->\n", |_| Ok(String::new())).is_err());
    }

    #[test]
    fn the_page_of_claims_is_made_from_the_manifest_and_listed_in_the_summary() {
        let root = Root::above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let page = read(&root.join(claims::PAGE)).unwrap();
        assert!(
            page == claims::page(&Manifest::read(&root).unwrap()),
            "claims.md is out of step with labs.toml: run `cargo course sync`"
        );
        assert!(read(&root.join("book/SUMMARY.md")).unwrap().contains("(claims.md)"));
    }

    #[test]
    fn the_page_of_stricter_rules_is_made_from_the_code_and_listed_in_the_summary() {
        let root = Root::above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let page = read(&root.join(stricter::PAGE)).unwrap();
        assert!(page == stricter::page(), "{} is out of step: run `cargo course sync`", stricter::PAGE);
        assert!(read(&root.join("book/SUMMARY.md")).unwrap().contains("(stricter-than-linux.md)"));
    }

    #[test]
    fn the_page_on_doing_the_labs_lists_them_as_the_manifest_does() {
        let root = Root::above(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
        let page = read(&root.join("book/doing-the-labs.md")).unwrap();
        let table = table(&Manifest::read(&root).unwrap());
        assert!(
            page.contains(&table),
            "doing-the-labs.md is out of step with labs.toml: run `cargo course sync`"
        );
    }
}
