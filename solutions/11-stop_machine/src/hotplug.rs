//! CPUs that come and go: which are online, and the lock that keeps them so. `kernel/cpu.c`, cpu_down and
//! cpus_read_lock.

use abi::Errno;

use super::{
    percpu::PerCpuCount,
    sync::{Mutex, MutexGuard, cpu},
};

/// Which CPUs are online (`cpu_online_mask`), under `cpu_hotplug_lock`.
#[derive(Debug)]
pub struct OnlineCpus {
    cpu_hotplug_lock: Mutex<Vec<usize>>,
}

impl OnlineCpus {
    /// The CPUs 0 to `cpus`, all online.
    pub fn new(cpus: usize) -> OnlineCpus {
        OnlineCpus { cpu_hotplug_lock: Mutex::new((0..cpus).collect()) }
    }

    /// `cpus_read_lock`: the CPUs that are online. None comes or goes while the guard lives.
    pub fn read_lock(&self) -> MutexGuard<'_, Vec<usize>> {
        self.cpu_hotplug_lock.lock()
    }

    /// Takes the CPU `dead` offline, which has come to its last instruction already, and takes over what it has counted
    /// ([`PerCpuCount::fold`]): from then on, who sums or stops the CPUs that are online must neither miss its counts nor
    /// wait for it. Called on a CPU that stays (`cpu_down`, and its CPUHP_…_DEAD callbacks).
    ///
    /// # Errors
    /// `EINVAL` where it is not online; `EBUSY` where it is the last one that is, or the CPU that asks. Nothing has
    /// changed then.
    pub fn cpu_down(&self, count: &PerCpuCount, dead: usize) -> Result<(), Errno> {
        // ANCHOR: task_cpu_down
        let mut online = self.cpu_hotplug_lock.lock();
        if !online.contains(&dead) {
            return Err(Errno::EINVAL);
        }
        if online.len() == 1 || dead == cpu() {
            return Err(Errno::EBUSY);
        }
        online.retain(|&cpu| cpu != dead);
        count.fold(dead);
        Ok(())
        // ANCHOR_END: task_cpu_down
    }
}
