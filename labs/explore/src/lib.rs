//! What the labs share to explore races: synchronisation as the finished loader uses it, and the same names under
//! exploration, where every interleaving of a few CPUs is tried.
//!
//! A lab compiles the same file twice: in the library beside [`native`], in its `model` beside [`mod@model`]. A
//! [`Scenario`] says what each CPU does; then
//!
//! - [`Scenario::explore`] tries every interleaving, one step at a time (shuttle, with a scheduler of ours), and gives
//!   the whole graph of them, with the shortest that fails;
//! - [`Scenario::check`] does that first, and then lets loom try every interleaving once more with every stale value
//!   that the orderings allow;
//! - [`Scenario::replay`] runs one [`Schedule`], written by hand.

pub mod native;

#[cfg(feature = "model")]
mod context;
#[cfg(feature = "model")]
mod failure;
#[cfg(feature = "model")]
mod graph;
#[cfg(feature = "model")]
pub mod model;
#[cfg(feature = "model")]
mod plain;
#[cfg(feature = "model")]
mod quiet;
#[cfg(feature = "model")]
mod scenario;
#[cfg(feature = "model")]
mod schedule;
#[cfg(feature = "model")]
mod search;
#[cfg(feature = "model")]
mod sequential;
#[cfg(feature = "model")]
mod source;
#[cfg(feature = "model")]
mod table;
#[cfg(feature = "model")]
mod text;
#[cfg(feature = "model")]
mod traces;
#[cfg(feature = "model")]
mod watched;
#[cfg(feature = "model")]
mod weak;

#[cfg(feature = "model")]
pub use crate::{
    context::{note, step},
    failure::{Explored, Failure, Step},
    graph::{Edge, Graph, Node, Outcome},
    model::{cpu, preempt_disable, preempt_enable},
    plain::Plain,
    scenario::Scenario,
    schedule::{Replay, Schedule},
    text::Text,
    traces::Traces,
};
