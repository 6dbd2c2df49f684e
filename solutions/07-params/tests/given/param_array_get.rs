//! Lists as /sys/module/NAME/parameters shows them.

use abi::Errno;
use params::{Array, Charp, param_array_get};
use proptest::prelude::*;

use crate::settings::shown;

/// What comes of elements whose `get` prints these texts.
fn get(elements: &[&str]) -> Result<String, Errno> {
    let element = |index: usize| Ok(elements[index].as_bytes().to_vec());
    let text = param_array_get(elements.len(), &mut { element })?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn one_element_is_shown_as_it_is() {
    assert_eq!(get(&["2\n"]), Ok("2\n".into()));
}

#[test]
fn commas_take_the_place_of_the_newlines_between() {
    assert_eq!(get(&["2\n", "3\n", "5\n"]), Ok("2,3,5\n".into()), "the last newline stays");
}

#[test]
fn of_no_element_nothing_is_shown_not_even_a_newline() {
    assert_eq!(get(&[]), Ok("".into()), "the loop does not run, and nothing else prints");
}

#[test]
fn the_comma_takes_the_place_of_whatever_byte_was_last() {
    assert_eq!(
        get(&["red", "blue\n"]),
        Ok("re,blue\n".into()),
        "buffer[off - 1] = ',': a get must end its line"
    );
}

#[test]
fn an_element_that_cannot_be_shown_is_the_answer() {
    let mut asked = Vec::new();
    let mut element = |index| {
        asked.push(index);
        if index == 1 { Err(Errno::EIO) } else { Ok(b"x\n".to_vec()) }
    };
    let answer = param_array_get(3, &mut element);
    assert_eq!((answer, asked), (Err(Errno::EIO), vec![0, 1]), "nobody asks for the third");
}

#[test]
fn only_the_elements_that_were_given_are_shown() {
    let primes = Array { elements: vec![11, 13, 5, 7], count: 2 };
    assert_eq!(shown(&primes), Ok("11,13\n".into()), "the count of module_param_array says how many");
    let names = Array::new([Charp(Some("ann".into())), Charp(None)]);
    assert_eq!(shown(&names), Ok("ann,(null)\n".into()), "and until any were given it is all of them");
}

proptest! {
    #[test]
    fn lines_become_a_list(elements in proptest::collection::vec("[a-z0-9]{0,4}", 1..8)) {
        let lines: Vec<_> = elements.iter().map(|element| format!("{element}\n")).collect();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        prop_assert_eq!(get(&lines), Ok(elements.join(",") + "\n"));
    }
}
