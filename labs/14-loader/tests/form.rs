//! From a place in the list to COMING, step by step.

use goblin::elf::reloc::R_X86_64_PLT32;
use loader::LoadedModule;
use symbols::ModuleState;
use vermagic::Taint;

use crate::common::{
    boot, coming, declared_live, file, list, log, memory, named, outcome, with_relocations,
    with_section_named,
};

fn init_of(loaded: &LoadedModule) -> u64 {
    loaded.formed().and_then(|formed| formed.init).unwrap_or(0)
}

#[test]
fn a_formed_module_is_coming_and_none_of_its_code_has_run() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    assert_eq!(hello.state(), ModuleState::Coming, "from here on it can be found, and its names resolve");
    assert_eq!(list(&kernel), ["hello"], "it keeps the place that add_unformed_module gave it");
    assert_eq!(
        hello.refcount.count(),
        1,
        "a module is born with one reference, its init's (module_unload_init)"
    );
    assert_eq!(log(&kernel), [""; 0], "its init runs later, in do_init_module");
}

#[test]
fn a_module_without_a_signature_that_counts_is_marked() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    assert!(
        hello.taints().has(Taint::UnsignedModule),
        "check_signature: nobody's signature can be verified here, so every module gets an E"
    );
}

#[test]
fn its_own_tables_are_read_when_the_relocations_have_filled_them_in() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    let init = kernel.registry().lookup_symbol("init_module".into());
    assert_eq!(
        Some(init_of(&hello)),
        init,
        "the pointer to init in struct module is a hole in the file, and apply_relocations fills it: read earlier, \
         it is 0, and a module without init is thought to have none"
    );
    assert!(hello.is_text(init_of(&hello)), "init is in the text of the init part");
}

#[test]
fn its_exports_have_their_final_addresses() {
    let kernel = boot();
    let abacus = coming(&kernel, &file("abacus"));
    let formed = abacus.formed().expect("what is COMING is formed");
    let outside: Vec<_> = formed
        .exports
        .iter()
        .filter(|export| !abacus.contains(export.value))
        .map(|export| export.name.to_string())
        .collect();
    assert_eq!(outside, [""; 0], "an export's address is where the module lies in memory");
    assert_eq!(formed.exports.len(), 4, "abacus.c has four EXPORT_SYMBOL lines");
}

#[test]
fn per_cpu_variables_get_their_place_before_anybody_computes_addresses() {
    let kernel = boot();
    let tally = coming(&kernel, &file("tally"));
    let place = tally.percpu();
    assert!(
        place.is_some_and(|place| place != 0),
        "percpu_modalloc found room in every CPU's area: {place:x?}"
    );
    let symbol = kernel.registry().lookup_symbol("tally".into());
    assert_eq!(
        symbol, place,
        "the variable's address is its offset in each CPU's area; addresses computed before percpu_modalloc have 0 \
         there, and the module would count in somebody else's variable"
    );
}

#[test]
fn a_module_that_uses_another_is_entered_in_the_books() {
    let kernel = boot();
    let abacus = declared_live(&kernel, "abacus");
    let merchant = coming(&kernel, &file("merchant"));
    let users: Vec<_> = kernel.registry().users(abacus.id).iter().map(|user| user.name.to_string()).collect();
    assert_eq!(users, ["merchant"], "resolve_symbol notes who uses whom");
    assert_eq!(abacus.refcount.count(), 1, "one reference for all four symbols, held until merchant is gone");
    assert_eq!(merchant.state(), ModuleState::Coming, "everything it needs is there");
}

#[test]
fn an_address_in_it_can_be_named() {
    let kernel = boot();
    let hello = coming(&kernel, &file("hello"));
    let place = kernel.machine().symbolize(init_of(&hello)).map(|place| (place.symbol, place.module));
    assert_eq!(
        place,
        Some(("hello_init".to_owned(), Some("hello".to_owned()))),
        "add_kallsyms comes before COMING: an oops in init is readable"
    );
}

#[test]
fn every_symbol_that_is_missing_is_named_and_nothing_stays() {
    let kernel = boot();
    let refused = outcome(kernel.load_module(&file("merchant")).map(drop));
    for name in ["abacus_add", "abacus_beads", "abacus_multiply", "abacus_power"] {
        let line = format!("merchant: Unknown symbol {name} (err -2)");
        assert!(refused.contains(&line), "abacus is not there, and {line:?} is not in {refused:?}");
    }
    assert!(refused.starts_with("ENOENT: "), "the errno is that of the last symbol: {refused:?}");
    assert_eq!((list(&kernel), memory(&kernel)), (vec![], vec![]), "free_module gives everything back");
}

#[test]
fn exports_without_versions_are_forced_in_and_leave_a_mark() {
    let kernel = boot();
    let abacus = coming(&kernel, &with_section_named(file("abacus"), "__kcrctab", "__ksomething"));
    assert_eq!(
        log(&kernel),
        [
            "abacus: no versions for exported symbols: kernel tainted.",
            "Disabling lock debugging due to kernel taint"
        ],
        "check_module_license_and_versions: nobody can check that who uses these exports was built for them, and \
         Debian's kernel takes such a module (CONFIG_MODULE_FORCE_LOAD) and says so"
    );
    assert!(abacus.taints().has(Taint::ForcedModule), "TAINT_FORCED_MODULE: every oops from now on says F");
}

#[test]
fn a_relocation_that_cannot_be_applied_is_refused_and_nothing_stays() {
    let kernel = boot();
    let broken = with_relocations(file("hello"), ".rela.gnu.linkonce.this_module", 99, |_| true);
    let refused = outcome(kernel.load_module(&broken).map(drop));
    assert_eq!(
        refused, "ENOEXEC: module: hello: Unknown rela relocation: 99",
        "the words are those of arch/x86/kernel/module.c"
    );
    assert_eq!((list(&kernel), memory(&kernel)), (vec![], vec![]), "free_module gives everything back");
}

#[test]
fn branches_are_checked_and_written_before_the_module_comes() {
    let kernel = boot();
    let broken = with_section_named(file("hello"), ".rodata.str1.1", "__jump_table");
    let broken = with_relocations(broken, ".rela.init.text", R_X86_64_PLT32, |_| false);
    let refused = outcome(kernel.load_module(&broken).map(drop));
    assert!(
        refused
            .starts_with("ENOEXEC: stricter than Linux 6.1, branch: hello: __jump_table names no branch at"),
        "a table that is no table of branches must be refused before anything is written where it points: {refused:?}"
    );
}

#[test]
fn a_name_that_somebody_exports_already_is_refused() {
    let kernel = boot();
    declared_live(&kernel, "abacus");
    let refused = outcome(kernel.load_module(&named(file("abacus"), "soroba")).map(drop));
    assert!(
        refused.starts_with("ENOEXEC: soroba: exports duplicate symbol abacus_")
            && refused.ends_with(" (owned by abacus)"),
        "complete_formation looks (verify_exported_symbols): whom would the next module call? {refused:?}"
    );
    assert_eq!(list(&kernel), ["abacus"], "the first one stays");
}
