//! The soak itself: on every CPU one task loads and removes modules, and one opens, reads and closes their devices.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use abi::Errno;
use loader::{Kernel, KernelConfig, NotDone, O_NONBLOCK, O_TRUNC};
use machine::{Machine, Task, task};

/// What comes and goes: with a device, a disk, a thread, per-CPU data, a user, an init that fails.
const MODULES: [&str; 8] = ["parrot", "ramdisk", "ticker", "tally", "abacus", "merchant", "hello", "halfway"];

/// What is opened and read. Not halfway's device: whoever opens that before its init has failed holds a module that is
/// freed all the same, in Linux as here (do_init_module). Lab 9 tells that story.
const DEVICES: [&str; 4] = ["parrot", "tally", "ramdisk", "ramdisk1"];

/// What came of it.
#[derive(Debug, Default)]
pub struct Report {
    cpus: usize,
    loaded: u64,
    removed: u64,
    waited: u64,
    refused: u64,
    opened: u64,
    turned_away: u64,
    killed: u64,
    oopses: u64,
    warnings: Vec<String>,
    forced: u64,
    forced_oopses: u64,
    /// What was left when all had gone, if anything was.
    pub left: Vec<String>,
    took: Duration,
}

impl Report {
    /// Nothing is left, nobody died who should not have, and everybody died who should have.
    pub fn is_clean(&self) -> bool {
        self.left.is_empty()
            && (self.oopses, self.killed, self.warnings.len()) == (0, 0, 0)
            && self.forced == self.forced_oopses
    }

    /// How often a module was removed, by whatever option.
    pub fn removals(&self) -> u64 {
        self.removed + self.waited
    }

    /// How often a device was opened and read.
    pub fn opened(&self) -> u64 {
        self.opened
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Report { cpus, loaded, waited, refused, turned_away, .. } = self;
        writeln!(f, "{cpus} CPUs, {:.1} s", self.took.as_secs_f64())?;
        writeln!(
            f,
            "loaded {loaded}, removed {} (with --wait {waited}), refused {refused}",
            self.removals()
        )?;
        writeln!(f, "opened and read {}, turned away {turned_away}", self.opened())?;
        writeln!(
            f,
            "oopses {}, tasks killed {}, warnings {}",
            self.oopses,
            self.killed,
            self.warnings.len()
        )?;
        writeln!(f, "removed by force under a call {}, oopses of those {}", self.forced, self.forced_oopses)?;
        write!(f, "left {}", self.left.len())?;
        self.warnings.iter().chain(&self.left).try_for_each(|line| write!(f, "\n{line}"))
    }
}

#[derive(Default)]
struct Counts {
    loaded: AtomicU64,
    removed: AtomicU64,
    waited: AtomicU64,
    refused: AtomicU64,
    opened: AtomicU64,
    turned_away: AtomicU64,
    killed: AtomicU64,
    done: AtomicBool,
}

/// One more. Relaxed: a count for people, read when all have ended.
fn one(count: &AtomicU64) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// So many rounds on each of the CPUs; then so many removals by force.
pub fn soak(cpus: usize, rounds: u32, forced: u32) -> Report {
    let kernel =
        Kernel::boot(KernelConfig { cpus, ..KernelConfig::default() }).expect("the kernel boots here");
    let files = Arc::new(files());
    // Whatever the machine keeps from the first time on is there now.
    for name in MODULES {
        let _ = kernel.init_module(&files[name], "");
    }
    MODULES.iter().rev().for_each(|name| drop(kernel.delete_module((*name).into(), O_NONBLOCK)));
    let before = books(kernel.machine());
    kernel.machine().log().clear();
    let started = Instant::now();
    let counts = Arc::new(Counts::default());
    let spawn = |cpu: usize, name: &str, work: Box<dyn FnOnce() + Send>| {
        kernel.machine().spawn(cpu, name, work).expect("the machine is up")
    };
    let loaders: Vec<Arc<Task>> = (0..cpus)
        .map(|cpu| {
            let (kernel, files, counts) = (kernel.clone(), files.clone(), counts.clone());
            spawn(
                cpu,
                "loads",
                Box::new(move || {
                    (0..rounds).for_each(|round| come_and_go(&kernel, &files, &counts, cpu, round))
                }),
            )
        })
        .collect();
    let openers: Vec<Arc<Task>> = (0..cpus)
        .map(|cpu| {
            let (kernel, counts) = (kernel.clone(), counts.clone());
            spawn(cpu, "opens", Box::new(move || open_and_read(kernel.machine(), &counts, cpu)))
        })
        .collect();
    let killed = |tasks: &[Arc<Task>]| tasks.iter().filter(|task| task.join().is_err()).count() as u64;
    let mut dead = killed(&loaders);
    // Release: pairs with the Acquire in `open_and_read`.
    counts.done.store(true, Ordering::Release);
    dead += killed(&openers);
    for name in MODULES.iter().rev() {
        let _ = kernel.delete_module((*name).into(), O_NONBLOCK);
    }
    let took = started.elapsed();
    let log = kernel.machine().log().texts();
    let warnings =
        log.lines().filter(|line| line.contains("WARNING") || line.contains("BUG")).map(str::to_owned);
    let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
    let mut report = Report {
        cpus,
        loaded: count(&counts.loaded),
        removed: count(&counts.removed),
        waited: count(&counts.waited),
        refused: count(&counts.refused),
        opened: count(&counts.opened),
        turned_away: count(&counts.turned_away),
        killed: count(&counts.killed) + dead,
        oopses: kernel.machine().oopses(),
        warnings: warnings.take(20).collect(),
        left: Vec::new(),
        took,
        ..Report::default()
    };
    // The last stacks and callbacks are given back a little later.
    let patience = Instant::now() + Duration::from_secs(2);
    loop {
        report.left = difference(&before, &books(kernel.machine()));
        report.left.extend(
            kernel.registry().modules().iter().map(|module| format!("{} is still there", module.name)),
        );
        if report.left.is_empty() || Instant::now() > patience {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    remove_by_force(&kernel, &files, forced, &mut report);
    report
}

/// One module is loaded and removed, or one of the two is refused because another CPU was first.
fn come_and_go(kernel: &Kernel, files: &BTreeMap<&str, Vec<u8>>, counts: &Counts, cpu: usize, round: u32) {
    let name = MODULES[(round as usize * 5 + cpu) % MODULES.len()];
    let arguments = match name {
        "halfway" => ["fail_at=3", "fail_at=4", "fail_at=0"][round as usize % 3],
        _ => "",
    };
    let outcome = kernel.init_module(&files[name], arguments);
    one(match &outcome {
        Ok(()) => &counts.loaded,
        Err(NotDone::Refused(_)) => &counts.refused,
        Err(NotDone::Killed(_)) => &counts.killed,
    });
    if round.is_multiple_of(2) {
        task::sleep_ms(1); // in which it can be opened
    }
    // Every eighth waits. What others use is refused either way.
    let waits = round % 8 == 7;
    let outcome = kernel.delete_module(name.into(), if waits { 0 } else { O_NONBLOCK });
    one(match &outcome {
        Ok(()) if waits => &counts.waited,
        Ok(()) => &counts.removed,
        Err(NotDone::Refused(_)) => &counts.refused,
        Err(NotDone::Killed(_)) => &counts.killed,
    });
}

/// Whatever device is there is opened, read and closed, until all loading is done.
fn open_and_read(machine: &Arc<Machine>, counts: &Counts, cpu: usize) {
    let mut turn = cpu;
    // Acquire: pairs with the Release in `soak`.
    while !counts.done.load(Ordering::Acquire) {
        turn += 1;
        let opened = machine.devices().open(DEVICES[turn % DEVICES.len()]).and_then(|mut file| {
            let read = file.read(64).map(drop);
            file.close().and(read)
        });
        one(match &opened {
            Ok(()) => &counts.opened,
            Err(Errno::EIO) => &counts.killed,
            Err(_) => &counts.turned_away,
        });
        // Who is turned away at once and comes back at once keeps the loaders from their work.
        if opened.is_err() && turn.is_multiple_of(8) { task::sleep_ms(1) } else { task::yield_now() }
    }
}

/// `rmmod -f` while somebody sleeps in the module: the sleeper must die of an oops that says whose text it was.
fn remove_by_force(kernel: &Arc<Kernel>, files: &BTreeMap<&str, Vec<u8>>, times: u32, report: &mut Report) {
    for round in 0..times {
        let before = kernel.machine().oopses();
        kernel.init_module(&files["rogue"], "nap=400").expect("rogue is in order");
        let rogue = kernel.registry().find("rogue".into()).expect("it was loaded just now");
        let machine = kernel.machine().clone();
        let sleeper = kernel.machine().spawn(round as usize, "naps", move || {
            if let Ok(mut file) = machine.devices().open("/dev/rogue") {
                let _ = file.read(64);
                // Closing it would look into file_operations that are gone.
                std::mem::forget(file);
            }
        });
        let sleeper = sleeper.expect("the machine is up");
        while kernel.text_users(&rogue).is_empty() {
            std::thread::sleep(Duration::from_millis(1));
        }
        drop(rogue);
        kernel.machine().log().clear();
        kernel.delete_module("rogue".into(), O_NONBLOCK | O_TRUNC).expect("force");
        let _ = sleeper.join();
        report.forced += 1;
        let said = kernel.machine().log().texts();
        if kernel.machine().oopses() == before + 1 && said.contains("BUG: freed module text: rogue+0x") {
            report.forced_oopses += 1;
        }
    }
}

fn files() -> BTreeMap<&'static str, Vec<u8>> {
    let modules = course_modules::cached().expect("the C compiler builds the course's modules");
    let read = |name: &'static str| {
        let module = modules.iter().find(|module| module.name == name).expect("the course has this module");
        (name, std::fs::read(&module.path).expect("it was built just now"))
    };
    MODULES.into_iter().chain(["rogue"]).map(read).collect()
}

/// What is in use: modules' memory, per-CPU data, the modules' allocations and registrations.
fn books(machine: &Machine) -> BTreeMap<String, u64> {
    let mut books = BTreeMap::new();
    let mut add = |what: String, size: u64| *books.entry(what).or_insert(0) += size;
    for (label, size) in machine.memory().regions() {
        if !label.starts_with("kernel ") {
            add(format!("memory of {label}"), size as u64);
        }
    }
    add("per-CPU data".to_owned(), machine.percpu().in_use() as u64);
    for leak in machine.leaks(0..u64::MAX) {
        add("allocations".to_owned(), leak.bytes);
    }
    for registration in machine.registrations() {
        add(format!("{} without {}", registration.module, registration.undone_by), 1);
    }
    books
}

fn difference(before: &BTreeMap<String, u64>, after: &BTreeMap<String, u64>) -> Vec<String> {
    let changed = after.iter().filter(|(what, size)| before.get(*what).copied().unwrap_or(0) != **size);
    changed.map(|(what, size)| format!("{what}: {size}, before {}", before.get(what).unwrap_or(&0))).collect()
}
