//! `cargo course watch`: a verdict each time a file of a lab is saved.

use std::{
    collections::BTreeMap,
    sync::mpsc::{self, Receiver, RecvTimeoutError},
    thread,
    time::{Duration, Instant},
};

use anyhow::Result;
use clap::Args;
use console::{Key, Term};

use crate::{
    check::{Checking, check, lock_of},
    finished, hint,
    layout::Look,
    lock::Lock,
    manifest::{Lab, Manifest},
    place,
    record::{Record, fingerprint},
    report,
    root::Root,
    trouble,
};

/// How often the files are looked at. Looking, and not being told, works on every file system.
const GLANCE: Duration = Duration::from_millis(100);

/// The options of `cargo course watch`.
#[derive(Debug, Args)]
pub struct Options {
    /// The lab to begin with; without it, the one in whose folder you are, or the first that is not solved
    number: Option<u8>,
    /// Take the reference for everything but the lab that was saved
    #[arg(long)]
    with_reference: bool,
}

/// Checks the lab at hand, and from then on each lab whose files change, until it is told to stop.
///
/// # Errors
/// There is no such lab. Everything that goes wrong later is said, and watched further.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    let manifest = Manifest::read(root)?;
    let mut lab = place::lab_at_hand(root, &manifest, options.number)?;
    let keys = keys();
    let mut all = false;
    loop {
        // Read before the check: what is saved while it runs is checked next.
        let before = fingerprints(root, &manifest);
        verdict(root, &manifest, lab, options.with_reference, all);
        match wait(root, &manifest, &before, &keys) {
            Event::Saved(number) => {
                lab = manifest.lab(number)?;
                all = false;
            }
            Event::Key(Key::Char('q')) => return Ok(()),
            Event::Key(Key::Char('a')) => all = true,
            Event::Key(Key::Char('n')) => {
                lab = place::after(&manifest, &Record::read(root)?, lab).unwrap_or(lab);
                all = false;
            }
            Event::Key(Key::Char('h')) => match hints(root, &manifest, lab, &before, &keys)? {
                Event::Saved(number) => lab = manifest.lab(number)?,
                Event::Key(Key::Char('q')) => return Ok(()),
                Event::Key(_) => {}
            },
            Event::Key(_) => {}
        }
    }
}

enum Event {
    Saved(u8),
    Key(Key),
}

/// Shows one hint more each time that is asked for; returns what happened instead.
fn hints(
    root: &Root,
    manifest: &Manifest,
    lab: &Lab,
    before: &BTreeMap<u8, String>,
    keys: &Receiver<Key>,
) -> Result<Event> {
    loop {
        clear();
        hint::show(root, lab, None, false)?;
        println!("\nh: one hint more. q: the end. Any other key: the verdict again.");
        match wait(root, manifest, before, keys) {
            Event::Key(Key::Char('h')) => {}
            other => return Ok(other),
        }
    }
}

/// Checks one lab, and says how long that took and which keys there are.
fn verdict(root: &Root, manifest: &Manifest, lab: &Lab, with_reference: bool, all: bool) {
    clear();
    let began = Instant::now();
    // Somebody else's check is waited for: the file was saved, and a verdict will come.
    let (target, what) = lock_of(root);
    let checking = Lock::wait(&target, what).and_then(|lock| {
        let checking = check(root, manifest, lab, with_reference);
        drop(lock);
        checking
    });
    match checking {
        Ok(checking) => {
            report::print(root, lab, &checking, all, None);
            let seconds = began.elapsed().as_secs_f64();
            match &checking {
                Checking::Broken(broken) => {
                    eprintln!("error: {}", report::broken_sentence(manifest, lab, broken))
                }
                Checking::Ran(verdict) if verdict.is_solved() => {
                    if let Err(error) = finished::run(root, manifest, lab, with_reference) {
                        eprintln!("error: {}", trouble::sentence(&error));
                    }
                }
                Checking::Ran(_) => {}
            }
            said_last(&format!("{seconds:.1} s · {WATCHING}"));
        }
        Err(error) => {
            eprintln!("error: {}", trouble::sentence(&error));
            said_last(WATCHING);
        }
    }
}

/// What it waits for, and which keys there are: the last line of a verdict, whatever the verdict is.
const WATCHING: &str = "watching: save a file, or h hint, a all failures, n next lab, q quit";

fn said_last(line: &str) {
    println!("\n{}", Look::of_stdout().faint.apply_to(line));
}

/// An empty screen for the next verdict, where somebody looks at it.
fn clear() {
    let terminal = Term::stdout();
    if terminal.is_term() {
        // A terminal that cannot be cleared scrolls.
        let _ = terminal.clear_screen();
    }
}

/// What every lab's files are now; a lab that cannot be read at this moment is looked at again.
fn fingerprints(root: &Root, manifest: &Manifest) -> BTreeMap<u8, String> {
    let labs = manifest.starters();
    labs.filter_map(|lab| Some((lab.number, fingerprint(root, lab).ok()?))).collect()
}

/// Waits until a lab's files are no longer what they were `before`, or a key is pressed.
fn wait(root: &Root, manifest: &Manifest, before: &BTreeMap<u8, String>, keys: &Receiver<Key>) -> Event {
    loop {
        match keys.recv_timeout(GLANCE) {
            Ok(key) => return Event::Key(key),
            Err(RecvTimeoutError::Timeout) => {}
            // There is no keyboard: only the files are watched.
            Err(RecvTimeoutError::Disconnected) => thread::sleep(GLANCE),
        }
        let now = fingerprints(root, manifest);
        if let Some((number, _)) = now.iter().find(|(number, print)| before.get(number) != Some(*print)) {
            return Event::Saved(*number);
        }
    }
}

/// The keys that are pressed, where there is somebody to press them.
fn keys() -> Receiver<Key> {
    let (sender, keys) = mpsc::channel();
    let terminal = Term::stdout();
    if terminal.is_term() {
        thread::spawn(move || {
            while let Ok(key) = terminal.read_key() {
                if sender.send(key).is_err() {
                    break;
                }
            }
        });
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layout::WIDTH;

    #[test]
    fn the_last_line_fits_the_screen_however_long_the_check_took() {
        let line = format!("{:.1} s · {WATCHING}", 9999.9);
        assert!(console::measure_text_width(&line) <= WIDTH, "{line}");
    }
}
