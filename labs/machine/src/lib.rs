//! The rest of the computer, given to the learner: memory, CPUs, printk, exports, subsystems, oopses.
