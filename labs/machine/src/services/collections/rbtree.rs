//! Red-black trees: balancing after the module has linked or unlinked a node. Linux: lib/rbtree.c.
//!
//! A node's first word is its parent's address with the colour in bit 0 (black is 1), then right and left child.

use crate::exports::Table;
use crate::services::functions;

pub(super) fn register(table: &mut Table) {
    functions!(table; rb_insert_color/2, rb_erase/2, rb_next/1, rb_prev/1, rb_first/1, rb_last/1, rb_replace_node/3,
        rb_first_postorder/1, rb_next_postorder/1, __rb_insert_augmented/3, __rb_erase_color/3);
    table.function("rb_replace_node_rcu", rb_replace_node as *const (), 3);
}

/// struct rb_node.
#[repr(C)]
struct Node {
    parent_colour: u64,
    right: *mut Node,
    left: *mut Node,
}

type Link = *mut Node;
/// What an augmented tree does when `new` takes the place of `old` in a rotation.
type Rotated = extern "C" fn(Link, Link);

/// struct rb_root.
#[repr(C)]
struct Root {
    node: Link,
}

const BLACK: u64 = 1;

/// # Safety for all of this file
/// Links lead to nodes of one well-formed tree that nobody else changes: the module's promise, kept by its own lock.
unsafe fn parent(node: Link) -> Link {
    // SAFETY: a node of the tree.
    unsafe { ((*node).parent_colour & !3) as Link }
}

unsafe fn is_black(node: Link) -> bool {
    // SAFETY: a node of the tree, or none; leaves are black.
    node.is_null() || unsafe { (*node).parent_colour & BLACK == BLACK }
}

unsafe fn set_parent(node: Link, parent: Link) {
    // SAFETY: a node of the tree.
    unsafe { (*node).parent_colour = (*node).parent_colour & BLACK | parent as u64 };
}

unsafe fn set_colour(node: Link, colour: u64) {
    // SAFETY: a node of the tree.
    unsafe { (*node).parent_colour = (*node).parent_colour & !BLACK | colour };
}

/// Puts `new` where `old` hangs below `parent`.
unsafe fn change_child(old: Link, new: Link, parent: Link, root: *mut Root) {
    // SAFETY: `old` hangs there, or is the root.
    unsafe {
        if parent.is_null() {
            (*root).node = new;
        } else if (*parent).left == old {
            (*parent).left = new;
        } else {
            (*parent).right = new;
        }
    }
}

/// Turns the edge between `node` and its child on the side away from `left`, so that the child is above.
unsafe fn rotate(node: Link, left: bool, root: *mut Root, rotated: Option<Rotated>) {
    // SAFETY: the child exists, as the callers have seen.
    unsafe {
        let child = if left { (*node).right } else { (*node).left };
        let inner = if left { (*child).left } else { (*child).right };
        let above = parent(node);
        if left {
            (*node).right = inner;
            (*child).left = node;
        } else {
            (*node).left = inner;
            (*child).right = node;
        }
        if !inner.is_null() {
            set_parent(inner, node);
        }
        set_parent(child, above);
        change_child(node, child, above, root);
        set_parent(node, child);
        if let Some(rotated) = rotated {
            rotated(node, child);
        }
    }
}

unsafe fn insert(node: Link, root: *mut Root, rotated: Option<Rotated>) {
    // SAFETY: `node` has just been linked red into the tree.
    unsafe {
        let mut node = node;
        set_colour(node, 0);
        loop {
            let above = parent(node);
            if is_black(above) {
                break;
            }
            let grand = parent(above);
            let left = above == (*grand).left;
            let uncle = if left { (*grand).right } else { (*grand).left };
            if !is_black(uncle) {
                set_colour(above, BLACK);
                set_colour(uncle, BLACK);
                set_colour(grand, 0);
                node = grand;
                continue;
            }
            let inner = if left { (*above).right } else { (*above).left };
            let above = if node == inner {
                rotate(above, left, root, rotated);
                node
            } else {
                above
            };
            set_colour(above, BLACK);
            set_colour(grand, 0);
            rotate(grand, !left, root, rotated);
            break;
        }
        set_colour((*root).node, BLACK);
    }
}

unsafe extern "C" fn rb_insert_color(node: Link, root: *mut Root) {
    // SAFETY: the module linked the node with rb_link_node().
    unsafe { insert(node, root, None) };
}

unsafe extern "C" fn __rb_insert_augmented(node: Link, root: *mut Root, rotated: Rotated) {
    // SAFETY: the module linked the node with rb_link_node().
    unsafe { insert(node, root, Some(rotated)) };
}

/// Restores the black height below `above`, where one black node is missing under `node`.
unsafe fn erase_colour(above: Link, root: *mut Root, rotated: Option<Rotated>) {
    // SAFETY: a tree whose only fault is the missing black; then every sibling exists.
    unsafe {
        let (mut node, mut above): (Link, Link) = (std::ptr::null_mut(), above);
        while node != (*root).node && is_black(node) && !above.is_null() {
            let left = node == (*above).left;
            let mut sibling = if left { (*above).right } else { (*above).left };
            if !is_black(sibling) {
                set_colour(sibling, BLACK);
                set_colour(above, 0);
                rotate(above, left, root, rotated);
                sibling = if left { (*above).right } else { (*above).left };
            }
            let (near, far) =
                if left { ((*sibling).left, (*sibling).right) } else { ((*sibling).right, (*sibling).left) };
            if is_black(near) && is_black(far) {
                set_colour(sibling, 0);
                node = above;
                above = parent(node);
                continue;
            }
            if is_black(far) {
                set_colour(near, BLACK);
                set_colour(sibling, 0);
                rotate(sibling, !left, root, rotated);
                sibling = near;
            }
            let far = if left { (*sibling).right } else { (*sibling).left };
            set_colour(sibling, (*above).parent_colour & BLACK);
            set_colour(above, BLACK);
            set_colour(far, BLACK);
            rotate(above, left, root, rotated);
            node = (*root).node;
            break;
        }
        if !node.is_null() {
            set_colour(node, BLACK);
        }
    }
}

unsafe extern "C" fn __rb_erase_color(above: Link, root: *mut Root, rotated: Rotated) {
    // SAFETY: the inlined part of rb_erase_augmented() found that a black node is missing below `above`.
    unsafe { erase_colour(above, root, Some(rotated)) };
}

unsafe extern "C" fn rb_erase(node: Link, root: *mut Root) {
    // SAFETY: `node` is in the tree.
    unsafe {
        let (left, right, above) = ((*node).left, (*node).right, parent(node));
        if left.is_null() || right.is_null() {
            let child = if left.is_null() { right } else { left };
            change_child(node, child, above, root);
            if !child.is_null() {
                // An only child is red, its parent black: it takes both place and colour.
                (*child).parent_colour = (*node).parent_colour;
            } else if is_black(node) && !above.is_null() {
                erase_colour(above, root, None);
            }
            return;
        }
        let mut next = right;
        while !(*next).left.is_null() {
            next = (*next).left;
        }
        let (orphan, was_black) = ((*next).right, is_black(next));
        let below = if next == right {
            next
        } else {
            let below = parent(next);
            (*below).left = orphan;
            if !orphan.is_null() {
                set_parent(orphan, below);
            }
            (*next).right = right;
            set_parent(right, next);
            below
        };
        (*next).left = left;
        set_parent(left, next);
        change_child(node, next, above, root);
        (*next).parent_colour = (*node).parent_colour;
        if !orphan.is_null() {
            set_colour(orphan, BLACK);
        } else if was_black {
            erase_colour(below, root, None);
        }
    }
}

/// Follows one child as far as it goes.
unsafe fn descend(node: Link, left: bool) -> Link {
    // SAFETY: nodes of the tree, or none at its root.
    unsafe {
        let mut node = node;
        while !node.is_null() {
            let child = if left { (*node).left } else { (*node).right };
            if child.is_null() {
                break;
            }
            node = child;
        }
        node
    }
}

unsafe extern "C" fn rb_first(root: *const Root) -> Link {
    // SAFETY: the caller's tree.
    unsafe { descend((*root).node, true) }
}

unsafe extern "C" fn rb_last(root: *const Root) -> Link {
    // SAFETY: the caller's tree.
    unsafe { descend((*root).node, false) }
}

/// The neighbour in order: down one side and then the other, or up until it comes from the other side.
unsafe fn neighbour(node: Link, forward: bool) -> Link {
    // SAFETY: a node, perhaps one that RB_CLEAR_NODE marked as in no tree.
    unsafe {
        if (*node).parent_colour == node as u64 {
            return std::ptr::null_mut();
        }
        let child = if forward { (*node).right } else { (*node).left };
        if !child.is_null() {
            return descend(child, forward);
        }
        let (mut node, mut above) = (node, parent(node));
        while !above.is_null() && node == if forward { (*above).right } else { (*above).left } {
            (node, above) = (above, parent(above));
        }
        above
    }
}

unsafe extern "C" fn rb_next(node: Link) -> Link {
    // SAFETY: the caller's node.
    unsafe { neighbour(node, true) }
}

unsafe extern "C" fn rb_prev(node: Link) -> Link {
    // SAFETY: the caller's node.
    unsafe { neighbour(node, false) }
}

unsafe extern "C" fn rb_replace_node(victim: Link, new: Link, root: *mut Root) {
    // SAFETY: `victim` is in the tree, `new` in none.
    unsafe {
        new.copy_from(victim, 1);
        for child in [(*victim).left, (*victim).right] {
            if !child.is_null() {
                set_parent(child, new);
            }
        }
        change_child(victim, new, parent(victim), root);
    }
}

/// The deepest node reached by going left where possible, else right.
unsafe fn left_deepest(node: Link) -> Link {
    // SAFETY: a node of the tree.
    unsafe {
        let mut node = node;
        loop {
            let child = if (*node).left.is_null() { (*node).right } else { (*node).left };
            if child.is_null() {
                return node;
            }
            node = child;
        }
    }
}

unsafe extern "C" fn rb_first_postorder(root: *const Root) -> Link {
    // SAFETY: the caller's tree.
    unsafe { if (*root).node.is_null() { std::ptr::null_mut() } else { left_deepest((*root).node) } }
}

unsafe extern "C" fn rb_next_postorder(node: Link) -> Link {
    // SAFETY: the caller's node, or none.
    unsafe {
        if node.is_null() {
            return node;
        }
        let above = parent(node);
        if !above.is_null() && node == (*above).left && !(*above).right.is_null() {
            left_deepest((*above).right)
        } else {
            above
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[repr(C)]
    struct Item {
        node: Node,
        key: u32,
    }

    /// The number of black nodes on every way down; none when the tree breaks a rule.
    unsafe fn black_height(node: Link) -> Option<u32> {
        if node.is_null() {
            return Some(0);
        }
        // SAFETY: a node of the test's tree.
        unsafe {
            let (left, right) = (black_height((*node).left)?, black_height((*node).right)?);
            let red = [node, (*node).left, (*node).right].map(|node| !is_black(node));
            let red_pair = red[0] && (red[1] || red[2]);
            (left == right && !red_pair).then_some(left + u32::from(is_black(node)))
        }
    }

    unsafe fn link(root: *mut Root, item: *mut Item) {
        // SAFETY: as a module does it, with rb_link_node().
        unsafe {
            let (mut above, mut place): (Link, *mut Link) = (std::ptr::null_mut(), &raw mut (*root).node);
            while !(*place).is_null() {
                above = *place;
                let left = (*item).key < (*above.cast::<Item>()).key;
                place = if left { &raw mut (*above).left } else { &raw mut (*above).right };
            }
            (*item).node =
                Node { parent_colour: above as u64, right: std::ptr::null_mut(), left: std::ptr::null_mut() };
            *place = item.cast();
            rb_insert_color(item.cast(), root);
        }
    }

    #[test]
    fn the_tree_stays_balanced_and_ordered_whatever_comes_and_goes() {
        let mut root = Root { node: std::ptr::null_mut() };
        let keys: Vec<u32> = (0..500u32).map(|index| index.wrapping_mul(2_654_435_761) % 1000).collect();
        let items: Vec<*mut Item> = keys
            .iter()
            .map(|&key| {
                let node = Node { parent_colour: 0, right: std::ptr::null_mut(), left: std::ptr::null_mut() };
                Box::into_raw(Box::new(Item { node, key }))
            })
            .collect();
        // SAFETY: every item lives until the end of the test and is in the tree at most once.
        unsafe {
            for &item in &items {
                link(&raw mut root, item);
                assert!(black_height(root.node).is_some(), "broken by an insertion");
            }
            for (index, &item) in items.iter().enumerate() {
                rb_erase(item.cast(), &raw mut root);
                assert!(black_height(root.node).is_some(), "broken by removal {index}");
                let mut node = rb_first(&raw const root);
                let mut found = Vec::new();
                while !node.is_null() {
                    found.push((*node.cast::<Item>()).key);
                    node = rb_next(node);
                }
                assert!(found.is_sorted() && found.len() == items.len() - index - 1);
            }
            items.into_iter().for_each(|item| drop(Box::from_raw(item)));
        }
    }
}
