//! The explorations of lab 11 for the book's explorer: sums that lie and sums that do not, and the machine stopped.

use common::{World, rmmod_against_open};
use explore::{Scenario, Traces};
use stop_machine::model::{attack, multi_stop::MultiStop, percpu::PerCpuCount};

#[allow(dead_code, reason = "the tests need more of it")]
#[path = "../../../labs/11-stop_machine/tests/common/mod.rs"]
mod common;

fn main() {
    let one_cpu_only = || World { stop: MultiStop::new(1), ..World::new() };
    let one_cpu_only = Scenario::new("a stop_machine that stops CPU 0 only", one_cpu_only)
        .cpu("rmmod", World::rmmod)
        .cpu("open", World::open);
    Traces::default()
        .add("lying-sum", &attack::scenario(PerCpuCount::sum))
        .add("sum-decs-first", &attack::scenario(PerCpuCount::sum_decs_first))
        .add("one-cpu-only", &one_cpu_only)
        .add("rmmod-against-open", &rmmod_against_open())
        .print();
}
