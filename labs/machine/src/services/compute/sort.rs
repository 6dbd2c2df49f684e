//! Sorting and searching with the module's own comparison. Linux: lib/sort.c, lib/bsearch.c, lib/list_sort.c.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; sort/5, sort_r/6, bsearch/5, list_sort/3);
}

type Compare = extern "C" fn(*const u8, *const u8) -> i32;
type CompareWith = extern "C" fn(*const u8, *const u8, *const u8) -> i32;
type Swap = extern "C" fn(*mut u8, *mut u8, i32);
type SwapWith = extern "C" fn(*mut u8, *mut u8, i32, *const u8);

/// Heapsort, as the kernel does it: no memory, no worst case.
fn heapsort(count: usize, compare: impl Fn(usize, usize) -> i32, swap: impl Fn(usize, usize)) {
    let sift = |mut root: usize, end: usize| {
        while let Some(child) = (2 * root + 1 < end).then_some(2 * root + 1) {
            let child = if child + 1 < end && compare(child, child + 1) < 0 { child + 1 } else { child };
            if compare(root, child) >= 0 {
                break;
            }
            swap(root, child);
            root = child;
        }
    };
    (0..count / 2).rev().for_each(|root| sift(root, count));
    for end in (1..count).rev() {
        swap(0, end);
        sift(0, end);
    }
}

/// Exchanges two items of `size` bytes.
unsafe fn exchange(a: *mut u8, b: *mut u8, size: usize) {
    if a != b {
        // SAFETY: two different items of one array.
        unsafe { std::ptr::swap_nonoverlapping(a, b, size) };
    }
}

unsafe extern "C" fn sort(base: *mut u8, count: usize, size: usize, compare: Compare, swap: Option<Swap>) {
    let item = |index: usize| base.wrapping_add(index * size);
    heapsort(
        count,
        |a, b| compare(item(a), item(b)),
        |a, b| match swap {
            Some(swap) => swap(item(a), item(b), size as i32),
            // SAFETY: items of the caller's array of `count`.
            None => unsafe { exchange(item(a), item(b), size) },
        },
    );
}

unsafe extern "C" fn sort_r(
    base: *mut u8,
    count: usize,
    size: usize,
    compare: CompareWith,
    swap: Option<SwapWith>,
    private: *const u8,
) {
    let item = |index: usize| base.wrapping_add(index * size);
    heapsort(
        count,
        |a, b| compare(item(a), item(b), private),
        |a, b| match swap {
            Some(swap) => swap(item(a), item(b), size as i32, private),
            // SAFETY: items of the caller's array of `count`.
            None => unsafe { exchange(item(a), item(b), size) },
        },
    );
}

unsafe extern "C" fn bsearch(
    key: *const u8,
    base: *const u8,
    count: usize,
    size: usize,
    compare: Compare,
) -> *const u8 {
    let (mut low, mut high) = (0, count);
    while low < high {
        let middle = low + (high - low) / 2;
        let item = base.wrapping_add(middle * size);
        match compare(key, item) {
            0 => return item,
            order if order < 0 => high = middle,
            _ => low = middle + 1,
        }
    }
    std::ptr::null()
}

/// struct list_head.
#[repr(C)]
struct ListHead {
    next: *mut ListHead,
    prev: *mut ListHead,
}

unsafe extern "C" fn list_sort(
    private: *const u8,
    head: *mut ListHead,
    compare: extern "C" fn(*const u8, *const ListHead, *const ListHead) -> i32,
) {
    let mut nodes = Vec::new();
    // SAFETY: `head` is a list whose nodes nobody else changes meanwhile.
    unsafe {
        let mut node = (*head).next;
        while node != head {
            nodes.push(node);
            node = (*node).next;
        }
    }
    merge_sort(&mut nodes, &|a: *mut ListHead, b: *mut ListHead| compare(private, a, b) > 0);
    let mut previous = head;
    for node in nodes.into_iter().chain([head]) {
        // SAFETY: each is a node of that list, or its head.
        unsafe {
            (*previous).next = node;
            (*node).prev = previous;
        }
        previous = node;
    }
}

/// A stable sort that a comparison without order cannot make panic, as std's might.
fn merge_sort<T: Copy>(items: &mut [T], after: &impl Fn(T, T) -> bool) {
    let middle = items.len() / 2;
    if middle == 0 {
        return;
    }
    merge_sort(&mut items[..middle], after);
    merge_sort(&mut items[middle..], after);
    let merged = {
        let (mut left, mut right) = (items[..middle].iter().peekable(), items[middle..].iter().peekable());
        let mut merged = Vec::with_capacity(items.len());
        while let (Some(&&a), Some(&&b)) = (left.peek(), right.peek()) {
            merged.push(if after(a, b) { *right.next().unwrap_or(&b) } else { *left.next().unwrap_or(&a) });
        }
        merged.extend(left.chain(right).copied());
        merged
    };
    items.copy_from_slice(&merged);
}

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn by_value(a: *const u8, b: *const u8) -> i32 {
        // SAFETY: sort() passes items of an array of u32.
        unsafe { (*a.cast::<u32>()).cmp(&*b.cast::<u32>()) as i32 }
    }

    #[test]
    fn an_array_is_sorted_and_searched_with_the_modules_comparison() {
        let mut numbers: [u32; 7] = [5, 3, 9, 1, 1, 8, 0];
        // SAFETY: seven items of four bytes.
        unsafe { sort(numbers.as_mut_ptr().cast(), 7, 4, by_value, None) };
        assert_eq!(numbers, [0, 1, 1, 3, 5, 8, 9]);
        // SAFETY: as above.
        let found =
            unsafe { bsearch((&raw const numbers[5]).cast(), numbers.as_ptr().cast(), 7, 4, by_value) };
        assert_eq!(found, (&raw const numbers[5]).cast());
    }

    #[test]
    fn equal_nodes_keep_their_order() {
        let mut items = [(1, 'a'), (0, 'b'), (1, 'c'), (0, 'd')];
        merge_sort(&mut items, &|a, b| a.0 > b.0);
        assert_eq!(items, [(0, 'b'), (0, 'd'), (1, 'a'), (1, 'c')]);
    }
}
