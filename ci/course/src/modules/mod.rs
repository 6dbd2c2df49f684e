//! `cargo course modules`: finds or fetches a real kernel's modules, and records where they are.

mod apt;
mod debian;
mod headers;
mod survey;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use clap::Args;
use course_modules::found::Found;
use serde_json::json;

use crate::{demo, lock::Lock, progress, root::Root};
pub use survey::Survey;

/// What the simulated kernel is: modules of another release have other structures, and it cannot run them.
const SERIES: &str = "6.1.";

/// The options of `cargo course modules`.
#[derive(Debug, Args)]
pub struct Options {
    /// A folder of modules, such as /lib/modules/6.1.0-56-amd64 or an unpacked package
    folder: Option<PathBuf>,
    /// Take the running system's modules, whatever its release
    #[arg(long, conflicts_with = "folder")]
    running: bool,
    /// The kernel's headers (a folder that holds Module.symvers), where they are not beside the modules
    #[arg(long)]
    headers: Option<PathBuf>,
    /// Print what was found as JSON
    #[arg(long)]
    json: bool,
}

/// Finds or fetches modules, builds the course's own against the same kernel, and says what was found.
///
/// # Errors
/// There are none, and they cannot be fetched: the message says what to do by hand.
pub fn run(root: &Root, options: &Options) -> Result<()> {
    let _lock = Lock::take(&root.target(), "fetch modules")?;
    let (mut found, survey) = find(root, options)?;
    found.course = build_course_modules(root, &found)?;
    found.write(root.path()).context("cannot record what was found")?;
    if options.json {
        println!("{}", as_json(&found, &survey));
    } else {
        report(root, &found, &survey);
    }
    Ok(())
}

/// Another flavour of the Debian kernel `release`, such as `cloud-amd64` of `6.1.0-56-amd64`; fetched where it is not
/// here yet.
///
/// # Errors
/// `release` is not Debian's, or the flavour cannot be fetched.
pub fn flavour(root: &Root, release: &str, flavour: &str) -> Result<Found> {
    let _lock = Lock::take(&root.target(), "fetch modules")?;
    let (abi_name, _) = release
        .split_once("-amd64")
        .with_context(|| format!("{release} is no kernel of Debian's: it has no flavours"))?;
    let package = debian::fetch_release(&root.target().join("debian"), &format!("{abi_name}-{flavour}"))?;
    let options = Options { folder: None, running: false, headers: None, json: false };
    Ok(take("debian", &package, &options)?.0)
}

fn find(root: &Root, options: &Options) -> Result<(Found, Survey)> {
    if let Some(folder) = &options.folder {
        let folder = folder.canonicalize().with_context(|| format!("cannot open {}", folder.display()))?;
        return take("directory", &folder, options);
    }
    match running() {
        Some(folder) if options.running => return take("running", &folder, options),
        Some(folder) if Survey::of(&folder)?.release().starts_with(SERIES) => {
            eprintln!("This system runs a {SERIES}x kernel: its own modules will do.");
            return take("running", &folder, options);
        }
        Some(folder) => eprintln!(
            "This system's modules are in {}: `cargo course modules --running` takes those, to read and not to run.",
            folder.display()
        ),
        None => ensure!(!options.running, "this system has no modules in /lib/modules/$(uname -r)"),
    }
    let package = debian::fetch(&root.target().join("debian"))?;
    take("debian", &package, options)
}

/// The modules of the running kernel, where the system has them.
fn running() -> Option<PathBuf> {
    let release = std::fs::read_to_string("/proc/sys/kernel/osrelease").ok()?;
    Some(Path::new("/lib/modules").join(release.trim())).filter(|folder| folder.is_dir())
}

/// Surveys `folder` and looks for what belongs to it.
fn take(kind: &str, folder: &Path, options: &Options) -> Result<(Found, Survey)> {
    let survey = Survey::of(folder)?;
    let release = survey.release().to_string();
    let found = Found {
        kind: kind.into(),
        vermagic: survey.vermagic.clone(),
        symvers: headers::symvers(folder, &release, options.headers.as_deref())?,
        vmlinuz: headers::vmlinuz(folder, &release),
        modules: survey.folder.clone(),
        release,
        course: None,
    };
    Ok((found, survey))
}

/// Builds the course's modules as that kernel's own build would: with its version magic and its checksums.
fn build_course_modules(root: &Root, found: &Found) -> Result<Option<PathBuf>> {
    let Some(symvers) = found.symvers.as_ref().filter(|_| found.release.starts_with(SERIES)) else {
        return Ok(None);
    };
    let out = root.target().join("course-modules").join(&found.release);
    demo::modules_for(root, symvers, &found.vermagic, &out)?;
    Ok(Some(out))
}

fn report(root: &Root, found: &Found, survey: &Survey) {
    println!("{} modules of Linux {}, {}", survey.count(), found.release, progress::size(survey.bytes));
    println!("  in         {}", root.short(&found.modules));
    println!("  vermagic   {}", found.vermagic);
    println!("  compressed {}", survey.compression());
    match &found.symvers {
        Some(symvers) => println!("  symvers    {}", root.short(symvers)),
        None => println!("  symvers    none: the headers package of this kernel holds it (--headers FOLDER)"),
    }
    if let Some(course) = &found.course {
        println!("  the course's own modules, built for this kernel, in {}", root.short(course));
    }
    if found.release.starts_with(SERIES) {
        println!("`cargo loader` finds them from here on: try `modprobe crc8`.");
    } else {
        println!("`cargo loader modinfo` reads them; the simulated kernel runs modules of {SERIES}x only.");
    }
}

fn as_json(found: &Found, survey: &Survey) -> serde_json::Value {
    json!({
        "kind": found.kind, "release": found.release, "vermagic": found.vermagic,
        "modules": found.modules, "symvers": found.symvers, "vmlinuz": found.vmlinuz, "course": found.course,
        "count": survey.count(), "bytes": survey.bytes, "compressed": survey.by_ending,
    })
}
