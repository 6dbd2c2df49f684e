//! How a machine starts: memory, exports, the fixed variables of each CPU, the threads (init/main.c, start_kernel;
//! arch/x86/kernel/setup_percpu.c).

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError, RwLock, Weak,
        atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use super::{Machine, builtin_symvers, stopper::StopCpus};
use crate::{
    Clock, Config, Exports, HZ, Memory, PerCpu, Table, base,
    cpu::{Area, Cpu, PREEMPT_ENABLED},
    print,
    printk::Log,
    services,
    watchdog::Watchdog,
};

impl Machine {
    pub(super) fn assemble(config: Config) -> io::Result<Arc<Machine>> {
        let count = config.cpus.clamp(1, 64);
        let memory = Memory::new()?;
        let percpu = PerCpu::new(&memory, count)?;
        let mut table = Table::new(&memory, &percpu);
        base::register(&mut table);
        print::register(&mut table);
        services::register(&mut table);
        let symvers = config.symvers.clone().unwrap_or_else(|| Arc::new(builtin_symvers()));
        let exports = Exports::new(table, symvers, memory.clone())?;
        let clock = Clock::start(exports.value("jiffies").ok_or(io::ErrorKind::NotFound)?);
        let machine = Arc::new(Machine {
            log: Log::new(config.log_size),
            cpus: (0..count).map(Cpu::new).collect(),
            // As the kernel's: random where that matters, and with a zero byte that stops strings.
            canary: 0x5ca1_ab1e_0ddb_a100 ^ (std::process::id() as u64) << 8,
            config,
            memory,
            percpu,
            exports,
            clock,
            hooks: RwLock::new(None),
            states: RwLock::default(),
            next_task: AtomicU64::new(1),
            next_pid: AtomicI32::new(100),
            oopses: AtomicU64::new(0),
            stopping: Arc::default(),
            stop_cpus: StopCpus::default(),
            threads: Mutex::default(),
            ticker: Mutex::default(),
        });
        services::start(&machine);
        machine.start_threads()?;
        Ok(machine)
    }

    fn start_threads(self: &Arc<Self>) -> io::Result<()> {
        let (ready, answers) = mpsc::channel();
        let mut threads = Vec::new();
        for cpu in &self.cpus {
            let (cpu, area, weak, ready) =
                (cpu.clone(), self.area(cpu.number)?, Arc::downgrade(self), ready.clone());
            let stack_size = self.config.stack_size;
            let builder = thread::Builder::new().name(format!("CPU {}", cpu.number));
            threads.push(builder.spawn(move || {
                cpu.run(weak, area, stack_size, |set_up| {
                    // The receiver is gone only when another CPU has failed already.
                    let _ = ready.send(set_up);
                });
            })?);
        }
        self.threads.lock().unwrap_or_else(PoisonError::into_inner).extend(threads);
        let started = answers.iter().take(self.cpus.len()).collect::<io::Result<Vec<_>>>()?;
        let (weak, stopping) = (Arc::downgrade(self), self.stopping.clone());
        let watchdog = Watchdog::new(&self.cpus, &started, self.config.soft_lockup);
        let ticker = thread::Builder::new().name("clock".to_owned());
        *self.ticker.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(ticker.spawn(move || tick(&weak, &stopping, watchdog))?);
        Ok(())
    }

    /// Fills the fixed variables of a CPU's area, and says where they lie.
    fn area(&self, cpu: usize) -> io::Result<Area> {
        let base = self.percpu.base(cpu).ok_or(io::ErrorKind::NotFound)?;
        let at = |name: &str| {
            Ok::<u64, io::Error>(base + self.exports.value(name).ok_or(io::ErrorKind::NotFound)?)
        };
        let area = Area {
            base,
            preempt_count: at("__preempt_count")?,
            current_task: at("current_task")?,
            irqs: base + base::IRQS,
        };
        let words =
            [(base + 0x28, self.canary), (at("this_cpu_off")?, base), (at("cpu_number")?, cpu as u64)];
        for (address, word) in words {
            // SAFETY: these lie in the area of a CPU that does not run yet; cpu_number has eight bytes like the others.
            unsafe { (address as *mut u64).write(word) };
        }
        // SAFETY: as above.
        unsafe {
            (area.preempt_count as *mut u32).write(PREEMPT_ENABLED);
            (area.irqs as *mut u32).write(base::IRQS_ON);
        }
        Ok(area)
    }
}

/// The clock's thread: jiffies advance, and the watchdog looks at the CPUs.
fn tick(machine: &Weak<Machine>, stopping: &AtomicBool, mut watchdog: Watchdog) {
    // Acquire: pairs with the store in `shutdown`.
    while !stopping.load(Ordering::Acquire) {
        // `shutdown` ends the pause early.
        thread::park_timeout(Duration::from_nanos(1_000_000_000 / HZ));
        let Some(machine) = machine.upgrade() else { return };
        machine.clock.tick();
        watchdog.look();
    }
}
