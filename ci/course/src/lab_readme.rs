//! The README of a lab: one screen, derived from the manifest.

use crate::manifest::Lab;

/// The text of `labs/NN-crate/README.md`.
pub fn text(lab: &Lab) -> String {
    let number = lab.number;
    let mut text = format!(
        "# Lab {number}: {}\n\nYou build: {}.\nAbout {} minutes, {} points.\n\n| | task | points | you |\n|--:|---|--:|---|\n",
        lab.title,
        lab.builds,
        lab.minutes,
        lab.points()
    );
    for (at, task) in lab.tasks.iter().enumerate() {
        text += &format!("| {} | `{}` | {} | {} |\n", at + 1, task.name, task.points, task.write);
    }
    text += &format!(
        "\nEach task is one `todo!` in `src/`, with its contract above it. What you need to know is in the chapter,\n\
         [book/{folder}.md](../../book/{folder}.md) (`cargo course book` shows it in the browser).\n\
         \n\
         ```console\n\
         $ cargo course watch {number}        # a verdict each time you save\n\
         $ cargo course check {number}        # the same, once\n\
         $ cargo course hint {number}         # a question, then a pointer, then nearly the code\n\
         $ cargo course reset {number}        # begin again; what you wrote is kept, and you are told where\n\
         ```\n\
         \n\
         The tests are in `tests/`, one file a task, to be read and not to be changed. Cargo.toml and this page are made\n\
         by `cargo course sync`.\n",
        folder = lab.folder(),
    );
    text
}
