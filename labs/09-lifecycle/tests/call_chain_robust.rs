//! A round that can be taken back.

use abi::Errno;
use lifecycle::{
    Answer, NOTIFY_BAD, NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP, NotifierBlock, NotifierChain,
    notifier_from_errno,
};

use crate::common::{COMING, Diary, GOING, chain, outcome, silent};

/// What comes of announcing a module to a, b and c, of which b gives this answer; and who has heard what.
fn announced(answer: Answer) -> (String, Vec<String>) {
    let (chain, diary) = chain(&[("a", 2, NOTIFY_OK), ("b", 1, answer), ("c", 0, NOTIFY_OK)]);
    let said = outcome(chain.call_chain_robust(COMING, GOING, "hello"));
    (said, diary.read())
}

#[test]
fn where_nobody_objects_nothing_is_taken_back() {
    for answer in [NOTIFY_DONE, NOTIFY_OK] {
        let (said, heard) = announced(answer);
        assert_eq!(said, "done", "{answer:#x} says nothing against it");
        assert_eq!(
            heard,
            ["a hears COMING of hello", "b hears COMING of hello", "c hears COMING of hello"],
            "and all three have heard of it once"
        );
    }
}

#[test]
fn an_objection_is_taken_back_from_those_who_had_agreed() {
    let (said, heard) = announced(NOTIFY_BAD);
    assert_eq!(said, silent(Errno::EPERM), "NOTIFY_BAD is 2, which is 1 more than OK: errno 1");
    assert_eq!(
        heard,
        ["a hears COMING of hello", "b hears COMING of hello", "a hears GOING of hello"],
        "b has done nothing that it could undo, and c has never heard of hello"
    );
}

#[test]
fn the_reason_is_the_answer_of_the_system_call() {
    for errno in [Errno::EPERM, Errno::EINVAL, Errno::ENOMEM, Errno::EBUSY] {
        let (said, _) = announced(notifier_from_errno(errno));
        assert_eq!(
            said,
            silent(errno),
            "notifier_from_errno there, notifier_to_errno here: insmod shows the reason"
        );
    }
}

#[test]
fn those_who_had_agreed_hear_it_in_the_order_of_the_chain() {
    let (chain, diary) =
        chain(&[("a", 0, NOTIFY_OK), ("b", 0, NOTIFY_OK), ("c", 0, NOTIFY_DONE), ("d", 0, NOTIFY_BAD)]);
    assert_eq!(outcome(chain.call_chain_robust(COMING, GOING, "hello")), silent(Errno::EPERM), "d objects");
    assert_eq!(
        diary.read()[4..],
        ["a hears GOING of hello", "b hears GOING of hello", "c hears GOING of hello"],
        "a list that is linked one way cannot be walked backwards: the notifiers of a chain must not need that"
    );
}

#[test]
fn the_first_of_the_chain_objects_alone() {
    let (chain, diary) = chain(&[("a", 0, NOTIFY_BAD), ("b", 0, NOTIFY_OK)]);
    assert_eq!(outcome(chain.call_chain_robust(COMING, GOING, "hello")), silent(Errno::EPERM), "a objects");
    assert_eq!(diary.read(), ["a hears COMING of hello"], "nobody has agreed before it");
}

#[test]
fn a_stop_without_an_objection_is_taken_back_too() {
    let (said, heard) = announced(NOTIFY_STOP);
    assert_eq!(said, "done", "NOTIFY_STOP says yes, so the module comes");
    assert_eq!(
        heard,
        ["a hears COMING of hello", "b hears COMING of hello", "a hears GOING of hello"],
        "notifier_call_chain_robust looks at the bit and at nothing else: no module notifier may answer NOTIFY_STOP"
    );
}

#[test]
fn an_objection_without_the_stop_bit_counts_from_the_last_one_only() {
    for (place, expected, down) in [(0, "done".to_owned(), 0), (2, silent(Errno::EPERM), 0)] {
        let answers = [0, 1, 2].map(|number| if number == place { 2 } else { NOTIFY_OK });
        let (chain, diary) = chain(&[("a", 0, answers[0]), ("b", 0, answers[1]), ("c", 0, answers[2])]);
        assert_eq!(
            outcome(chain.call_chain_robust(COMING, GOING, "hello")),
            expected,
            "a later answer overwrites an earlier one, and this one is number {place}"
        );
        let heard = diary.read();
        let told = heard.iter().filter(|line| line.contains("GOING")).count();
        assert_eq!(told, down, "without the bit nothing is taken back, although the answer is no: {heard:?}");
    }
}

#[test]
fn a_bare_errno_stops_the_round_and_objects_to_nothing() {
    let (said, heard) = announced(-(Errno::ENOMEM as i32));
    assert_eq!(
        said, "done",
        "a negative number is not greater than NOTIFY_OK: the module comes, half announced"
    );
    assert_eq!(
        heard,
        ["a hears COMING of hello", "b hears COMING of hello", "a hears GOING of hello"],
        "an old trap: say notifier_from_errno(-ENOMEM), and never return -ENOMEM from a notifier"
    );
}

#[test]
fn who_stops_the_round_of_taking_back_ends_that_one_as_well() {
    let diary = Diary::default();
    let mut chain = NotifierChain::<str>::default();
    for (name, coming, going) in
        [("a", NOTIFY_OK, NOTIFY_STOP), ("b", NOTIFY_OK, NOTIFY_OK), ("c", NOTIFY_BAD, NOTIFY_OK)]
    {
        let diary = diary.clone();
        let block = NotifierBlock::new(name, 0, move |action, _: &str| {
            diary.write(format!("{name} {action}"));
            if action == COMING { coming } else { going }
        });
        assert_eq!(outcome(chain.register(&block)), "done", "a new one");
    }
    assert_eq!(outcome(chain.call_chain_robust(COMING, GOING, "hello")), silent(Errno::EPERM), "c objects");
    assert_eq!(
        diary.read(),
        ["a 1", "b 1", "c 1", "a 2"],
        "both rounds go through notifier_call_chain, and a's stop keeps b from hearing that hello does not come"
    );
}
