//! The exports without which no module code runs at all: thunks, per-CPU variables, time, what processor this is.
//! What the compiler emits calls to is machine code here as it is in the kernel, because it must keep the registers
//! (arch/x86/lib/retpoline.S, arch/x86/lib/hweight.S, arch/x86/kernel/ftrace_64.S).

use abi::offsets::task_struct;

use crate::{
    Kind, Table,
    clock::{HZ, INITIAL_JIFFIES},
    exports::Trap,
    paravirt,
};

/// `CONFIG_NR_CPUS` of Debian's kernel: how long its masks and arrays are.
const NR_CPUS: usize = 8192;

/// The flags register of a simulated CPU whose interrupts are on: X86_EFLAGS_IF, and the bit that is always set.
pub(crate) const IRQS_ON: u32 = 0x202;
/// `X86_EFLAGS_IF`.
pub(crate) const IF: u32 = 0x200;
/// Where in each CPU's area it lies: behind `fixed_percpu_data`, before whatever is allocated.
pub(crate) const IRQS: u64 = 0x30;

/// Registers them.
pub(crate) fn register(table: &mut Table<'_>) {
    thunks(table);
    traps(table);
    per_cpu(table);
    paravirt::register(table);
    masks(table);
    table.data("jiffies", 8, 8, &INITIAL_JIFFIES.to_le_bytes());
    table.alias("jiffies_64", "jiffies");
    speed(table);
}

fn thunks(table: &mut Table<'_>) {
    // The tracer's door at the beginning of every function: nobody traces.
    table.code("__fentry__", &[0xc3]);
    table.code("__x86_return_thunk", &[0xc3, 0xcc]);
    // popcnt eax, edi; ret. popcnt rax, rdi; ret
    table.code("__sw_hweight32", &[0xf3, 0x0f, 0xb8, 0xc7, 0xc3]);
    table.code("__sw_hweight64", &[0xf3, 0x48, 0x0f, 0xb8, 0xc7, 0xc3]);
    for (number, register) in ["rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi"].into_iter().enumerate()
    {
        // jmp register; int3
        table.code(&format!("__x86_indirect_thunk_{register}"), &[0xff, 0xe0 + number as u8, 0xcc]);
    }
    // Nobody calls it: its CRC stands for the layout of `struct module` and is checked before anything else.
    table.code("module_layout", &[0xc3]);
    for number in 0..8 {
        let code = [0x41, 0xff, 0xe0 + number, 0xcc];
        table.code(&format!("__x86_indirect_thunk_r{}", 8 + number), &code);
    }
}

/// Functions that do not come back.
fn traps(table: &mut Table<'_>) {
    table.trap("__stack_chk_fail", Trap::Panic("stack-protector: Kernel stack is corrupted in: %pB"));
    table.trap("panic", Trap::PanicFormat);
}

/// Every CPU has its own; the machine fills in what differs.
fn per_cpu(table: &mut Table<'_>) {
    // The area's first bytes, the stack canary among them.
    table.symbol("fixed_percpu_data", 0, 48, Kind::PerCpu);
    for word in ["this_cpu_off", "cpu_number", "current_task", "__preempt_count", "numa_node"] {
        table.per_cpu(word, 8, 8, &[]);
    }
}

/// Which CPUs there are.
fn masks(table: &mut Table<'_>) {
    let count = table.percpu().cpus();
    let present = (u64::MAX >> (64 - count.clamp(1, 64))).to_le_bytes();
    for name in ["__cpu_online_mask", "__cpu_possible_mask", "__cpu_present_mask", "__cpu_active_mask"] {
        table.data(name, NR_CPUS / 8, 64, &present);
    }
    table.data("__cpu_dying_mask", NR_CPUS / 8, 64, &[]);
    table.data("cpu_all_bits", NR_CPUS / 8, 64, &[0xff; NR_CPUS / 8]);
    // Row n has bit n - 1 set; `cpumask_of` points into it, and before it.
    let rows: Vec<u8> = (0..65)
        .flat_map(|row| {
            let first = if row == 0 { 0u64 } else { 1 << (row - 1) };
            std::iter::once(first).chain(std::iter::repeat_n(0, NR_CPUS / 64 - 1)).flat_map(u64::to_le_bytes)
        })
        .collect();
    table.data("cpu_bit_bitmap", rows.len(), 64, &rows);
    let count_bytes = (count as u32).to_le_bytes();
    table.data("nr_cpu_ids", 4, 8, &count_bytes);
    table.data("__num_online_cpus", 4, 8, &count_bytes);
    let bases: Vec<u8> =
        (0..count).flat_map(|cpu| table.percpu().base(cpu).unwrap_or(0).to_le_bytes()).collect();
    table.data("__per_cpu_offset", 8 * NR_CPUS, 64, &bases);
}

/// How fast it is, and what else is known from the start; what it can do is in services/fpu.
fn speed(table: &mut Table<'_>) {
    const KHZ: u32 = 2_000_000;
    table.data("cpu_khz", 4, 8, &KHZ.to_le_bytes());
    table.data("tsc_khz", 4, 8, &KHZ.to_le_bytes());
    table.data("loops_per_jiffy", 8, 8, &(u64::from(KHZ) * 1000 / HZ).to_le_bytes());
    // SYSTEM_RUNNING
    table.data("system_state", 4, 8, &3u32.to_le_bytes());
    let mut init = vec![0; task_struct::SIZE];
    if let Some(name) = init.get_mut(task_struct::COMM..task_struct::COMM + 9) {
        name.copy_from_slice(b"swapper/0");
    }
    table.data("init_task", task_struct::SIZE, 64, &init);
}
