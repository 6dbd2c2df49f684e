//! The code of lab 09 that is given.

use abi::Errno;
use lifecycle::{
    NOTIFY_BAD, NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP, NotifierBlock, NotifierChain, Visibility,
    model::disk::{Ending, Opens, scenario},
    notifier_from_errno, notifier_to_errno,
};

#[test]
fn an_errno_goes_into_an_answer_and_comes_out_of_it() {
    for &errno in Errno::ALL {
        let answer = notifier_from_errno(errno);
        assert_ne!(answer & 0x8000, 0, "an objection ends the round: {errno}");
        assert_eq!(notifier_to_errno(answer), Some(errno), "{answer:#x}");
    }
}

#[test]
fn what_says_nothing_against_it_is_no_errno() {
    for answer in [NOTIFY_DONE, NOTIFY_OK, NOTIFY_STOP, 0x8000, -1, -22, i32::MIN] {
        assert_eq!(
            notifier_to_errno(answer),
            None,
            "{answer:#x}: nothing greater than NOTIFY_OK is left of it"
        );
    }
}

#[test]
fn an_objection_without_a_reason_is_eperm_and_an_unknown_one_is_einval() {
    assert_eq!(notifier_to_errno(NOTIFY_BAD), Some(Errno::EPERM), "2 less 1");
    assert_eq!(notifier_to_errno(0x8000 | 0x7000), Some(Errno::EINVAL), "no errno has this number");
    assert_eq!(notifier_to_errno(i32::MAX), Some(Errno::EINVAL), "nor this one");
}

#[test]
fn the_loaders_names_are_read_as_they_are_written() {
    for visibility in Visibility::ALL {
        assert_eq!(visibility.to_string().parse(), Ok(visibility));
    }
    for wrong in ["", "Hidden", "made-live", "visible "] {
        assert_eq!(wrong.parse::<Visibility>(), Err("not one of hidden, visible, make-live".to_owned()));
    }
}

#[test]
fn a_chain_is_shown_by_the_names_and_priorities_of_those_in_it() {
    let block = NotifierBlock::<str>::new("kprobes", 7, |_, _| NOTIFY_OK);
    assert_eq!(format!("{block:?}"), "kprobes (7)");
    assert_eq!(format!("{:?}", NotifierChain::<str>::default()), "[]");
}

#[test]
fn a_scenario_says_what_is_opened_and_how_init_ends() {
    for (opens, device) in [(Opens::Disk, "opens the disk,"), (Opens::Control, "opens its control device,")] {
        let scenario = scenario(Visibility::FromTheStart, opens, Ending::Succeeds);
        let name = format!("{scenario:?}");
        assert!(name.contains(device), "{name}");
    }
}
