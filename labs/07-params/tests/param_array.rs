//! Lists with commas, and what is left of the text afterwards.

use abi::{Elements, Errno};
use params::{Array, Charp, Setting, Variables, param_array};
use proptest::prelude::*;

use crate::settings::{insmod, set};

/// An array that notes what it is asked to do; an element that begins with `!` is refused.
struct Notes {
    max: usize,
    counts: Vec<usize>,
    elements: Vec<(usize, String)>,
}

impl Elements for Notes {
    fn max(&self) -> usize {
        self.max
    }

    fn set_count(&mut self, count: usize) {
        self.counts.push(count);
    }

    fn set(&mut self, index: usize, value: &mut [u8]) -> Result<(), Errno> {
        let text = String::from_utf8_lossy(value).into_owned();
        let refused = text.starts_with('!');
        self.elements.push((index, text));
        if refused { Err(Errno::EROFS) } else { Ok(()) }
    }
}

/// What comes of `list` with room for `max` elements: the answer, the notes, what was printed, the list.
fn array(list: &str, max: usize) -> (Result<(), Errno>, Notes, Vec<String>, String) {
    let mut notes = Notes { max, counts: Vec::new(), elements: Vec::new() };
    let mut param = Setting::of("primes".into());
    let mut text = list.as_bytes().to_vec();
    let result = param_array(&mut text, &mut notes, &mut param);
    (result, notes, param.printed, String::from_utf8_lossy(&text).into_owned())
}

/// The elements that came, in the order in which they came, as `index:text`.
fn came(notes: &Notes) -> Vec<String> {
    notes.elements.iter().map(|(index, text)| format!("{index}:{text}")).collect()
}

#[test]
fn each_element_between_commas_is_set_in_order() {
    let (result, notes, printed, _) = array("2,3,5", 4);
    assert_eq!(came(&notes), ["0:2", "1:3", "2:5"], "index:text of each call of Elements::set");
    assert_eq!(result, Ok(()), "all of them fit");
    assert_eq!(printed, [""; 0], "nothing was wrong");
}

#[test]
fn the_count_starts_at_nought_and_grows_with_each_element_that_was_set() {
    let counts = |list| array(list, 4).1.counts;
    let why = "the calls of Elements::set_count: *num = 0 at the beginning, (*num)++ behind each element";
    assert_eq!(counts("2,3,5"), [0, 1, 2, 3], "{why}");
    assert_eq!(counts("2"), [0, 1], "the last, which has no comma behind it, counts like the others");
    assert_eq!(counts("2,!,5"), [0, 1], "an element that is refused does not count");
}

#[test]
fn a_list_may_be_as_long_as_the_array_and_no_longer() {
    assert_eq!(array("1,2,3,4", 4).0, Ok(()), "four fit into four");
    let (result, notes, printed, _) = array("1,2,3,4,5", 4);
    assert_eq!(result, Err(Errno::EINVAL), "the fifth has no place");
    assert_eq!(printed, ["primes: can only take 4 arguments"], "the parameter's name, and the room there is");
    assert_eq!(notes.elements.len(), 4, "the first four have been set: nobody counts the commas beforehand");
}

#[test]
fn an_empty_list_is_one_empty_element_and_so_is_what_follows_a_last_comma() {
    assert_eq!(came(&array("", 4).1), ["0:"], "the loop asks for a comma at its end, not at its beginning");
    assert_eq!(came(&array("2,", 4).1), ["0:2", "1:"], "behind every comma there is an element");
    assert_eq!(came(&array(",,", 4).1), ["0:", "1:", "2:"], "two commas separate three elements");
}

#[test]
fn the_first_element_that_is_refused_ends_it_with_its_own_errno() {
    let (result, notes, printed, _) = array("2,!,5", 4);
    assert_eq!(result, Err(Errno::EROFS), "what the elements' set returned");
    assert_eq!(came(&notes), ["0:2", "1:!"], "nothing more is read");
    assert_eq!(printed, [""; 0], "only a list that is too long is announced here");
}

#[test]
fn the_commas_have_become_zeros_as_far_as_it_was_read() {
    assert_eq!(
        array("2,3,5", 4).3,
        "2\x003\x005",
        "We break the rule and mangle the string, says the kernel"
    );
    assert_eq!(array("!,3,5", 4).3, "!\x003,5", "the comma goes before the element is set, and stays away");
    assert_eq!(array("1,2,3", 2).3, "1\x002\x003", "what does not fit is found out behind the second comma");
}

#[test]
fn an_array_without_room_takes_no_element_at_all() {
    let (result, notes, printed, _) = array("", 0);
    assert_eq!((result, notes.elements.len()), (Err(Errno::EINVAL), 0), "the room is looked at first");
    assert_eq!(printed, ["primes: can only take 0 arguments"], "0 is the room there is");
}

#[test]
fn an_array_of_any_type_is_a_type() {
    let mut primes = Array::new([2, 3, 5, 7]);
    assert_eq!(set(&mut primes, Some("11,0x0d")), (Ok(()), vec![]), "each element is read as an int is");
    assert_eq!(primes.elements, [11, 13, 5, 7], "two are set, and the rest stays as it was");
    assert_eq!(primes.count, 2, "as many as were given, by set_count");
    let mut names = Array::new([Charp::default(), Charp::default()]);
    assert_eq!(set(&mut names, Some("ann,bob")), (Ok(()), vec![]), "and here as a charp is");
    assert_eq!(names.elements[1], Charp(Some("bob".into())), "the text between the commas");
}

#[test]
fn the_line_about_a_refused_list_shows_its_first_element() {
    let mut primes = Array::new([2, 3, 5, 7]);
    let mut module = Variables::new().module_param("primes", 0o444, &mut primes);
    let result = insmod(&mut module, "primes=1,2,x");
    let lines: Vec<_> = module.printed.iter().map(|(_, line)| line.as_str()).collect();
    assert_eq!(result, Err(Errno::EINVAL), "x is no number");
    assert_eq!(lines, ["settings: `1' invalid for parameter `primes'"], "of x, which was wrong, no word");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_list_that_fits_comes_out_as_it_went_in(elements in proptest::collection::vec("[a-z0-9]{0,4}", 1..8)) {
        let (result, notes, _, _) = array(&elements.join(","), elements.len());
        let texts: Vec<_> = notes.elements.into_iter().map(|(_, text)| text).collect();
        prop_assert_eq!(texts, elements, "each element is handed to Elements::set once, in order");
        prop_assert_eq!(result, Ok(()), "and they fit exactly");
    }
}
