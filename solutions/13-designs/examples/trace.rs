//! The explorations of lab 13 for the book's explorer: rmmod against open under every design, and what breaks those that
//! somebody would write who has not thought of everything.

use designs::{
    model::{
        atomic_base::AtomicBase,
        big_reader_lock::BigReaderLock,
        broken::{
            AsPosted, CarelessService, LooksThenStops, LooksThenUnregisters, PutInRelease,
            ReadWithoutStopping,
        },
        exit_may_fail::ExitMayFail,
        per_cpu::PerCpu,
        per_object::PerObject,
        shutdown_call::ShutdownCall,
        try_deregister::TryDeregister,
        two_stage::TwoStage,
    },
    race::{
        a_callback_in_flight, an_open_beside_a_refusal, insmod_is_killed, rmmod_against_open,
        rmmod_against_the_last_close, two_opens_and_an_rmmod,
    },
};
use explore::Traces;

fn main() {
    Traces::default()
        .add("two-stage", &rmmod_against_open::<TwoStage>())
        .add("exit-may-fail", &rmmod_against_open::<ExitMayFail>())
        .add("shutdown-call", &rmmod_against_open::<ShutdownCall>())
        .add("try-deregister", &rmmod_against_open::<TryDeregister>())
        .add("per-object", &rmmod_against_open::<PerObject>())
        .add("big-reader-lock", &rmmod_against_open::<BigReaderLock>())
        .add("per-cpu", &rmmod_against_open::<PerCpu>())
        .add("atomic-base", &rmmod_against_open::<AtomicBase>())
        .add("two-stage-beside-a-refusal", &an_open_beside_a_refusal::<TwoStage>())
        .add("insmod-is-killed", &insmod_is_killed())
        .add("broken-looks-then-stops", &rmmod_against_open::<LooksThenStops>())
        .add("broken-looks-then-unregisters", &rmmod_against_open::<LooksThenUnregisters>())
        // It takes stale values to break this one; here are none.
        .add("as-posted", &rmmod_against_open::<AsPosted>())
        .add("broken-careless-service", &a_callback_in_flight::<CarelessService>())
        .add("broken-put-in-release", &rmmod_against_the_last_close::<PutInRelease>())
        .add("broken-read-without-stopping", &two_opens_and_an_rmmod::<ReadWithoutStopping>())
        .print();
}
