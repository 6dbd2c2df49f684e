//! Every interleaving once more under loom, with every stale value that the orderings allow.

use std::{
    cell::{Cell, RefCell},
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    rc::Rc,
    sync::Arc,
};

use loom::sync::atomic::AtomicBool;

use crate::{
    context::{Context, Engine, current},
    failure::{Explored, Failure},
    graph::Graph,
    quiet::{self, Stop},
    scenario::Scenario,
};

/// loom's own thread runs CPU 0, and it knows no more than these.
const MOST_THREADS: usize = loom::MAX_THREADS;
/// A scenario that takes loom more executions than this is too large: a learner would wait for it.
const MOST_EXECUTIONS: usize = 200_000;
/// A thread that takes more steps than this does not end.
const MOST_STEPS: usize = 10_000;

thread_local! {
    static EXECUTIONS: Cell<usize> = const { Cell::new(0) };
    static FOUND: RefCell<Option<Failure>> = const { RefCell::new(None) };
}

pub(crate) fn check<W: Send + Sync + 'static>(
    scenario: &Scenario<W>,
    graph: &Graph,
) -> Result<Explored, Failure> {
    assert!(scenario.actors.len() <= MOST_THREADS, "{}: at most {MOST_THREADS} threads", scenario.name);
    EXECUTIONS.set(0);
    // The fewer changes from one CPU to another, the easier a failure is to read: so those come first.
    let bounds: Vec<Option<usize>> = match scenario.preemptions {
        Some(most) => (0..=most).map(Some).collect(),
        None => vec![Some(1), None],
    };
    for bound in bounds {
        if let Some(failure) = try_with(scenario, bound) {
            return Err(failure);
        }
    }
    let mut cpus: Vec<usize> = scenario.actors.iter().map(|actor| actor.cpu).collect();
    cpus.sort_unstable();
    cpus.dedup();
    Ok(Explored {
        states: graph.states(),
        interleavings: graph.interleavings(),
        executions: EXECUTIONS.get(),
        cpus: cpus.len(),
        preemptions: scenario.preemptions,
    })
}

fn try_with<W: Send + Sync + 'static>(scenario: &Scenario<W>, bound: Option<usize>) -> Option<Failure> {
    FOUND.take();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = bound;
    builder.max_branches = MOST_STEPS;
    builder.max_threads = MOST_THREADS;
    let model = scenario.clone();
    let outcome = catch_unwind(AssertUnwindSafe(|| builder.check(move || execute(&model))));
    let steps = current().map(|context| context.state.borrow().steps.clone()).unwrap_or_default();
    Context::uninstall();
    if let Some(found) = FOUND.take() {
        return Some(found);
    }
    assert!(
        EXECUTIONS.get() <= MOST_EXECUTIONS,
        "{}: more than {MOST_EXECUTIONS} executions; fewer steps, fewer CPUs, or a bound: `.preemptions(2)`",
        scenario.name
    );
    match outcome {
        Err(payload) if !payload.is::<Stop>() => Some(Failure {
            scenario: scenario.name.clone(),
            actors: scenario.labels(),
            sentence: told(quiet::words(&*payload)),
            steps,
            executions: EXECUTIONS.get(),
            first_bad: EXECUTIONS.get(),
            needs_weak_memory: true,
        }),
        _ => None,
    }
}

/// What loom says of an execution that it has ended itself, in this crate's words.
fn told(words: String) -> String {
    if words.starts_with("Model exceeded maximum number of branches") {
        return "A loop does not end: what it waits for never comes, or it reads an old value again and again.".to_owned();
    }
    words
}

/// One execution, in loom's own thread.
fn execute<W: Send + Sync + 'static>(scenario: &Scenario<W>) {
    EXECUTIONS.set(EXECUTIONS.get() + 1);
    if EXECUTIONS.get() > MOST_EXECUTIONS {
        resume_unwind(Box::new(Stop));
    }
    let context = scenario.context(Engine::Weak);
    context.install();
    let world = Arc::new((scenario.world)());
    for actor in 0..scenario.actors.len() {
        if context.shares_cpu(actor) {
            let cpu = context.actors[actor].cpu;
            let mut state = context.state.borrow_mut();
            state.cpu_locks.entry(cpu).or_insert_with(|| Rc::new(AtomicBool::new(false)));
        }
    }
    let threads: Vec<_> = (1..scenario.actors.len())
        .map(|actor| {
            let (world, scenario) = (world.clone(), scenario.clone());
            loom::thread::spawn(move || {
                if let Some(context) = current() {
                    begin(&context, actor);
                    scenario.act(&context, actor, &world);
                }
            })
        })
        .collect();
    if !scenario.actors.is_empty() {
        begin(&context, 0);
        scenario.act(&context, 0, &world);
    }
    for thread in threads {
        // Its panics have been caught.
        let _ = thread.join();
    }
    // What comes now is nobody's step.
    context.state.borrow_mut().loom_threads.clear();
    scenario.end(&context, &world);
    drop(world);
    context.state.borrow_mut().cpu_locks.clear();
    if let Some(failure) = scenario.failure(&context, EXECUTIONS.get()) {
        FOUND.set(Some(failure));
        // All threads have ended: loom can be left.
        resume_unwind(Box::new(Stop));
    }
}

fn begin(context: &Context, actor: usize) {
    let id = loom::thread::current().id();
    context.state.borrow_mut().loom_threads.insert(id, actor);
}
