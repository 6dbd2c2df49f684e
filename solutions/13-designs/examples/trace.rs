//! The explorations of lab 13 for the book's explorer: what each road stumbles over, and the same on one that does not.

use designs::{
    model::{
        atomic_base::AtomicBase, broken, exit_may_fail::ExitMayFail, shutdown_call::ShutdownCall,
        try_deregister::TryDeregister, two_stage::TwoStage,
    },
    race,
};
use explore::Traces;

fn main() {
    Traces::default()
        .add("insmod-is-killed", &race::insmod_is_killed())
        .add("looks-then-stops", &race::rmmod_against_open::<broken::LooksThenStops>())
        .add("two-stage", &race::rmmod_against_open::<TwoStage>())
        .add("two-stage-manners", &race::an_open_beside_a_refusal::<TwoStage>())
        .add("exit-may-fail-rival", &race::a_rival_beside_a_refusal::<ExitMayFail>())
        .add("shutdown-call", &race::rmmod_against_the_last_close::<ShutdownCall>())
        .add("careless-service", &race::a_callback_in_flight::<broken::CarelessService>())
        .add("put-in-release", &race::rmmod_against_the_last_close::<broken::PutInRelease>())
        .add("try-deregister-manners", &race::an_open_beside_a_refusal::<TryDeregister>())
        .add("one-count-manners", &race::an_open_beside_a_refusal::<AtomicBase>())
        .print();
}
