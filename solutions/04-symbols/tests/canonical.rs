//! The whole log of a module with which everything is wrong that can be.

#[path = "../../../labs/04-symbols/tests/common/mod.rs"]
mod common;

use common::file::WANTED_WEAKLY;
use common::{TestKernel, Wants, export, gpl};
use symbols::{Export, ModuleState};

#[test]
fn everything_that_can_be_wrong_with_a_symbol() {
    let mut kernel = TestKernel::new([
        export("plain", 1),
        gpl("free_only", 2),
        Export { crc: Some(0x1111), ..export("changed", 3) },
        Export { crc: Some(0x2222), ..export("unlisted", 4) },
        Export { namespace: "SECRET".into(), ..export("hidden", 5) },
    ]);
    let coming = kernel.load("coming", [export("too_early", 6)]);
    kernel.module(coming).state = ModuleState::Coming;
    let going = kernel.load("going", [export("too_late", 7)]);
    kernel.module(going).state = ModuleState::Going;
    let closed = kernel.load("closed", [export("tainted", 8)]);
    kernel.module(closed).is_proprietary = true;

    let mut wants = Wants::these(&[
        "plain",
        "nowhere",
        "changed",
        "unlisted",
        "hidden",
        "too_early",
        "too_late",
        "tainted",
        "free_only",
    ]);
    wants.symbols.push(("nowhere_either", WANTED_WEAKLY));
    wants.versions = Some(vec![(0x9999, "changed")]);
    let (errno, lines) = wants.resolve(&mut kernel).refusal();
    insta::assert_snapshot!(format!("{errno}\n{}", lines.join("\n")));
}
