//! A whole module, judged by every policy: layout, symbols and relocations included.

use std::sync::LazyLock;

use abi::{Policy, Symvers, VERMAGIC};
use course_modules::{builtin_symvers, cached};
use loader::verdict::Judge;

use crate::{Target, modules};

pub(super) const TARGET: Target = Target {
    name: "verdict",
    about: "a whole module, judged by every policy",
    is_module: true,
    run,
    seeds: modules::sound_and_damaged,
};

static JUDGES: LazyLock<Vec<Judge>> = LazyLock::new(|| {
    let judge = |policy: &Policy| Judge::new(exports(), VERMAGIC, *policy);
    Policy::ALL.iter().map(judge).collect()
});

/// What the built-in kernel and the course's own modules export.
fn exports() -> Symvers {
    let mut symvers = builtin_symvers();
    let modules = cached().expect("the course's own modules can be built here");
    modules.iter().flat_map(|module| module.exports.clone()).for_each(|entry| symvers.insert(entry));
    symvers
}

fn run(data: &[u8]) {
    for judge in JUDGES.iter() {
        if let Err(refusal) = judge.judge(data).answer {
            let _ = refusal.to_string();
        }
    }
}
