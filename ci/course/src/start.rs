//! `cargo course` alone: the five minutes in which a newcomer sees what this is.

use anyhow::Result;

use crate::{book, cargo::BOOK_BUILDER, demo, manifest::Manifest, progress::Progress, root::Root};

/// Builds the finished loader, loads a module with it, builds the book, and says where to go on.
///
/// # Errors
/// Something does not build, or the demo fails.
pub fn run(root: &Root) -> Result<()> {
    let manifest = Manifest::read(root)?;
    let ahead = BOOK_BUILDER.build_ahead(root);
    demo::run(root)?;
    let waiting = Progress::spinner("finishing the book's builder");
    ahead.wait();
    drop(waiting);
    let page = book::build(root)?;
    let present = manifest.present().count();
    println!(
        "\nThat was the loader that this course builds: {present} of its {} parts are in solutions/.\n\
         \n\
         The book           file://{}\n\
         {:19}(`cargo course book` serves it, and follows changes)\n\
         Try it yourself    cargo loader\n\
         Real modules       cargo course modules\n\
         What there is      cargo course status",
        manifest.labs.len(),
        page.display(),
        "",
    );
    Ok(())
}
