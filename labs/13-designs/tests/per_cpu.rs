//! Per-CPU counts, and a machine that stops.

use designs::model::{module::Module, per_cpu::PerCpu};
use explore::Scenario;

use crate::common::{CLOSE, Design, MANNERS, OPEN, Refusal, TIMER, TWO, UNWILLING, race};

#[test]
fn cpu_1_goes_on_whether_or_not_the_module_goes() {
    for open in [true, false] {
        let scenario = Scenario::new("a stop", PerCpu::load).cpu("rmmod", move |design: &PerCpu| {
            let opened = open && design.enter(0);
            let expected = if opened { Err(Refusal::Busy) } else { Ok(()) };
            assert_eq!(design.unload(), expected, "EBUSY as long as somebody has it open");
        });
        let scenario = scenario.cpu("idle", PerCpu::idle).preemptions(3);
        scenario
            .never_fails("a CPU that is stopped and not let go is lost until the machine is switched off");
    }
}

#[test]
fn what_cpu_1_counted_before_it_stopped_is_seen() {
    let scenario = Scenario::new("three counts and a stop", PerCpu::load).cpu("rmmod", |design: &PerCpu| {
        let _ = design.unload();
    });
    let scenario = scenario.cpu("opens again", |design: &PerCpu| {
        if design.enter(0) {
            design.leave(0);
        }
        let opened = design.enter(0);
        design.interrupt();
        if opened {
            design.read();
            design.leave(0);
        }
        design.idle();
    });
    scenario.preemptions(2).never_fails(
        "the count was zero between the two opens, and a CPU may read what is old unless something forbids it",
    );
}

#[test]
fn nobody_is_in_the_text_when_it_is_freed_beside_an_open() {
    race::rmmod_against_open::<PerCpu>().never_fails(OPEN);
}

#[test]
fn the_one_who_closes_last_has_left_before_the_text_is_freed() {
    race::rmmod_against_the_last_close::<PerCpu>().never_fails(CLOSE);
}

#[test]
fn of_two_who_open_none_is_overlooked() {
    race::two_opens_and_an_rmmod::<PerCpu>().never_fails(TWO);
}

#[test]
fn an_unwilling_module_is_left_alone() {
    race::an_unwilling_module::<PerCpu>().never_fails(UNWILLING);
}

#[test]
fn a_timer_that_goes_off_is_waited_for() {
    race::a_callback_in_flight::<PerCpu>().never_fails(TIMER);
}

#[test]
fn an_open_beside_a_refusal_succeeds() {
    race::an_open_beside_a_refusal::<PerCpu>().never_fails(MANNERS);
}

#[test]
fn a_rival_does_not_get_the_number_of_a_module_that_stays() {
    race::a_rival_beside_a_refusal::<PerCpu>().never_fails(MANNERS);
}

#[test]
fn a_call_that_the_stop_interrupts_can_end_before_exit_waits_for_it() {
    let scenario = Scenario::new("a call and a stop", PerCpu::load).cpu("rmmod", |design: &PerCpu| {
        let _ = design.unload();
    });
    let scenario = scenario.cpu("timer", |design| {
        let Module { text, service } = design.module();
        service.call(|| text.run(|| design.interrupt()));
        design.idle();
    });
    scenario.preemptions(3).never_fails(
        "exit waits for calls under way, and a CPU that stands still does not end the one it is in",
    );
}
