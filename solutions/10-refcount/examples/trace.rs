//! The lab's races, explored for the book: `cargo course trace 10`.

use explore::Traces;
use refcount::model::{
    broken::{CountsItself, FlagAndCountApart, NoCount},
    driver,
    races::{Held, rmmod_against_open},
    shipped::{ALL, shipped},
};

fn main() {
    let mut traces = Traces::default()
        .add("no-count", &rmmod_against_open::<NoCount>())
        .add("counts-itself", &rmmod_against_open::<CountsItself>())
        .add("flag-and-count-apart", &rmmod_against_open::<FlagAndCountApart>())
        .add("held", &rmmod_against_open::<Held>());
    for name in ALL {
        let scenario = driver::scenario(name, shipped(name));
        traces = traces.add(&format!("{name:?}").to_lowercase(), &scenario);
    }
    traces.print();
}
