//! Arrays: elements of one type, separated by commas. The machine knows where they lie and calls their operations.

use abi::{
    Elements, Errno,
    offsets::{kernel_param, kernel_param_ops, kparam_array},
};

use super::{PAGE_SIZE, argument, name, operations, print, rules};
use crate::{
    Table, call_module,
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

    /// Calls an operation of the elements' type for the element `index` of the array that `param` is for.
    unsafe fn call(&self, offset: usize, text: u64, param: u64, index: usize) -> i32 {
        // SAFETY: a struct kernel_param, of which the element gets a copy of its own.
        unsafe {
            let mut copy = *(param as *const [u8; kernel_param::SIZE]);
            let (element, at) = (self.element(index as u32), kernel_param::ARG);
            copy[at..at + 8].copy_from_slice(&element.to_le_bytes());
            call_module(self.operation(offset), &[text, copy.as_ptr() as u64, 0, 0, 0, 0]) as i32
        }
    }
}

/// The elements of the array that `param` is for, while they are set.
struct Setting {
    array: Array,
    param: u64,
}

impl Elements for Setting {
    fn max(&self) -> usize {
        self.array.most as usize
    }

    fn set_count(&mut self, count: usize) {
        if !self.array.count.is_null() {
            // SAFETY: the array's counter.
            unsafe { self.array.count.write(count as u32) };
        }
    }

    fn set(&mut self, index: usize, value: &mut [u8]) -> Result<(), Errno> {
        // SAFETY: `value` lies in the caller's C string, and a zero byte follows it.
        let answer =
            unsafe { self.array.call(kernel_param_ops::SET, value.as_mut_ptr() as u64, self.param, index) };
        if answer == 0 { Ok(()) } else { Err(Errno::from_return(answer.into()).unwrap_or(Errno::EINVAL)) }
    }
}

unsafe extern "C" fn param_array_set(value: *mut u8, param: u64) -> i32 {
    if value.is_null() {
        return fail(Errno::EINVAL);
    }
    // SAFETY: as for all of these files; the text may be written to, and the argument is a struct kparam_array.
    unsafe {
        let list = std::slice::from_raw_parts_mut(value, bytes(value).len());
        let mut elements = Setting { array: Array::of(argument::<u8>(param) as u64), param };
        rules().param_array(name(param), list, &mut elements).map_or_else(fail, |()| 0)
    }
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
        let mut get = |index| match array.call(kernel_param_ops::GET, page, param, index) {
            0.. => Ok(bytes(page as *const u8).to_vec()),
            refused => Err(Errno::from_return(refused.into()).unwrap_or(Errno::EINVAL)),
        };
        let list = rules().param_array_get(array.count() as usize, &mut get);
        heap::free(page);
        list.map_or_else(fail, |list| print(buffer, &list))
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
