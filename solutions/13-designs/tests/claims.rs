//! What the sources of the course say of the designs, and no task is about.

use designs::{
    model::{
        Design, Facts, Refusal,
        atomic_base::AtomicBase,
        big_reader_lock::BigReaderLock,
        broken::CarelessService,
        module::Module,
        no_unload::NoUnload,
        per_cpu::PerCpu,
        per_object::PerObject,
        shutdown_call::ShutdownCall,
        sync::{AtomicBool, AtomicI32, Ordering, fence},
        try_deregister::TryDeregister,
    },
    race,
};
use explore::{Scenario, Schedule};

/// What somebody does who opens a unit, step by step; the module's own text left out.
fn steps_of_open<D: Design>() -> Vec<String> {
    let open = Scenario::new("open", D::load)
        .cpu("open", |design: &D| assert!(design.enter(0), "it is open to all"));
    let steps = open.replay(&Schedule::default()).steps.into_iter();
    steps.filter(|step| !step.is_note && !step.text.contains("the text of")).map(|step| step.text).collect()
}

/// How many of them are locked instructions, or locks.
fn locked<D: Design>() -> usize {
    let is_locked = |step: &&String| {
        ["fetch_", "compare_exchange", "swap(", "lock"].iter().any(|locked| step.contains(locked))
    };
    steps_of_open::<D>().iter().filter(is_locked).count()
}

#[test]
fn counting_every_object_costs_a_locked_instruction_where_nothing_is_ever_unloaded() {
    assert!(locked::<PerObject>() > 0, "{:?}", steps_of_open::<PerObject>());
    assert_eq!(locked::<NoUnload>(), 0, "the same kernel could do without");
}

#[test]
fn without_unloading_there_is_one_look_and_nothing_is_counted() {
    let steps = steps_of_open::<NoUnload>();
    assert!(steps.len() == 1 && steps[0].starts_with("live.load("), "{steps:?}");
}

#[test]
fn a_big_reader_lock_does_the_same_and_takes_a_lock_for_it() {
    assert!(locked::<BigReaderLock>() > 0, "{:?}", steps_of_open::<BigReaderLock>());
    assert_eq!(locked::<PerCpu>(), 0, "{:?}", steps_of_open::<PerCpu>());
}

#[test]
fn a_service_that_still_calls_after_it_has_unregistered_the_module_calls_into_freed_text() {
    let failure =
        race::a_callback_in_flight::<CarelessService>().fails("nobody waits for the call under way");
    assert!(failure.sentence.contains("the text of disk"), "{failure}");
    race::a_callback_in_flight::<ShutdownCall>().never_fails("a service that waits is all it takes");
}

#[test]
fn all_that_an_open_looks_at_is_the_modules_own_or_its_services() {
    for step in steps_of_open::<ShutdownCall>() {
        let own = ["busy.", "shutting_down.", "owner.", "calls.", "fence("];
        assert!(own.iter().any(|own| step.starts_with(own)), "the kernel has a part in it: {step}");
    }
}

/// The shutdown call with the module's use count, which the caller takes, for `busy`.
struct UseCount {
    module: Module,
    use_count: AtomicI32,
    shutting_down: AtomicBool,
}

impl Design for UseCount {
    const FACTS: Facts = Facts { name: "use count for busy", whose: "", author: "", unwilling: "" };

    fn load() -> UseCount {
        let shutting_down = AtomicBool::new(false);
        UseCount { module: Module::new(), use_count: AtomicI32::new(0), shutting_down }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, _unit: usize) -> bool {
        self.use_count.fetch_add(1, Ordering::Relaxed);
        // Pairs with the fence in `unload`: either we are seen there, or see here that the module is shutting down.
        fence(Ordering::SeqCst);
        if self.shutting_down.load(Ordering::Relaxed) {
            self.use_count.fetch_sub(1, Ordering::Relaxed);
            return false;
        }
        self.module.text.run(|| ());
        true
    }

    fn leave(&self, _unit: usize) {
        self.module.text.run(|| ());
        // Release: pairs with the Acquire in `unload`.
        self.use_count.fetch_sub(1, Ordering::Release);
    }

    fn unload(&self) -> Result<(), Refusal> {
        self.shutting_down.store(true, Ordering::Relaxed);
        // Pairs with the fence in `enter`.
        fence(Ordering::SeqCst);
        // Acquire: pairs with the Release in `leave`.
        if self.use_count.load(Ordering::Acquire) != 0 {
            self.shutting_down.store(false, Ordering::Relaxed);
            return Err(Refusal::Busy);
        }
        self.module.exit();
        Ok(())
    }
}

#[test]
fn the_use_count_may_stand_for_busy() {
    race::rmmod_against_open::<UseCount>()
        .never_fails("who is counted before he looks at the flag is not overlooked");
    race::rmmod_against_the_last_close::<UseCount>()
        .never_fails("who is counted until he has left is not overlooked");
}

#[test]
fn the_author_of_a_driver_learns_one_rule_and_for_some_designs_none() {
    assert!(ShutdownCall::FACTS.author.starts_with("one rule"), "{}", ShutdownCall::FACTS.author);
    assert!(TryDeregister::FACTS.author.starts_with("one call"), "{}", TryDeregister::FACTS.author);
    for facts in [PerCpu::FACTS, AtomicBase::FACTS] {
        assert!(facts.author.starts_with("nothing"), "{}: {}", facts.name, facts.author);
    }
}

/// Lines of code of a file of the course: without comments and blank lines.
fn lines_of_code(path: &str) -> usize {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    let text = std::fs::read_to_string(path).expect("it is a file of the course");
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count()
}

#[test]
fn the_two_system_calls_of_before_alone_take_more_lines_than_the_linker_for_x86() {
    let calls = lines_of_code("solutions/13-designs/src/two_system_calls.rs");
    let linker =
        ["rela", "write"].map(|part| lines_of_code(&format!("solutions/06-relocate/src/x86_64/{part}.rs")));
    assert!(calls > linker.iter().sum(), "{calls} lines against {linker:?}");
}
