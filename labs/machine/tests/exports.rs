//! The exports: each has its CRC, each is found, none twice; what is not implemented is bound when asked for.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{collections::BTreeSet, sync::Arc};

use abi::symvers::Symvers;
use common::boot;
use machine::{Config, Kind, Machine, builtin_symvers};

#[test]
fn every_implemented_export_has_its_line_in_module_symvers_and_no_line_is_stale() {
    let machine = boot();
    let implemented: BTreeSet<String> =
        machine.exports().all().iter().map(|export| export.name.to_string()).collect();
    let listed: BTreeSet<String> = builtin_symvers().iter().map(|entry| entry.name.clone()).collect();
    let mend = "write labs/machine/Module.symvers anew: cargo run -p oracles -- symvers HEADERS/Module.symvers, where \
                HEADERS are those of Debian's 6.1 kernel";
    let without: Vec<_> = implemented.difference(&listed).collect();
    assert!(
        without.is_empty(),
        "implemented, but without a line (is it an export of 6.1?): {without:?}; {mend}"
    );
    let stale: Vec<_> = listed.difference(&implemented).collect();
    assert!(stale.is_empty(), "listed, but not implemented: {stale:?}; {mend}");
}

#[test]
fn no_name_is_exported_twice() {
    assert!(boot().exports().twice().is_empty(), "registered twice: {:?}", boot().exports().twice());
}

#[test]
fn an_export_has_its_crc_licence_and_namespace_from_module_symvers() {
    let text = "0x00000007\tmemcpy\tvmlinux\tEXPORT_SYMBOL_GPL\tSPACE\n";
    let symvers = Some(Arc::new(Symvers::parse(text).unwrap()));
    let machine = Machine::boot(Config { symvers, ..Config::default() }).unwrap();
    let memcpy = machine.exports().get("memcpy").unwrap();
    assert_eq!((memcpy.crc, memcpy.gpl_only, &*memcpy.namespace), (Some(7), true, "SPACE"));
    assert_eq!((memcpy.kind, memcpy.implemented), (Kind::Function, true));
    let memset = machine.exports().get("memset").unwrap();
    assert_eq!(
        (memset.crc, memset.gpl_only),
        (None, false),
        "a kernel whose Module.symvers has no such line"
    );
}

#[test]
fn every_function_and_variable_lies_below_2_gib_and_in_memory_of_the_machine() {
    let machine = boot();
    for export in machine.exports().all() {
        match export.kind {
            Kind::PerCpu => assert!(export.value < 1 << 20, "{} is an offset from GS", export.name),
            Kind::Function | Kind::Data => {
                let owner = machine.memory().owner(export.value);
                assert!(owner.is_some_and(|owner| !owner.freed), "{} at {:#x}", export.name, export.value);
            }
        }
    }
}

#[test]
fn an_address_within_an_export_has_its_name() {
    let machine = boot();
    let printk = machine.exports().value("_printk").unwrap();
    let place = machine.symbolize(printk + 3).unwrap();
    assert!(place.to_string().starts_with("_printk+0x3/0x"), "{place}");
    assert_eq!(machine.symbolize(0x1000), None);
}

#[test]
fn missing_variables_have_a_page_of_zeroes_each() {
    let machine = boot();
    let one = machine.exports().bind_missing("one_variable", false).unwrap();
    let other = machine.exports().bind_missing("other_variable", false).unwrap();
    assert!(one.value.abs_diff(other.value) >= 4096);
    assert_eq!((one.kind, one.implemented), (Kind::Data, false));
    assert_eq!(
        machine.exports().bind_missing("one_variable", true).unwrap(),
        one,
        "the first to ask decides"
    );
    // SAFETY: a page that was bound for this.
    assert_eq!(unsafe { (one.value as *const [u8; 4096]).read() }, [0; 4096]);
}

#[test]
fn a_missing_export_has_the_crc_that_the_kernel_has() {
    let text = "0x00000009\tusb_register_driver\tvmlinux\tEXPORT_SYMBOL_GPL\t\n";
    let symvers = Some(Arc::new(Symvers::parse(text).unwrap()));
    let machine = Machine::boot(Config { symvers, ..Config::default() }).unwrap();
    assert_eq!(machine.exports().get("usb_register_driver"), None, "not before somebody asks");
    let bound = machine.exports().bind_missing("usb_register_driver", true).unwrap();
    assert_eq!((bound.crc, bound.gpl_only, bound.implemented), (Some(9), true, false));
}
