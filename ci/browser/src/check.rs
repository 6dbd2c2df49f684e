//! Every page of the book, in several tabs at once.

use std::{
    collections::{BTreeMap, VecDeque},
    fs,
    path::Path,
    sync::{Mutex, PoisonError},
    thread,
    time::Instant,
};

use anyhow::{Context, Result, anyhow, ensure};

use crate::{
    address,
    axe::Axe,
    chromium::Chromium,
    links,
    look::{self, Seen},
    report::{Finding, Report},
    search,
    theme::Theme,
};

/// What mdBook writes that is no page: the table of contents is a frame where there is no JavaScript, and the page for
/// addresses that do not exist is served from anywhere, so that its links begin at the server's root.
const NO_PAGES: [&str; 2] = ["404.html", "toc.html"];
/// A word that the book is full of.
const SEARCHED: &str = "relocation";

/// Looks at every page of the book in `folder`, with `tabs` tabs.
///
/// # Errors
/// There is no browser, or no book.
pub fn check(root: &Path, folder: &Path, tabs: usize, pictures: Option<&Path>) -> Result<Report> {
    let axe = Axe::fetch(root)?;
    let began = Instant::now();
    let names = pages(folder)?;
    ensure!(!names.is_empty(), "{} has no pages", folder.display());
    if let Some(pictures) = pictures {
        fs::create_dir_all(pictures).with_context(|| format!("cannot make {}", pictures.display()))?;
    }
    let chromium = Chromium::start()?;
    let jobs: VecDeque<(String, Theme)> =
        names.iter().flat_map(|name| themes(name).iter().map(|theme| (name.clone(), *theme))).collect();
    let (jobs, seen) = (Mutex::new(jobs), Mutex::new(Vec::new()));
    let work = || -> Result<()> {
        let mut tab = chromium.tab()?;
        loop {
            let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
            let Some((name, theme)) = job else { return Ok(()) };
            let looked = look::look(&mut tab, folder, &name, theme, &axe, pictures);
            seen.lock().unwrap_or_else(PoisonError::into_inner).push((name, theme, looked));
        }
    };
    thread::scope(|scope| {
        let workers: Vec<_> = (0..tabs.max(1)).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .try_for_each(|worker| worker.join().map_err(|_| anyhow!("a tab's thread panicked"))?)
    })?;
    let mut report = gather(folder, seen.into_inner().unwrap_or_else(PoisonError::into_inner));
    let mut tab = chromium.tab()?;
    tab.choose(Theme::Light)?;
    let searched =
        tab.go(&address::of(&folder.join("index.html"))).and_then(|_| search::try_it(&tab, SEARCHED));
    if let Err(error) = searched {
        report.findings.push(Finding::new("index.html", None, None, format!("{error:#}")));
    }
    report.findings = Finding::fold(report.findings);
    report.seconds = began.elapsed().as_secs_f64();
    Ok(report)
}

/// What a page is opened in. Paper is white.
fn themes(name: &str) -> &'static [Theme] {
    if name == look::FOR_PRINTING { &[Theme::Light] } else { &[Theme::Light, Theme::Navy] }
}

/// The pages of the book in `folder`, the longest first: that one must not be begun last.
fn pages(folder: &Path) -> Result<Vec<String>> {
    let mut pages = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".html") && !NO_PAGES.contains(&name.as_str()) {
            pages.push((entry.metadata()?.len(), name));
        }
    }
    pages.sort_unstable();
    Ok(pages.into_iter().rev().map(|(_, name)| name).collect())
}

fn gather(folder: &Path, seen: Vec<(String, Theme, Result<Seen>)>) -> Report {
    let mut report = Report { bytes: bytes(folder), ..Report::default() };
    let mut all_links = BTreeMap::new();
    let mut broken: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, theme, looked) in seen {
        let seen = match looked {
            Ok(seen) => seen,
            Err(error) => {
                report.findings.push(Finding::new(&name, Some(theme), None, format!("{error:#}")));
                continue;
            }
        };
        report.findings.extend(seen.findings);
        for violation in seen.violations {
            let pages =
                broken.entry(format!("{}: {} ({})", violation.impact, violation.help, violation.rule));
            pages.or_default().push(name.clone());
        }
        if theme == Theme::Light {
            let page = report.pages.entry(name.clone()).or_default();
            (page.bytes_first_loaded, page.diagrams, page.widgets) =
                (seen.bytes, seen.diagrams, seen.widgets);
            all_links.insert(name, seen.links);
        }
    }
    for (rule, mut pages) in broken {
        pages.sort_unstable();
        pages.dedup();
        report.axe.insert(rule, pages.len());
    }
    let (findings, outside) = links::check(folder, &all_links);
    report.findings.extend(findings);
    report.outside = outside.into_iter().collect();
    report
}

/// Bytes of all files below `folder`.
fn bytes(folder: &Path) -> u64 {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let sizes = entries.map(|entry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => bytes(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    });
    sizes.sum()
}
