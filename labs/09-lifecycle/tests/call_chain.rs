//! One round through a chain.

use lifecycle::{NOTIFY_BAD, NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP, NOTIFY_STOP_MASK};

use crate::common::{COMING, Diary, chain};

/// Everybody, as a bound on how many are called.
const ALL: usize = usize::MAX;

#[test]
fn everybody_hears_of_it_in_the_order_of_the_chain() {
    let (chain, diary) = chain(&[("a", 0, NOTIFY_DONE), ("c", -1, NOTIFY_OK), ("b", 0, NOTIFY_DONE)]);
    assert_eq!(
        chain.call_chain(COMING, "parrot", ALL),
        (NOTIFY_OK, 3),
        "three were called, and c was the last"
    );
    assert_eq!(
        diary.read(),
        ["a hears COMING of parrot", "b hears COMING of parrot", "c hears COMING of parrot"],
        "action and data go to each of them as they are"
    );
}

#[test]
fn an_empty_chain_does_not_mind() {
    let (chain, _) = chain(&[]);
    assert_eq!(
        chain.call_chain(COMING, "parrot", ALL),
        (NOTIFY_DONE, 0),
        "most chains are empty most of the time, and the event happens all the same"
    );
}

#[test]
fn the_last_answer_is_the_answer() {
    for (answers, expected) in [([2, NOTIFY_DONE], NOTIFY_DONE), ([NOTIFY_OK, 7], 7)] {
        let (chain, _) = chain(&[("a", 0, answers[0]), ("b", 0, answers[1])]);
        assert_eq!(
            chain.call_chain(COMING, "parrot", ALL),
            (expected, 2),
            "without the stop bit an objection is overwritten by whoever is called next: ret = nb->notifier_call(…)"
        );
    }
}

#[test]
fn the_stop_bit_ends_the_round() {
    for answer in [NOTIFY_STOP, NOTIFY_BAD, NOTIFY_STOP_MASK, NOTIFY_STOP_MASK | 40] {
        let (chain, diary) = chain(&[("a", 0, NOTIFY_OK), ("b", 0, answer), ("c", 0, NOTIFY_OK)]);
        assert_eq!(
            chain.call_chain(COMING, "parrot", ALL),
            (answer, 2),
            "the answer that ended it: {answer:#x}"
        );
        assert_eq!(
            diary.read(),
            ["a hears COMING of parrot", "b hears COMING of parrot"],
            "c need not hear of it: {answer:#x}"
        );
    }
}

#[test]
fn a_bare_negative_errno_ends_the_round_too() {
    let (chain, diary) = chain(&[("a", 0, -22), ("b", 0, NOTIFY_OK)]);
    assert_eq!(
        chain.call_chain(COMING, "parrot", ALL),
        (-22, 1),
        "-22 is 0xffffffea, and in it the bit 0x8000 is set: it looks like a stop, and is one"
    );
    assert_eq!(diary.read(), ["a hears COMING of parrot"], "whoever wrote that meant something else");
}

#[test]
fn no_more_are_called_than_were_asked_for() {
    let (chain, diary) = chain(&[("a", 0, NOTIFY_OK), ("b", 0, 5), ("c", 0, NOTIFY_DONE)]);
    assert_eq!(
        chain.call_chain(COMING, "parrot", 2),
        (5, 2),
        "nr_to_call: how an interrupted round is taken back"
    );
    assert_eq!(diary.read().len(), 2, "a and b");
    assert_eq!(chain.call_chain(COMING, "parrot", 3), (NOTIFY_DONE, 3), "exactly as many as there are");
    assert_eq!(chain.call_chain(COMING, "parrot", 4), (NOTIFY_DONE, 3), "there is no fourth");
    diary.read();
    assert_eq!(chain.call_chain(COMING, "parrot", 0), (NOTIFY_DONE, 0), "nobody");
    assert_eq!(diary.read(), [""; 0], "nobody at all");
}

#[test]
fn what_happens_is_a_number_that_the_chain_does_not_understand() {
    let (chain, diary) = chain(&[("a", 0, NOTIFY_BAD)]);
    assert_eq!(
        chain.call_chain(u64::MAX, "reboot", ALL),
        (NOTIFY_OK, 1),
        "one mechanism for modules, CPUs, networks and power: the number means something to the blocks only"
    );
    assert_eq!(diary.read(), [format!("a hears {} of reboot", u64::MAX)], "as it was given");
    let _: Diary = diary;
}
