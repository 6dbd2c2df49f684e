//! The explorations of lab 9 for the book's explorer: the three loaders of January 2003 with the same disk.

use explore::Traces;
use lifecycle::{
    Visibility,
    model::disk::{Ending, Opens, scenario},
};

fn main() {
    let mut traces = Traces::default();
    for (visibility, name) in [
        (Visibility::Hidden, "hidden"),
        (Visibility::FromTheStart, "visible"),
        (Visibility::MadeLive, "made-live"),
    ] {
        for (ending, end) in [(Ending::Succeeds, "disk"), (Ending::FailsAfter, "disk-that-fails")] {
            traces = traces.add(&format!("{name}-{end}"), &scenario(visibility, Opens::Disk, ending));
        }
        let control = scenario(visibility, Opens::Control, Ending::Succeeds);
        traces = traces.add(&format!("{name}-control-device"), &control);
    }
    traces.print();
}
