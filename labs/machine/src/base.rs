//! The exports without which no module code runs at all: per-CPU variables, time, who and where one is.

use crate::{Kind, Table, clock::INITIAL_JIFFIES};

/// Registers them.
pub(crate) fn register(table: &mut Table<'_>) {
    // `fixed_percpu_data` is the area's first bytes, the stack canary among them.
    table.symbol("fixed_percpu_data", 0, 48, Kind::PerCpu);
    for word in ["this_cpu_off", "cpu_number", "current_task", "__preempt_count"] {
        table.per_cpu(word, 8, 8, &[]);
    }
    table.data("jiffies", 8, 8, &INITIAL_JIFFIES.to_le_bytes());
    table.alias("jiffies_64", "jiffies");
}
