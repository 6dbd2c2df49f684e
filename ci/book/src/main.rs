//! Builds the book, and serves it where that is asked: `cargo course book` runs this program.

use std::{
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, ExitCode, Stdio},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use book_builder::{assemble, chapter, diagrams, serve, watch::State};
use clap::Parser;

/// Builds the book and serves it.
#[derive(Parser)]
struct Options {
    /// The root of the course
    root: PathBuf,
    /// Where its sources are, if not there: the folder that holds book.toml
    #[arg(long)]
    sources: Option<PathBuf>,
    /// Where the built book goes
    #[arg(long)]
    out: Option<PathBuf>,
    /// Serve it on this machine, and build it again whenever a source changes
    #[arg(long)]
    serve: bool,
    /// The port that it is served on
    #[arg(long, default_value_t = 3000)]
    port: u16,
    /// Open it in the browser
    #[arg(long)]
    open: bool,
    /// Build nothing; put the diagrams' library where mdBook's own program finds it
    #[arg(long)]
    for_mdbook: bool,
    /// Build nothing; print what each chapter has
    #[arg(long)]
    figures: bool,
    /// The figures for a program to read
    #[arg(long, requires = "figures")]
    json: bool,
}

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<()> {
    let root =
        options.root.canonicalize().with_context(|| format!("cannot open {}", options.root.display()))?;
    if options.figures {
        let chapters = chapter::all(&root)?;
        match options.json {
            true => println!("{}", serde_json::to_string_pretty(&chapters)?),
            false => print!("{}", chapter::table(&chapters)),
        }
        return Ok(());
    }
    if options.for_mdbook {
        let sources = root.join("book");
        diagrams::put_library(&root, &sources)?;
        println!(
            "{} is there: `mdbook build` takes it into the book.",
            sources.join(diagrams::LIBRARY).display()
        );
        return Ok(());
    }
    let out = options.out.clone().unwrap_or_else(|| root.join("target/book"));
    let began = Instant::now();
    let sources = options.sources.as_ref().unwrap_or(&root);
    let page = assemble::build(&root, sources, &out)?;
    println!("The book is built in {:.1} s: file://{}", began.elapsed().as_secs_f64(), page.display());
    if !options.serve {
        if options.open {
            open(&page.display().to_string());
        }
        return Ok(());
    }
    let listener = listen(options.port)?;
    let address = format!("http://{}/", listener.local_addr()?);
    println!("Served at {address} and built again whenever a source changes. Ctrl-C ends it.");
    if options.open {
        open(&address);
    }
    let built = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&built);
    let served = out.clone();
    thread::spawn(move || serve::serve(&listener, &served, &counted));
    rebuild_on_change(&root, &out, &built)
}

/// The port that was asked for, or where another program has it, any.
fn listen(port: u16) -> Result<TcpListener> {
    let here = "127.0.0.1";
    TcpListener::bind((here, port))
        .or_else(|_| TcpListener::bind((here, 0)))
        .context("cannot listen on this machine")
}

fn rebuild_on_change(root: &Path, out: &Path, built: &AtomicU64) -> Result<()> {
    let mut seen = State::of(root);
    loop {
        thread::sleep(Duration::from_millis(300));
        let now = State::of(root);
        if now == seen {
            continue;
        }
        seen = now;
        match assemble::build(root, root, out) {
            Ok(_) => println!("Built again."),
            Err(error) => eprintln!("error: {error:#}"),
        }
        built.fetch_add(1, Ordering::Relaxed);
    }
}

/// Asks the system to show `address`. Where it cannot, the printed address is enough.
fn open(address: &str) {
    let program = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    if Command::new(program).arg(address).stdout(Stdio::null()).stderr(Stdio::null()).spawn().is_err() {
        eprintln!("There is no {program} here: open that address yourself.");
    }
}
