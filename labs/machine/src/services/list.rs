//! The kernel's doubly linked lists, in module memory: two pointers a node, the head a node too. Linux: include/linux/list.h.

/// The node behind one.
///
/// # Safety for all of this file
/// The addresses are those of list nodes in module memory, of a list that the caller has locked.
pub unsafe fn next(node: u64) -> u64 {
    // SAFETY: a list node.
    unsafe { *(node as *const u64) }
}

/// The node before one.
pub unsafe fn prev(node: u64) -> u64 {
    // SAFETY: a list node.
    unsafe { *((node + 8) as *const u64) }
}

unsafe fn link(before: u64, after: u64) {
    // SAFETY: two nodes of one list.
    unsafe {
        *(before as *mut u64) = after;
        *((after + 8) as *mut u64) = before;
    }
}

/// INIT_LIST_HEAD().
pub unsafe fn init(node: u64) {
    // SAFETY: the caller's own node.
    unsafe { link(node, node) };
}

/// list_empty(); for a node that list_del_init() took out, whether it is in no list.
pub unsafe fn is_empty(head: u64) -> bool {
    // SAFETY: a list head.
    unsafe { next(head) == head }
}

/// list_add(): right behind the head.
pub unsafe fn add(node: u64, head: u64) {
    // SAFETY: a node in no list, and a list.
    unsafe {
        let first = next(head);
        link(node, first);
        link(head, node);
    }
}

/// list_add_tail(): right before the head.
pub unsafe fn add_tail(node: u64, head: u64) {
    // SAFETY: a node in no list, and a list.
    unsafe {
        let last = prev(head);
        link(last, node);
        link(node, head);
    }
}

/// list_del().
pub unsafe fn del(node: u64) {
    // SAFETY: a node in a list. The poison makes a second removal fault.
    unsafe {
        link(prev(node), next(node));
        *(node as *mut [u64; 2]) = [0xdead_0000_0000_0100, 0xdead_0000_0000_0122];
    }
}

/// list_del_init().
pub unsafe fn del_init(node: u64) {
    // SAFETY: a node in a list.
    unsafe {
        link(prev(node), next(node));
        init(node);
    }
}
