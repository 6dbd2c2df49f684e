//! Callbacks for CPUs that come and go. They all came before any module did, and none goes: a module's startup function
//! is called for each when it registers, its teardown function when it unregisters; a startup that fails is undone on
//! the CPUs before it. Linux: kernel/cpu.c.

use std::collections::BTreeMap;

use abi::Errno;

use crate::services::{fail, functions, with};
use crate::{Table, call_module, current, task};

pub(super) fn register(table: &mut Table<'_>) {
    functions!(table; __cpuhp_setup_state/6, __cpuhp_setup_state_cpuslocked/6, __cpuhp_remove_state/2,
        __cpuhp_remove_state_cpuslocked/2, __cpuhp_state_add_instance/3, __cpuhp_state_remove_instance/3, cpus_read_lock/0,
        cpus_read_unlock/0);
}

/// CPUHP_AP_ONLINE_DYN and CPUHP_BP_PREPARE_DYN: any free state will do, from these on.
const ONLINE_DYNAMIC: i32 = 201;
const PREPARE_DYNAMIC: i32 = 70;
const DYNAMIC_STATES: i32 = 20;
/// CPUHP_BRINGUP_CPU: the callbacks of later states run on the CPU that they are called for.
const BRINGUP_CPU: i32 = PREPARE_DYNAMIC + DYNAMIC_STATES + 1;

#[derive(Debug, Clone, Copy)]
struct State {
    startup: u64,
    teardown: u64,
    /// Called with a module's object beside the CPU.
    multi: bool,
}

/// The states that are taken.
#[derive(Debug, Default)]
struct States(BTreeMap<i32, State>);

impl State {
    /// `cpuhp_issue_call`: calls one of the state's functions for a CPU; on that CPU, by its hotplug thread, where the
    /// state is one of those that a running CPU goes through.
    unsafe fn call(&self, number: i32, function: u64, cpu: usize, instance: Option<u64>) -> i32 {
        if function == 0 {
            return 0;
        }
        // SAFETY: the module's function, of the CPU or of the CPU and an object.
        let work =
            move || unsafe { call_module(function, &[cpu as u64, instance.unwrap_or(0), 0, 0, 0, 0]) } as i32;
        if number <= BRINGUP_CPU {
            return work();
        }
        let machine = current().machine().clone();
        let returned = machine.run(cpu, &format!("cpuhp/{cpu}"), work);
        drop(machine);
        // Who asked for it waits for ever, in Linux; here it ends for the same reason.
        returned.unwrap_or_else(|killed| task::kill(killed))
    }

    /// Calls startup for each CPU, in order. The first error ends it, after teardown for those that had started.
    unsafe fn start(&self, number: i32, instance: Option<u64>) -> i32 {
        let cpus = current().machine().cpus();
        for cpu in 0..cpus {
            // SAFETY: the module's functions, and its object where they take one.
            unsafe {
                let error = self.call(number, self.startup, cpu, instance);
                if error != 0 {
                    for cpu in (0..cpu).rev() {
                        self.call(number, self.teardown, cpu, instance);
                    }
                    return error;
                }
            }
        }
        0
    }

    /// Calls teardown for each CPU. Its answer has no meaning here.
    unsafe fn stop(&self, number: i32, instance: Option<u64>) {
        for cpu in 0..current().machine().cpus() {
            // SAFETY: the module's function, and its object where it takes one.
            unsafe { self.call(number, self.teardown, cpu, instance) };
        }
    }
}

/// A free state from a dynamic range, or the one asked for.
fn reserve(wanted: i32, state: State) -> Option<i32> {
    with(|states: &mut States| {
        let free = |number: &i32| !states.0.contains_key(number);
        let chosen = match wanted {
            ONLINE_DYNAMIC | PREPARE_DYNAMIC => (wanted..wanted + DYNAMIC_STATES).find(free),
            _ => Some(wanted).filter(free),
        }?;
        states.0.insert(chosen, state);
        Some(chosen)
    })
}

unsafe extern "C" fn __cpuhp_setup_state(
    wanted: i32,
    _name: u64,
    invoke: bool,
    startup: u64,
    teardown: u64,
    multi: bool,
) -> i32 {
    let state = State { startup, teardown, multi };
    let Some(number) = reserve(wanted, state) else { return fail(Errno::EBUSY) };
    if invoke && !multi {
        // SAFETY: the module's functions.
        let error = unsafe { state.start(number, None) };
        if error != 0 {
            with(|states: &mut States| states.0.remove(&number));
            return error;
        }
    }
    // A dynamic state is told to the caller, any other is 0.
    if wanted == ONLINE_DYNAMIC || wanted == PREPARE_DYNAMIC { number } else { 0 }
}

unsafe extern "C" fn __cpuhp_setup_state_cpuslocked(
    wanted: i32,
    name: u64,
    invoke: bool,
    startup: u64,
    teardown: u64,
    multi: bool,
) -> i32 {
    // SAFETY: as the other.
    unsafe { __cpuhp_setup_state(wanted, name, invoke, startup, teardown, multi) }
}

unsafe extern "C" fn __cpuhp_remove_state(number: i32, invoke: bool) {
    let state = with(|states: &mut States| states.0.remove(&number));
    if let Some(state @ State { multi: false, .. }) = state
        && invoke
    {
        // SAFETY: the module's functions.
        unsafe { state.stop(number, None) };
    }
}

unsafe extern "C" fn __cpuhp_remove_state_cpuslocked(number: i32, invoke: bool) {
    // SAFETY: as the other.
    unsafe { __cpuhp_remove_state(number, invoke) };
}

unsafe extern "C" fn __cpuhp_state_add_instance(number: i32, node: u64, invoke: bool) -> i32 {
    match with(|states: &mut States| states.0.get(&number).copied()) {
        // SAFETY: the module's function and object.
        Some(state) if invoke => unsafe { state.start(number, Some(node)) },
        Some(_) => 0,
        None => fail(Errno::EINVAL),
    }
}

unsafe extern "C" fn __cpuhp_state_remove_instance(number: i32, node: u64, invoke: bool) -> i32 {
    if let Some(state) = with(|states: &mut States| states.0.get(&number).copied())
        && invoke
    {
        // SAFETY: the module's function and object.
        unsafe { state.stop(number, Some(node)) };
    }
    0
}

/// No CPU goes away, so nothing has to be kept from it.
unsafe extern "C" fn cpus_read_lock() {}

unsafe extern "C" fn cpus_read_unlock() {}
