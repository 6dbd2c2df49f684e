//! The explorations of lab 12 for the book's explorer: a removal in two steps, the right one, and one that waits.

use abi::ModuleState;
use common::Kernel;
use explore::{Scenario, Traces};

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../../labs/12-unload/tests/common/mod.rs"]
mod common;

fn rmmod(name: &str) -> Scenario<Kernel> {
    Scenario::new(name, Kernel::live).cpu("rmmod", Kernel::rmmod)
}

fn main() {
    let open = |kernel: &Kernel| {
        kernel.open();
    };
    let last_close =
        Scenario::new("rmmod --wait against the last close", || Kernel::with(ModuleState::Live, 1))
            .cpu("rmmod --wait", |kernel: &Kernel| kernel.delete_module(0))
            .cpu("close", Kernel::read_and_close);
    Traces::default()
        .add("look-then-mark", &unload::attack::scenario())
        .add("rmmod-against-open", &rmmod("rmmod against open").cpu("open", open))
        .add("two-rmmods", &rmmod("two rmmods at once").cpu("rmmod", Kernel::rmmod))
        .add("wait-against-the-last-close", &last_close)
        .print();
}
