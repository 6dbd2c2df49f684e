//! The whole log of a module with which everything is wrong that can be.

#[path = "../../../labs/04-symbols/tests/common.rs"]
mod common;

use common::{Hello, TestKernel, export, gpl, module, symbol};
use elf::Symbol;
use symbols::{Export, ModuleState, Name, resolve_symbol_wait, simplify_symbols};

/// `st_info` of what is wanted from elsewhere.
const WANTED: u8 = 1 << 4;
const WANTED_WEAKLY: u8 = 2 << 4;

fn kernel() -> TestKernel {
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
    kernel
}

#[test]
fn everything_that_can_be_wrong_with_a_symbol() {
    let wanted = ["plain", "nowhere", "changed", "unlisted", "hidden", "too_early", "too_late", "tainted"];
    let symbols = wanted.into_iter().chain(["free_only"]).map(|name| symbol(name, WANTED, 0, 0));
    let symbols = symbols.chain([symbol("nowhere_either", WANTED_WEAKLY, 0, 0)]).collect();
    let module = module(Vec::new(), symbols);
    let hello = Hello { versions: Some(&[(0x9999, "changed")]), ..Hello::default() };
    let mut kernel = kernel();
    let came = hello.tries(|judgement, importer| {
        simplify_symbols(judgement, &module, &[0], |judgement, symbol: &Symbol| {
            resolve_symbol_wait(judgement, importer, &mut kernel, &Name::new(symbol.name))
        })
    });
    let refusal = came.result.unwrap_err();
    insta::assert_snapshot!(format!("{}\n{}", refusal.errno, refusal.message));
}
