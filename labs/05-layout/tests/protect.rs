//! Never writable and executable at once.

#[path = "../../01-elf/tests/common/mod.rs"]
mod common;

use abi::Errno;
use common::{SHF_ALLOC, SHF_EXECINSTR, SHF_WRITE, SHT_PROGBITS, Section, hello};
use elf::Module;
use layout::{Group, Layout, PAGE_SIZE, PartLayout, Protection, module_enforce_rwx_sections};
use proptest::prelude::*;

const WX: u64 = SHF_WRITE | SHF_EXECINSTR;

/// The refusal of hello with these sections added, if it is refused.
fn refusal(sections: &[(&str, u64)]) -> Option<(Errno, String)> {
    let mut builder = hello();
    for &(name, flags) in sections {
        builder.section(Section::new(name, SHT_PROGBITS, flags, [0; 8]));
    }
    let file = builder.build();
    let module = Module::parse(&file).expect("a sound file");
    let refusal = module_enforce_rwx_sections(&module.sections, module.this_module_name).err()?;
    assert_eq!(Layout::of(&module).err().as_ref(), Some(&refusal), "laying out checks it first");
    Some((refusal.errno, refusal.message))
}

fn part(text_size: u64, ro_size: u64, ro_after_init_size: u64, size: u64) -> PartLayout {
    PartLayout { text_size, ro_size, ro_after_init_size, size }
}

fn groups(part: PartLayout) -> Vec<(u64, u64, Protection)> {
    part.groups().map(|Group { range, protection }| (range.start, range.end, protection)).collect()
}

// module_enforce_rwx_sections

#[test]
fn a_section_to_be_written_and_executed_is_refused_by_name_and_number() {
    let expected = "hello: section .sneaky (index 8) has invalid WRITE|EXEC flags";
    assert_eq!(refusal(&[(".sneaky", SHF_ALLOC | WX)]), Some((Errno::ENOEXEC, expected.into())));
}

#[test]
fn sections_with_one_of_the_two_are_fine() {
    assert_eq!(refusal(&[(".text.more", SHF_ALLOC | SHF_EXECINSTR), (".data", SHF_ALLOC | SHF_WRITE)]), None);
}

#[test]
fn a_section_that_is_not_even_loaded_is_refused_all_the_same() {
    assert!(refusal(&[(".comment", WX)]).is_some(), "strict_rwx.c does not look at SHF_ALLOC");
}

#[test]
fn the_first_of_several_is_named() {
    let (_, message) = refusal(&[(".a", WX), (".b", WX | SHF_ALLOC)]).unwrap();
    assert!(message.contains(".a (index 8)"), "{message}");
}

#[test]
fn other_flags_beside_the_two_change_nothing() {
    assert!(refusal(&[(".a", WX | SHF_ALLOC | 0x30 | 0x0020_0000)]).is_some());
}

// groups

#[test]
fn the_four_groups_follow_one_another() {
    assert_eq!(
        groups(part(0x1000, 0x3000, 0x4000, 0x8000)),
        [
            (0, 0x1000, Protection::ReadExecute),
            (0x1000, 0x3000, Protection::ReadOnly),
            (0x3000, 0x4000, Protection::ReadOnlyAfterInit),
            (0x4000, 0x8000, Protection::ReadWrite),
        ]
    );
}

#[test]
fn an_empty_group_is_left_out() {
    assert_eq!(groups(part(0, 0x1000, 0x1000, 0x1000)), [(0, 0x1000, Protection::ReadOnly)]);
    assert_eq!(groups(part(0, 0, 0, 0)), []);
}

#[test]
fn only_instructions_can_be_executed() {
    let executable: Vec<_> = groups(part(0x1000, 0x2000, 0x3000, 0x4000))
        .into_iter()
        .filter(|group| group.2 == Protection::ReadExecute)
        .collect();
    assert_eq!(executable, [(0, 0x1000, Protection::ReadExecute)]);
}

#[test]
fn struct_module_lies_where_it_can_be_written() {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    let layout = Layout::of(&module).unwrap();
    let offset = layout.placement(module.this_module).unwrap().offset;
    let group = layout.core.groups().find(|group| group.range.contains(&offset)).unwrap();
    assert_eq!(group.protection, Protection::ReadWrite, "its state and reference count change all the time");
}

#[test]
fn text_lies_where_it_can_be_executed() {
    let file = hello().build();
    let module = Module::parse(&file).unwrap();
    let layout = Layout::of(&module).unwrap();
    let offset = layout.placement(module.section_named(".text").unwrap()).unwrap().offset;
    let group = layout.core.groups().find(|group| group.range.contains(&offset)).unwrap();
    assert_eq!(group.protection, Protection::ReadExecute);
}

proptest! {
    #[test]
    fn the_groups_cover_the_part_without_gaps(pages in proptest::array::uniform4(0u64..5)) {
        let mut end = 0;
        let [a, b, c, d] = pages.map(|pages| { end += pages * PAGE_SIZE; end });
        let groups = groups(part(a, b, c, d));
        prop_assert_eq!(groups.iter().map(|group| group.1 - group.0).sum::<u64>(), d);
        prop_assert!(groups.windows(2).all(|pair| pair[0].1 == pair[1].0));
    }
}
