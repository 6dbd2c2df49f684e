//! The tables are of the kernel's own names, and the books are kept.

use std::collections::HashSet;

use abi::symvers::Symvers;

use super::{Does, Registration, books, stubs};
use crate::{Config, Machine, builtin_symvers};

/// Runs `work` as a task of a machine of its own; the machine's registrations and log afterwards.
fn in_task(work: impl FnOnce() + Send) -> Option<(Vec<Registration>, String)> {
    // Elsewhere than on x86-64 Linux there is no machine to ask.
    let machine = Machine::boot(Config::default()).ok()?;
    machine.run(0, "test", work).expect("the task ends by itself");
    Some((machine.registrations(), machine.log().texts()))
}

#[test]
fn every_stub_is_an_export_of_vmlinux() {
    let symvers: Symvers = builtin_symvers();
    let strange: Vec<_> = stubs()
        .into_iter()
        .filter(|stub| symvers.get(stub.name).is_none_or(|entry| entry.exporter != "vmlinux"))
        .map(|stub| stub.name)
        .collect();
    assert!(
        strange.is_empty(),
        "not in Module.symvers, or exported by a module that can be loaded: {strange:?}"
    );
}

#[test]
fn what_takes_back_takes_back_nothing_twice_and_never_registers() {
    for stub in stubs() {
        let registers = stub.does.iter().any(|does| matches!(does, Does::Register { .. }));
        let unregisters = stub.does.iter().any(|does| matches!(does, Does::Unregister { .. }));
        assert!(!(registers && unregisters), "{} both registers and takes back", stub.name);
        assert!(stub.does.len() <= 2, "{} does too much: {:?}", stub.name, stub.does);
    }
    let names: HashSet<_> = stubs().iter().map(|stub| stub.name).collect();
    assert_eq!(names.len(), stubs().len());
}

#[test]
fn a_registration_that_is_not_taken_back_is_reported() {
    let Some((left, _)) = in_task(|| {
        books::enter("driver_register", "driver_unregister", 0x1000, 0);
        books::enter("driver_register", "driver_unregister", 0x2000, 0);
        books::strike("driver_unregister", 0x1000);
    }) else {
        return;
    };
    let left: Vec<_> = left.iter().map(|registration| (registration.undone_by, registration.what)).collect();
    assert_eq!(left, [("driver_unregister", 0x2000)]);
}

#[test]
fn taking_back_what_was_never_registered_is_a_warning() {
    let Some((left, log)) = in_task(|| books::strike("bus_unregister", 0x1000)) else { return };
    assert!(left.is_empty());
    assert!(log.contains("bus_unregister: 0x1000 was never registered"), "{log}");
}
