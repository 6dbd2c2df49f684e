//! Every chapter's source has what the reader was promised: the skeleton, the text alternatives, the languages.

use std::path::Path;

use book_builder::chapter;

#[test]
fn every_chapter_keeps_to_the_skeleton() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let faults: Vec<String> = chapter::all(&root)
        .unwrap()
        .iter()
        .flat_map(|chapter| {
            chapter
                .faults()
                .into_iter()
                .map(|fault| format!("book/{}: {fault}", chapter.file))
                .collect::<Vec<_>>()
        })
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
