//! The orderings: whatever a lab's atomics say that is stronger than `Relaxed` is weakened by one step, and every fence
//! is taken out, one at a time; a test must fail each time. What nobody notices is not needed, or not tested.
//!
//! It is done to every file that is compiled a second time for exploration: those that take their atomics from
//! `super::sync`. `SeqCst` accesses are left alone (the explorer takes them for `AcqRel`), and so is what is broken on
//! purpose: a file whose heading says `//! ORDER: broken`, and what stands between `// ORDER: broken from here` and
//! `// ORDER: broken to here`.

use std::{cell::RefCell, collections::BTreeSet, ops::Range};

use anyhow::Result;

use super::{Proof, Variant, Workshop};
use crate::{
    files::{read, rust_files},
    lab_tests::LabTests,
    manifest::Lab,
    region,
    root::Root,
    starter,
    verdict::{Ended, Outcome},
};

/// One place that can be weakened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Site {
    /// The file, from the solution's folder.
    file: String,
    /// The line, counted from 1.
    line: usize,
    /// The bytes that are changed.
    at: Range<usize>,
    /// What stands there instead.
    instead: String,
    /// What that is, in words.
    does: String,
}

/// Every place of the lab's solution that can be weakened.
///
/// # Errors
/// Its sources cannot be read.
pub(super) fn sites(root: &Root, lab: &Lab) -> Result<Vec<Site>> {
    let solution = root.join(lab.solution());
    let mut sites = Vec::new();
    for path in rust_files(&solution.join("src"))? {
        let file = path.strip_prefix(&solution).unwrap_or(&path).display().to_string();
        sites.extend(of_file(&file, &read(&path)?));
    }
    Ok(sites)
}

/// Weakens each place in turn, and looks whether anybody notices.
///
/// # Errors
/// The tests cannot be built or run.
pub(super) fn check(workshop: &Workshop, sites: &[Site], proof: &mut Proof) -> Result<()> {
    if sites.is_empty() {
        return Ok(());
    }
    let sound = starter::sources(workshop.root, workshop.lab, |_| false)?;
    let passing = RefCell::new(BTreeSet::new());
    let solution = Variant {
        what: "the solution".into(),
        sources: sound.clone(),
        judge: Box::new(|tests, _| {
            let outcomes = workshop.run(tests, |_| true)?;
            let passes = |(test, ended): (String, Ended)| (ended.outcome == Outcome::Passed).then_some(test);
            passing.borrow_mut().extend(outcomes.into_iter().filter_map(passes));
            Ok(())
        }),
    };
    let mut variants = vec![solution];
    for site in sites {
        let original = read(&workshop.root.join(workshop.lab.solution()).join(&site.file))?;
        let (before, after) = (&original[..site.at.start], &original[site.at.end..]);
        let changed = region::starter(&format!("{before}{}{after}", site.instead), |_| Ok(None))?;
        let mut sources = sound.clone();
        sources.insert(site.file.clone().into(), changed);
        let what = format!("{}:{}, where {}", site.file, site.line, site.does);
        let name = what.clone();
        let passing = &passing;
        let judge = Box::new(move |tests: &LabTests, proof: &mut Proof| {
            match is_noticed(workshop, tests, &passing.borrow(), &region::tasks(&original))? {
                true => proof.needed += 1,
                false => proof.breach(format!("{name}: no test notices")),
            }
            Ok(())
        });
        variants.push(Variant { what, sources, judge });
    }
    workshop.judge(variants, proof)
}

/// Whether any of the tests that are `passing` fails: those of `first`, the tasks in the changed file, are asked before
/// the others. One that merely hangs has noticed nothing.
fn is_noticed(
    workshop: &Workshop,
    tests: &LabTests,
    passing: &BTreeSet<String>,
    first: &[&str],
) -> Result<bool> {
    let names = workshop.lab.tasks.iter().map(|task| task.name.as_str());
    let (own, others): (Vec<&str>, Vec<&str>) = names.partition(|name| first.contains(name));
    for task in own.into_iter().chain(others) {
        let wanted = |test: &str| test.split("::").next() == Some(task) && passing.contains(test);
        let ended = workshop.run(tests, wanted)?;
        if ended.values().any(|ended| matches!(ended.outcome, Outcome::Failed(_) | Outcome::Died { .. })) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The places in one file.
fn of_file(file: &str, text: &str) -> Vec<Site> {
    let heading = text.lines().take_while(|line| line.starts_with("//!"));
    if !is_explored(text) || heading.into_iter().any(|line| line.contains("ORDER: broken")) {
        return Vec::new();
    }
    let (mut sites, mut start) = (Vec::new(), 0);
    let (mut is_use, mut is_broken) = (false, false);
    let imported = text.contains("Ordering::{") || text.contains("Ordering::*");
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let code = line.split_once("//").map_or(line, |(code, _)| code);
        if line.trim() == "#[cfg(test)]" {
            break;
        }
        is_broken |= line.contains("// ORDER: broken from here");
        is_broken &= !line.contains("// ORDER: broken to here");
        let words = code.trim_start().trim_start_matches("pub ");
        is_use |= words.starts_with("use ");
        if !is_use && !is_broken {
            let sites_here = of_code(code, imported).into_iter().map(|(inside, instead, does)| Site {
                file: file.to_string(),
                line: at + 1,
                at: start + inside.start..start + inside.end,
                instead,
                does,
            });
            sites.extend(sites_here);
        }
        is_use &= !code.contains(';');
        start += line.len();
    }
    sites
}

/// Whether a file takes its atomics from `super::sync`, in whichever form it says so: with other things from `super`, too.
fn is_explored(text: &str) -> bool {
    let imports =
        text.match_indices("use super::").map(|(at, _)| text[at..].split(';').next().unwrap_or_default());
    imports.into_iter().any(|import| words(import).iter().any(|(_, word)| *word == "sync"))
}

/// The places in one line without its comment: the bytes, what comes instead, and what that does.
fn of_code(code: &str, imported: bool) -> Vec<(Range<usize>, String, String)> {
    let mut found = Vec::new();
    let mut fences: Vec<Range<usize>> = Vec::new();
    for (at, word) in words(code) {
        let rest = &code[at + word.len()..];
        if word != "fence" || !rest.starts_with('(') {
            continue;
        }
        let Some(end) = rest.find(')') else { continue };
        let (argument, all) = (&rest[1..end], at..at + word.len() + end + 1);
        // Named all the same, so that nothing becomes an unused import.
        let instead = format!("{{ let _ = (fence, {argument}); }}");
        found.push((all.clone(), instead, format!("fence({argument}) is taken out")));
        fences.push(all);
    }
    for (at, word) in words(code) {
        let weaker: &[&str] = match word {
            "Acquire" | "Release" => &["Relaxed"],
            "AcqRel" => &["Acquire", "Release"],
            _ => continue,
        };
        let qualified = code[..at].ends_with("Ordering::");
        let in_fence = fences.iter().any(|fence| fence.contains(&at));
        let is_other = !qualified && (!imported || code[..at].ends_with("::"));
        // There is no relaxed fence: without its order it is taken out.
        if is_other || (in_fence && weaker == ["Relaxed"]) {
            continue;
        }
        for weaker in weaker {
            let instead =
                if qualified { (*weaker).to_string() } else { format!("super::sync::Ordering::{weaker}") };
            found.push((at..at + word.len(), instead, format!("{word} becomes {weaker}")));
        }
    }
    found
}

/// The words of a line and where they begin.
fn words(code: &str) -> Vec<(usize, &str)> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut start = None;
    for (at, c) in code.char_indices().chain([(code.len(), ' ')]) {
        match (is_part(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                words.push((from, &code[from..at]));
                start = None;
            }
            _ => {}
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn weakened(text: &str) -> Vec<(usize, String)> {
        let change = |site: Site| {
            let line = text.lines().nth(site.line - 1).unwrap();
            let whole = format!("{}{}{}", &text[..site.at.start], site.instead, &text[site.at.end..]);
            assert!(text.contains(line));
            (site.line, whole.lines().nth(site.line - 1).unwrap().trim().to_string())
        };
        of_file("src/a.rs", text).into_iter().map(change).collect()
    }

    fn changes(code: &str) -> Vec<String> {
        let text = format!("use super::sync::{{AtomicU32, Ordering, fence}};\n{code}\n");
        weakened(&text).into_iter().map(|(_, line)| line).collect()
    }

    #[test]
    fn every_ordering_is_weakened_by_one_step() {
        assert_eq!(changes("a.load(Ordering::Acquire);"), ["a.load(Ordering::Relaxed);"]);
        assert_eq!(changes("a.store(1, Ordering::Release);"), ["a.store(1, Ordering::Relaxed);"]);
        assert_eq!(
            changes("a.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Acquire);"),
            [
                "a.compare_exchange(0, 1, Ordering::Acquire, Ordering::Acquire);",
                "a.compare_exchange(0, 1, Ordering::Release, Ordering::Acquire);",
                "a.compare_exchange(0, 1, Ordering::AcqRel, Ordering::Relaxed);",
            ]
        );
        for strongest_or_weakest in ["a.load(Ordering::Relaxed);", "a.swap(1, Ordering::SeqCst);"] {
            assert!(changes(strongest_or_weakest).is_empty(), "{strongest_or_weakest}");
        }
    }

    #[test]
    fn a_fence_is_taken_out_and_only_one_that_does_two_things_is_weakened() {
        assert_eq!(
            changes("    fence(Ordering::SeqCst); // both ways"),
            ["{ let _ = (fence, Ordering::SeqCst); }; // both ways"]
        );
        assert_eq!(changes("fence(Ordering::Acquire);"), ["{ let _ = (fence, Ordering::Acquire); };"]);
        assert_eq!(
            changes("fence(Ordering::AcqRel);"),
            [
                "{ let _ = (fence, Ordering::AcqRel); };",
                "fence(Ordering::Acquire);",
                "fence(Ordering::Release);"
            ]
        );
    }

    #[test]
    fn orderings_imported_by_name_are_named_in_full_where_they_change() {
        let text = "use super::sync::{\n    AtomicU32,\n    Ordering::{Acquire, Relaxed},\n};\nfn f(a: &AtomicU32) -> u32 { a.load(Acquire) }\n";
        assert_eq!(
            weakened(text),
            [(5, "fn f(a: &AtomicU32) -> u32 { a.load(super::sync::Ordering::Relaxed) }".to_string())]
        );
        assert!(changes("let kind = Kind::Release; let other = Release;").is_empty());
    }

    #[test]
    fn atomics_may_be_imported_among_other_things() {
        let text = "use super::{\n    module::Module,\n    sync::{AtomicU32, Ordering},\n};\nfn f(a: &AtomicU32) { a.load(Ordering::Acquire); }\n";
        assert_eq!(weakened(text).len(), 1);
    }

    #[test]
    fn comments_tests_broken_designs_and_what_cannot_be_explored_are_left_alone() {
        for code in [
            "// Ordering::Acquire: pairs with the Release of `put`",
            "#[cfg(test)]\nmod tests { fn f() { A.load(Ordering::Acquire); } }",
            "// ORDER: broken from here\na.load(Ordering::Acquire);\n// ORDER: broken to here",
        ] {
            assert!(changes(code).is_empty(), "{code}");
        }
        assert!(
            weakened("//! Broken.\n//! ORDER: broken\nuse super::sync::A;\nA.load(Ordering::Acquire);\n")
                .is_empty()
        );
        assert!(
            weakened("use super::other::A;\nuse std::sync::atomic::Ordering;\nA.load(Ordering::Acquire);\n")
                .is_empty()
        );
        assert!(weakened("use std::sync::atomic::Ordering;\nA.load(Ordering::Acquire);\n").is_empty());
    }
}
