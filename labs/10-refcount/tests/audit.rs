//! What you found in the drivers, judged by exploring those that you mended.

use std::collections::HashSet;

use refcount::model::{
    audit::{Rule, audit},
    driver::{Driver, Kernel, cost, rmmod_against, rmmod_against_thread},
    shipped::{ALL, Name, shipped},
};

/// The rule is the one that is broken, and the mended driver keeps it.
fn judge(name: Name, rule: Rule, why: &str) {
    let finding = audit(name);
    assert_eq!(finding.rule, rule, "{name:?}: {why}");
    let driver = finding.mended;
    does_its_work(name, &driver);
    let scenario = match name {
        Name::Watch => rmmod_against_thread(driver),
        _ => rmmod_against(driver),
    };
    scenario.never_fails(why);
}

/// Used once, without races, it works once, lets go, and can be unloaded.
fn does_its_work(name: Name, driver: &Driver) {
    let kernel = Kernel::new(if name == Name::Watch { 1 } else { 0 });
    (driver.call)(&kernel);
    if kernel.has_thread() {
        (driver.thread)(&kernel);
    }
    assert_eq!(kernel.worked(), 1, "{name:?}: a driver that does nothing breaks no rule, and is none");
    let waits = i32::from(name == Name::Mailbox);
    assert_eq!(
        kernel.slept(),
        waits,
        "{name:?}: who reads a mailbox waits for mail, and nobody waits elsewhere"
    );
    assert_eq!(kernel.refcount.count(), 0, "{name:?}: idle again, and nobody holds it");
    kernel.rmmod(driver);
    assert!(kernel.text.is_freed(), "{name:?}: rmmod of an idle driver succeeds");
}

#[test]
fn door_is_entered_before_it_counts() {
    judge(Name::Door, Rule::TakesItsOwnFirst, "What runs before the first reference runs without one.");
}

#[test]
fn lease_has_still_to_return_when_it_lets_go() {
    judge(Name::Lease, Rule::PutsItsOwnLast, "What runs after the last reference runs without one.");
}

#[test]
fn hasty_is_entered_although_it_goes() {
    judge(
        Name::Hasty,
        Rule::CannotFail,
        "From outside only a get that can fail is one step with the question.",
    );
}

#[test]
fn mount_is_held_from_start_to_stop() {
    judge(
        Name::Mount,
        Rule::StartToStop,
        "What start has set up only the same module can take down: it must be there.",
    );
}

#[test]
fn mailbox_is_held_while_its_reader_sleeps() {
    judge(Name::Mailbox, Rule::WaitQueue, "Who is woken returns into the text in which it fell asleep.");
}

#[test]
fn roster_takes_itself_out_of_the_list() {
    judge(Name::Roster, Rule::RegisteredList, "The entry lies in the module: who walks the list reads it.");
}

#[test]
fn watch_has_a_reference_from_before_its_threads_birth_to_after_its_death() {
    judge(
        Name::Watch,
        Rule::Thread,
        "A thread begins in the module's text, and its last instruction is there: whoever makes it takes its reference.",
    );
}

#[test]
fn clock_pays_nothing_for_what_cannot_sleep() {
    judge(
        Name::Clock,
        Rule::EveryInterrupt,
        "free_irq waits for the handler: nothing else need keep the text.",
    );
    let shipped = cost(&rmmod_against(shipped(Name::Clock)).explore());
    let mended = cost(&rmmod_against(audit(Name::Clock).mended).explore());
    assert!(shipped > 0, "as shipped, each interrupt touches the count");
    assert_eq!(
        mended, 0,
        "not one step of an interrupt may touch the module's count or state: all CPUs share them"
    );
}

#[test]
fn a_driver_that_is_listed_can_be_removed_because_its_exit_undoes_it() {
    let driver = audit(Name::Roster).mended;
    let kernel = Kernel::new(0);
    assert!(*kernel.list.lock(), "it is registered, and that is a reference of the kind that exit can undo");
    kernel.rmmod(&driver);
    assert!(kernel.text.is_freed(), "so rmmod does not fail for it");
    assert!(
        !*kernel.list.lock(),
        "rmmod is done, and the driver is still in the list: its exit takes it out"
    );
    (driver.call)(&kernel);
    assert_eq!(kernel.worked(), 0, "who looks it up now does not find it");
}

#[test]
fn each_driver_breaks_a_rule_of_its_own() {
    let rules: HashSet<Rule> = ALL.into_iter().map(|name| audit(name).rule).collect();
    assert_eq!(rules.len(), ALL.len(), "eight drivers, eight rules: {rules:?}");
}
