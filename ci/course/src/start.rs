//! `cargo course` alone: the five minutes in which a newcomer sees what this is, and afterwards where they are.

use anyhow::Result;

use crate::{
    book, cargo::BOOK_BUILDER, demo, layout::Look, originals, progress::Progress, root::Root, status::Status,
};

/// Builds the finished loader, loads a module with it, builds the book, and says where to go on.
///
/// # Errors
/// Something does not build, or the demo fails.
pub fn run(root: &Root) -> Result<()> {
    let status = Status::read(root)?;
    let page = if originals::has_solutions(root) { finished_and_book(root)? } else { book::page(root) };
    println!("\n{}", status.text(&Look::of_stdout()));
    println!(
        "The book           file://{}\n\
         {:19}(`cargo course book` serves it, and follows changes)\n\
         Try the loader     cargo loader\n\
         Real modules       cargo course modules",
        page.display(),
        "",
    );
    Ok(())
}

fn finished_and_book(root: &Root) -> Result<std::path::PathBuf> {
    let ahead = BOOK_BUILDER.build_ahead(root);
    demo::run(root)?;
    let waiting = Progress::spinner("finishing the book's builder");
    ahead.wait();
    drop(waiting);
    let page = book::build(root)?;
    println!("\nThat was the loader that this course builds. Where you are:");
    Ok(page)
}
