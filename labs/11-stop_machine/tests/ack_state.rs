//! An acknowledgement, and the last one, which moves everybody on.

use explore::{Plain, Scenario, model};
use stop_machine::{MultiStop, State, model::multi_stop};

#[test]
fn one_of_several_moves_nobody_on() {
    let stop = MultiStop::new(3);
    stop.ack_state(State::Prepare);
    assert_eq!((stop.state(), stop.missing()), (State::Prepare as u32, 2), "two CPUs are not there yet");
    stop.ack_state(State::Prepare);
    assert_eq!(
        (stop.state(), stop.missing()),
        (State::Prepare as u32, 1),
        "one still runs what it ran before"
    );
}

#[test]
fn the_last_one_moves_everybody_on() {
    let stop = MultiStop::new(3);
    for _ in 0..3 {
        stop.ack_state(State::Prepare);
    }
    assert_eq!(stop.state(), State::DisableIrq as u32, "all have come: interrupts off");
}

#[test]
fn each_state_needs_all_acknowledgements_anew() {
    let stop = MultiStop::new(3);
    for _ in 0..3 {
        stop.ack_state(State::Prepare);
    }
    assert_eq!(stop.missing(), 3, "set_state: nobody has turned interrupts off yet");
    stop.ack_state(State::DisableIrq);
    assert_eq!((stop.state(), stop.missing()), (State::DisableIrq as u32, 2), "one has");
}

#[test]
fn two_cpus_go_through_all_states() {
    let stop = MultiStop::new(2);
    for state in State::ALL {
        assert_eq!(stop.state(), state as u32, "in the order of enum multi_stop_state");
        stop.ack_state(state);
        stop.ack_state(state);
    }
    assert_eq!(stop.state(), State::Exit as u32 + 1, "all have left");
}

#[test]
fn a_cpu_alone_goes_on_at_once() {
    let stop = MultiStop::new(1);
    stop.ack_state(State::Prepare);
    assert_eq!((stop.state(), stop.missing()), (State::DisableIrq as u32, 1), "it is the last one each time");
}

/// A rendezvous, and what each CPU has done before it.
struct World {
    stop: multi_stop::MultiStop,
    first: Plain<u32>,
    second: Plain<u32>,
}

fn world() -> World {
    World { stop: multi_stop::MultiStop::new(2), first: Plain::new(0), second: Plain::new(0) }
}

/// Waits until everybody has come to `state`.
fn wait_for(stop: &multi_stop::MultiStop, state: State) {
    // Acquire: pairs with what the last acknowledgement says with its store.
    model::spin_until(|| stop.state() == state as u32);
}

#[test]
fn what_a_cpu_did_before_it_acknowledged_is_seen_by_all_who_go_on() {
    Scenario::new("the first two states", world)
        .cpu("first", |world| {
            world.first.set(1);
            world.stop.ack_state(multi_stop::State::Prepare);
            wait_for(&world.stop, State::DisableIrq);
            assert_eq!(world.second.get(), 1, "what the other CPU did");
        })
        .cpu("second", |world| {
            world.second.set(1);
            world.stop.ack_state(multi_stop::State::Prepare);
            wait_for(&world.stop, State::DisableIrq);
            assert_eq!(world.first.get(), 1, "what the other CPU did");
        })
        .never_fails(
            "the function in the stopped machine reads what all CPUs have counted: each must hand over what it did, and \
             the last one must hand it on",
        );
}

#[test]
fn nobody_acknowledges_a_state_whose_acknowledgements_are_not_missing_yet() {
    let both = |world: &World| {
        for (state, next) in
            [(multi_stop::State::Prepare, State::DisableIrq), (multi_stop::State::DisableIrq, State::Run)]
        {
            world.stop.ack_state(state);
            wait_for(&world.stop, next);
        }
    };
    Scenario::new("two states", world)
        .cpu("first", both)
        .cpu("second", both)
        .finally(|world| assert_eq!(world.stop.missing(), 2, "both acknowledgements of RUN are missing"))
        .never_fails("a CPU that is quick acknowledges the new state before the count was set anew: it is never complete");
}
