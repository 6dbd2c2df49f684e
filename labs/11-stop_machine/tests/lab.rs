//! Lab 11: stopping the machine. One module of tests for each task.

mod ack_state;
mod common;
mod cpu_down;
mod lying_sum;
mod multi_cpu_stop;
mod put;
mod sum_decs_first;
mod try_get;
mod try_release;
