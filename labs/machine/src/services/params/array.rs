//! Arrays: elements of one type, separated by commas.

use abi::{
    Errno,
    offsets::{kernel_param, kernel_param_ops, kparam_array},
};

use super::{PAGE_SIZE, argument, name, operations, print};
use crate::{
    Level, Table, call_module, printk,
    services::{fail, heap, text::bytes},
};

pub(super) fn register(table: &mut Table<'_>) {
    // The kernel does not export the functions themselves; only its table names them.
    let set = table.stub(param_array_set as *const (), 2);
    let get = table.stub(param_array_get as *const (), 2);
    let free = table.stub(param_array_free as *const (), 1);
    operations(table, "param_array_ops", Some(set), Some(get), Some(free), 0);
}

/// A `struct kparam_array`.
#[derive(Clone, Copy)]
struct Array {
    most: u32,
    element_size: u32,
    count: *mut u32,
    operations: u64,
    elements: u64,
}

impl Array {
    unsafe fn of(array: u64) -> Array {
        // SAFETY: a struct kparam_array.
        unsafe {
            Array {
                most: *((array + kparam_array::MAX as u64) as *const u32),
                element_size: *((array + kparam_array::ELEMSIZE as u64) as *const u32),
                count: *((array + kparam_array::NUM as u64) as *const *mut u32),
                operations: *((array + kparam_array::OPS as u64) as *const u64),
                elements: *((array + kparam_array::ELEM as u64) as *const u64),
            }
        }
    }

    unsafe fn count(&self) -> u32 {
        // SAFETY: the array's counter, where it has one.
        if self.count.is_null() { self.most } else { unsafe { *self.count } }
    }

    unsafe fn operation(&self, offset: usize) -> u64 {
        // SAFETY: the elements' struct kernel_param_ops.
        unsafe { *((self.operations + offset as u64) as *const u64) }
    }

    fn element(&self, index: u32) -> u64 {
        self.elements + u64::from(index) * u64::from(self.element_size)
    }

    /// A struct kernel_param for the element `index` of the array that `param` is for.
    unsafe fn param(&self, param: u64, index: u32) -> [u8; kernel_param::SIZE] {
        // SAFETY: a struct kernel_param.
        let mut copy = unsafe { *(param as *const [u8; kernel_param::SIZE]) };
        let (element, at) = (self.element(index), kernel_param::ARG);
        copy[at..at + 8].copy_from_slice(&element.to_le_bytes());
        copy
    }
}

/// `param_array`: each element, between commas, is set by the operations of its type. The text is cut at the commas.
unsafe extern "C" fn param_array_set(value: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of these files; the text may be written to, and the argument is a struct kparam_array.
    unsafe {
        if value.is_null() {
            printk(Level::ERR, &format!("{}: expects arguments\n", name(param)));
            return fail(Errno::EINVAL);
        }
        let array = Array::of(argument::<u8>(param) as u64);
        let (mut set, mut text) = (0, value);
        loop {
            if set >= array.most {
                printk(Level::ERR, &format!("{}: can only take {} arguments\n", name(param), array.most));
                return fail(Errno::EINVAL);
            }
            let length = bytes(text).iter().position(|&byte| byte == b',');
            if let Some(comma) = length {
                text.add(comma).write(0);
            }
            let element = array.param(param, set);
            let arguments = [text as u64, element.as_ptr() as u64, 0, 0, 0, 0];
            let refused = call_module(array.operation(kernel_param_ops::SET), &arguments) as i32;
            if refused != 0 {
                return refused;
            }
            set += 1;
            match length {
                Some(comma) => text = text.add(comma + 1),
                None => break,
            }
        }
        if !array.count.is_null() {
            array.count.write(set);
        }
    }
    0
}

/// The elements, with commas between them.
unsafe extern "C" fn param_array_get(buffer: *mut u8, param: u64) -> i32 {
    // SAFETY: as for all of these files; the argument is a struct kparam_array.
    unsafe {
        let array = Array::of(argument::<u8>(param) as u64);
        let page = heap::allocate(PAGE_SIZE as u64, param);
        if page == 0 {
            return fail(Errno::ENOMEM);
        }
        let mut text: Vec<u8> = Vec::new();
        let mut refused = 0;
        for index in 0..array.count() {
            let element = array.param(param, index);
            let arguments = [page, element.as_ptr() as u64, 0, 0, 0, 0];
            let written = call_module(array.operation(kernel_param_ops::GET), &arguments) as i32;
            if written < 0 {
                refused = written;
                break;
            }
            // A value's own newline becomes the comma before the next one.
            let line = bytes(page as *const u8);
            text.extend_from_slice(line.strip_suffix(b"\n").unwrap_or(line));
            text.push(b',');
        }
        text.pop();
        heap::free(page);
        if refused < 0 { refused } else { print(buffer, &text) }
    }
}

unsafe extern "C" fn param_array_free(array: u64) {
    // SAFETY: a struct kparam_array.
    unsafe {
        let array = Array::of(array);
        let free = array.operation(kernel_param_ops::FREE);
        if free != 0 {
            for index in 0..array.count() {
                call_module(free, &[array.element(index), 0, 0, 0, 0, 0]);
            }
        }
    }
}
