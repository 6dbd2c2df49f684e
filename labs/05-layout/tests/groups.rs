//! How each group of pages is protected.

use layout::{Group, Layout, PAGE_SIZE, PartLayout, Protection};
use proptest::prelude::*;

use crate::common::{Hex, builder::hello, parse};

use Protection::{ReadExecute, ReadOnly, ReadOnlyAfterInit, ReadWrite};

/// The groups of a part with these sizes: start, end, protection.
fn groups(text_size: u64, ro_size: u64, ro_after_init_size: u64, size: u64) -> Vec<(Hex, Hex, Protection)> {
    let part = PartLayout { text_size, ro_size, ro_after_init_size, size };
    part.groups().map(|Group { range, protection }| (Hex(range.start), Hex(range.end), protection)).collect()
}

#[test]
fn the_four_groups_follow_one_another() {
    assert_eq!(
        groups(0x1000, 0x3000, 0x4000, 0x8000),
        [
            (Hex(0), Hex(0x1000), ReadExecute),
            (Hex(0x1000), Hex(0x3000), ReadOnly),
            (Hex(0x3000), Hex(0x4000), ReadOnlyAfterInit),
            (Hex(0x4000), Hex(0x8000), ReadWrite),
        ],
        "each figure is the end of one group and the start of the next (the picture in strict_rwx.c)"
    );
}

#[test]
fn an_empty_group_is_left_out() {
    assert_eq!(
        groups(0, 0x1000, 0x1000, 0x1000),
        [(Hex(0), Hex(0x1000), ReadOnly)],
        "set_memory of no pages is no work"
    );
    assert_eq!(groups(0, 0, 0, 0), [], "a module without init sections has no init part");
}

#[test]
fn only_instructions_can_be_executed() {
    let executable: Vec<_> =
        groups(0x1000, 0x2000, 0x3000, 0x4000).into_iter().filter(|group| group.2 == ReadExecute).collect();
    assert_eq!(executable, [(Hex(0), Hex(0x1000), ReadExecute)], "all else is marked NX");
}

#[test]
fn a_part_without_instructions_begins_with_its_data() {
    assert_eq!(
        groups(0, 0, 0x1000, 0x2000),
        [(Hex(0), Hex(0x1000), ReadOnlyAfterInit), (Hex(0x1000), Hex(0x2000), ReadWrite)],
        "an empty group takes nothing, and the next begins in its place"
    );
}

/// The protection of the pages in which the section `number` of hello lies.
fn protection(number: usize) -> Option<Protection> {
    let file = hello().build();
    let layout = Layout::of(&parse(&file)).expect("a layout");
    let offset = layout.placement(number).expect("it is loaded").offset;
    layout.core.groups().find(|group| group.range.contains(&offset)).map(|group| group.protection)
}

#[test]
fn struct_module_lies_where_it_can_be_written() {
    assert_eq!(protection(4), Some(ReadWrite), "its state and reference count change all the time");
}

#[test]
fn text_lies_where_it_can_be_executed() {
    assert_eq!(protection(1), Some(ReadExecute), "or the first call of init would be a page fault");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_groups_cover_the_part_without_gaps(pages in proptest::array::uniform4(0u64..5)) {
        let mut end = 0;
        let [a, b, c, d] = pages.map(|pages| { end += pages * PAGE_SIZE; end });
        let groups = groups(a, b, c, d);
        let protected: u64 = groups.iter().map(|(Hex(start), Hex(end), _)| end - start).sum();
        prop_assert_eq!(protected, d, "every byte is protected");
        prop_assert!(groups.windows(2).all(|pair| pair[0].1 == pair[1].0), "and only once");
    }
}
