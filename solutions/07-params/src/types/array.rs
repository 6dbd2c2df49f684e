//! Arrays: elements of one type with commas between them (`kernel/params.c, param_array`).

use abi::{Elements, Errno};

use super::{Setting, Type};

/// Sets the elements of `array` from `list`, whose elements are separated by commas.
///
/// Element by element, from the first:
///
/// 1. If the array is full already ([`Elements::max`]), it prints (`param.pr_err`)
///    ``NAME: can only take N arguments`` and ends.
/// 2. The element reaches to the next comma or to the end. A zero byte is written over the comma *before* the
///    element is handed to [`Elements::set`]: the operation reads a C string. Nobody puts the comma back.
/// 3. If the element is refused, that is the answer, and nothing more is read.
///
/// An empty list is one empty element, and there is one behind a comma at the end. How many elements were set is
/// noted ([`Elements::set_count`]), 0 at the beginning and one more with each, so that it is right after a refusal
/// too.
///
/// # Errors
/// `EINVAL` where there are too many, or the errno of the element that was refused.
pub fn param_array(list: &mut [u8], array: &mut dyn Elements, param: &mut Setting<'_>) -> Result<(), Errno> {
    // ANCHOR: task_param_array
    let mut rest = Some(list);
    let mut index = 0;
    array.set_count(index);
    while let Some(list) = rest {
        if index == array.max() {
            param.pr_err(format!("{}: can only take {index} arguments", param.name));
            return Err(Errno::EINVAL);
        }
        let end = list.iter().position(|&byte| byte == b',');
        let (element, after) = list.split_at_mut(end.unwrap_or(list.len()));
        rest = match after {
            [comma, after @ ..] => {
                *comma = 0;
                Some(after)
            }
            [] => None,
        };
        array.set(index, element)?;
        index += 1;
        array.set_count(index);
    }
    Ok(())
    // ANCHOR_END: task_param_array
}

/// The first `count` elements, in order, each as `get` prints it.
///
/// Each ends in a newline, its own; over the last byte of what has been printed so far a comma is written before the
/// next is printed behind it. The kernel does not look whether that byte is a newline. Of no element at all, nothing
/// comes.
///
/// # Errors
/// That of the first element that cannot be shown.
pub fn param_array_get(
    count: usize,
    get: &mut dyn FnMut(usize) -> Result<Vec<u8>, Errno>,
) -> Result<Vec<u8>, Errno> {
    let mut text: Vec<u8> = Vec::new();
    for index in 0..count {
        if let Some(last) = text.last_mut() {
            *last = b',';
        }
        text.extend(get(index)?);
    }
    Ok(text)
}

/// An array of `T`, and how many of its elements were given (`module_param_array`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array<T> {
    /// The elements: as many as there is room for.
    pub elements: Vec<T>,
    /// How many were given last; all of them at first.
    pub count: usize,
}

impl<T> Array<T> {
    /// With these values until others are given.
    pub fn new(elements: impl Into<Vec<T>>) -> Array<T> {
        let elements = elements.into();
        Array { count: elements.len(), elements }
    }
}

impl<T: Type> Type for Array<T> {
    fn set(&mut self, value: Option<&mut [u8]>, param: &mut Setting<'_>) -> Result<(), Errno> {
        let list = value.ok_or(Errno::EINVAL)?;
        let mut elements = OfType { array: self, param: Setting::of(param.name) };
        let mut own = Setting::of(param.name);
        let result = param_array(list, &mut elements, &mut own);
        param.printed.append(&mut elements.param.printed);
        param.printed.append(&mut own.printed);
        result
    }

    fn get(&self) -> Result<Vec<u8>, Errno> {
        let element = |index| self.elements.get(index).ok_or(Errno::EINVAL).and_then(Type::get);
        param_array_get(self.count, &mut { element })
    }
}

/// The elements of an array while they are set.
struct OfType<'a, T> {
    array: &'a mut Array<T>,
    param: Setting<'a>,
}

impl<T: Type> Elements for OfType<'_, T> {
    fn max(&self) -> usize {
        self.array.elements.len()
    }

    fn set_count(&mut self, count: usize) {
        self.array.count = count;
    }

    fn set(&mut self, index: usize, value: &mut [u8]) -> Result<(), Errno> {
        let element = self.array.elements.get_mut(index).ok_or(Errno::EINVAL)?;
        element.set(Some(value), &mut self.param)
    }
}
