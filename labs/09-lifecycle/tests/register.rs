//! The place of a new notifier.

use std::sync::Arc;

use abi::Errno;
use lifecycle::{NOTIFY_OK, NotifierBlock, NotifierChain};
use proptest::prelude::*;

use crate::common::{Diary, chain, names, outcome, silent};

fn block(name: &str, priority: i32) -> Arc<NotifierBlock<str>> {
    NotifierBlock::new(name, priority, |_, _| NOTIFY_OK)
}

#[test]
fn the_greater_priority_is_called_first() {
    let (chain, _) = chain(&[("low", -5, 0), ("high", 200, 0), ("none", 0, 0)]);
    assert_eq!(
        names(&chain),
        ["high", "none", "low"],
        "jump_label has 1 and tracing 1, and everybody else has 0: branches must be right before code of others runs"
    );
}

#[test]
fn of_one_priority_the_first_to_come_is_the_first_to_be_called() {
    let (chain, _) = chain(&[("first", 0, 0), ("second", 0, 0), ("above", 1, 0), ("third", 0, 0)]);
    assert_eq!(
        names(&chain),
        ["above", "first", "second", "third"],
        "n->priority > (*nl)->priority: the walk stops at a lower priority, and not at an equal one"
    );
}

#[test]
fn the_extremes_are_priorities_like_any_other() {
    let (chain, _) = chain(&[("last", i32::MIN, 0), ("first", i32::MAX, 0), ("usual", 0, 0)]);
    assert_eq!(
        names(&chain),
        ["first", "usual", "last"],
        "INT_MAX is in use: first, whatever the others want"
    );
}

#[test]
fn the_same_block_twice_is_refused_with_its_name() {
    let mut chain = NotifierChain::default();
    let watcher = block("watcher_call", 0);
    assert_eq!(outcome(chain.register(&watcher)), "done", "the first time");
    assert_eq!(
        outcome(chain.register(&watcher)),
        "EEXIST: notifier callback watcher_call already registered",
        "in the kernel a block is its own list node: linked in twice, the list would run in a circle for ever"
    );
    assert_eq!(names(&chain), ["watcher_call"], "and the chain is as it was");
}

#[test]
fn two_blocks_may_have_one_name_and_one_priority() {
    let mut chain = NotifierChain::default();
    for _ in 0..2 {
        assert_eq!(
            outcome(chain.register(&block("notify", 0))),
            "done",
            "two drivers may both call their function so; a block is known by its address"
        );
    }
    assert_eq!(names(&chain), ["notify", "notify"], "both are in it");
}

#[test]
fn who_was_taken_out_may_come_again_and_is_the_last_of_its_priority() {
    let (mut chain, diary) = chain(&[("a", 0, 0)]);
    let b = diary.block("b", 0, 0);
    let c = diary.block("c", 0, 0);
    for block in [&b, &c] {
        assert_eq!(outcome(chain.register(block)), "done", "new ones");
    }
    assert_eq!(outcome(chain.unregister(&b)), "done", "it was in it");
    assert_eq!(outcome(chain.register(&b)), "done", "it is in it no longer, so this is not the second time");
    assert_eq!(names(&chain), ["a", "c", "b"], "and it queues up behind its equals");
}

#[test]
fn what_was_never_registered_cannot_be_taken_out() {
    let (mut chain, _) = chain(&[("a", 0, 0)]);
    let stranger = block("a", 0);
    assert_eq!(
        outcome(chain.unregister(&stranger)),
        silent(Errno::ENOENT),
        "another block of the same name is another block"
    );
    assert_eq!(names(&chain), ["a"], "the one that is in it stays");
}

#[test]
fn nobody_is_taken_out_twice() {
    let (mut chain, diary) = chain(&[("a", 0, 0)]);
    let b = diary.block("b", 1, 0);
    assert_eq!(outcome(chain.register(&b)), "done", "a new one");
    let answers = [chain.unregister(&b), chain.unregister(&b)].map(outcome);
    assert_eq!(
        answers,
        ["done".to_owned(), silent(Errno::ENOENT)],
        "a module whose exit is the whole of its init's labels, after an init that has failed"
    );
    assert_eq!(names(&chain), ["a"], "nobody else has suffered");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_order_is_by_priority_and_then_by_arrival(priorities in proptest::collection::vec(-3..3_i32, 0..12)) {
        let (mut chain, _) = (NotifierChain::<str>::default(), Diary::default());
        let mut expected = Vec::new();
        for (number, &priority) in priorities.iter().enumerate() {
            let name = format!("{number}");
            prop_assert_eq!(outcome(chain.register(&block(&name, priority))), "done");
            expected.push((priority, name));
        }
        expected.push((i32::MIN, "x".to_owned())); // so that an empty chain is a case too
        prop_assert_eq!(outcome(chain.register(&block("x", i32::MIN))), "done");
        expected.sort_by_key(|&(priority, _)| std::cmp::Reverse(priority)); // a stable sort
        let expected: Vec<_> = expected.into_iter().map(|(_, name)| name).collect();
        prop_assert_eq!(names(&chain), expected, "a stable sort by falling priority gives the same");
    }
}
