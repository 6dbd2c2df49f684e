//! /dev, as devtmpfs fills it: a name for each device that has a number. Linux: drivers/base/devtmpfs.c.

use std::collections::BTreeMap;

use abi::Errno;

use crate::services::with;

/// What a node opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeKind {
    /// A character device.
    Character,
    /// A disk or a partition.
    Block,
}

/// A name in /dev.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it opens.
    pub kind: NodeKind,
    /// The device's number: major above bit 20, minor below.
    pub number: u32,
}

/// All the names.
#[derive(Debug, Default)]
pub(super) struct Nodes(pub(super) BTreeMap<String, Node>);

/// Makes a node; a name that is taken is an error.
pub fn add_node(name: &str, kind: NodeKind, number: u32) -> Result<(), Errno> {
    with(|nodes: &mut Nodes| match nodes.0.contains_key(name) {
        true => Err(Errno::EEXIST),
        false => {
            nodes.0.insert(name.to_owned(), Node { kind, number });
            Ok(())
        }
    })
}

/// Removes the node of a device.
pub fn remove_node(name: &str) {
    with(|nodes: &mut Nodes| nodes.0.remove(name));
}
