//! The execution that is under way on this thread: who is who, what has happened, what went wrong. Both explorers run
//! all of a scenario's threads as coroutines on the thread that asked, so that no lock is needed here.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    hash::{DefaultHasher, Hash, Hasher},
    panic::{Location, resume_unwind},
    rc::Rc,
};

use crate::{failure::Step, quiet::Stop, source};

/// Who explores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    /// loom: weak memory.
    Weak,
    /// shuttle, one step at a time.
    Sequential,
}

/// One of a scenario's threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Actor {
    pub(crate) cpu: usize,
    /// `CPU 0: rmmod`.
    pub(crate) label: String,
}

/// What can be shown of memory: an atomic, a lock, a text.
#[derive(Debug, Clone)]
pub(crate) struct Variable {
    pub(crate) name: String,
    place: &'static Location<'static>,
    pub(crate) shown: String,
    /// Its latest value; bits.
    pub(crate) bits: u64,
}

/// What a thread of the sequential explorer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It has not begun.
    Unborn,
    /// It is about to take a step.
    Ready,
    /// It waits. When so many changes had been made, it looked, and saw whether what it waits for holds.
    Waits { seen: u64, holds: bool },
    /// It is taking a step.
    Runs,
    /// It has come to its end.
    Ended,
}

#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) steps: Vec<Step>,
    pub(crate) variables: Vec<Variable>,
    pub(crate) failure: Option<String>,
    /// The execution is over: whoever takes a step now is unwound.
    pub(crate) stopping: bool,
    pub(crate) progress: Vec<Progress>,
    /// How many changes have been made to anything that somebody may wait for.
    pub(crate) changes: u64,
    /// For each thread, what it has seen: it does the same again where it sees the same.
    pub(crate) histories: Vec<u64>,
    /// For each thing that is not atomic, what the last thread that changed it had seen: its value follows from that.
    pub(crate) shadows: Vec<u64>,
    /// For each thread, how often it has disabled preemption.
    pub(crate) preempt: Vec<u32>,
    /// Which of loom's threads is which of ours.
    pub(crate) loom_threads: HashMap<loom::thread::ThreadId, usize>,
    /// For each CPU that several threads share under loom, the lock that is the CPU.
    pub(crate) cpu_locks: HashMap<usize, Rc<loom::sync::atomic::AtomicBool>>,
}

pub(crate) struct Context {
    pub(crate) engine: Engine,
    pub(crate) actors: Vec<Actor>,
    pub(crate) state: RefCell<State>,
    /// Somebody only looks whether what he waits for has come: nothing of it is a step.
    looking: Cell<bool>,
    /// One step of several accesses is under way.
    compound: Cell<bool>,
}

thread_local! {
    static CURRENT: RefCell<Option<Rc<Context>>> = const { RefCell::new(None) };
}

/// The execution under way, if there is one.
pub(crate) fn current() -> Option<Rc<Context>> {
    CURRENT.with_borrow(Clone::clone)
}

impl Context {
    pub(crate) fn new(engine: Engine, actors: Vec<Actor>) -> Rc<Context> {
        let threads = actors.len();
        let state = State {
            progress: vec![Progress::Unborn; threads],
            histories: vec![0; threads],
            preempt: vec![0; threads],
            ..State::default()
        };
        Rc::new(Context {
            engine,
            actors,
            state: RefCell::new(state),
            looking: Cell::new(false),
            compound: Cell::new(false),
        })
    }

    /// Makes it the execution under way.
    pub(crate) fn install(self: &Rc<Self>) {
        CURRENT.set(Some(self.clone()));
    }

    /// There is none any more.
    pub(crate) fn uninstall() {
        CURRENT.set(None);
    }

    /// Which thread is asking; `None` before they begin and after they end.
    pub(crate) fn actor(&self) -> Option<usize> {
        match self.engine {
            Engine::Sequential => usize::from(shuttle::current::me()).checked_sub(1),
            Engine::Weak => {
                let id = loom::thread::current().id();
                self.state.borrow().loom_threads.get(&id).copied()
            }
        }
    }

    /// Whether several threads share the CPU of `actor`.
    pub(crate) fn shares_cpu(&self, actor: usize) -> bool {
        let cpu = self.actors[actor].cpu;
        self.actors.iter().filter(|other| other.cpu == cpu).count() > 1
    }

    /// Who `actor` is, in a sentence: `CPU 1`, or `CPU 1's migration/1` where several threads share the CPU.
    pub(crate) fn words_for(&self, actor: Option<usize>) -> String {
        let Some(actor) = actor else { return "the end".to_owned() };
        let Actor { cpu, label } = &self.actors[actor];
        let name = label.split_once(": ").map_or("", |(_, name)| name);
        if self.shares_cpu(actor) { format!("CPU {cpu}'s {name}") } else { format!("CPU {cpu}") }
    }

    /// Registers what is made at `place`; its number.
    pub(crate) fn variable(
        &self,
        place: &'static Location<'static>,
        name: Option<String>,
        shown: String,
        bits: u64,
    ) -> usize {
        let name =
            name.or_else(|| source::name_at(place)).unwrap_or_else(|| format!("line {}", place.line()));
        let mut state = self.state.borrow_mut();
        let twins = state.variables.iter().filter(|other| base(&other.name) == name).count();
        if twins == 1
            && let Some(twin) = state.variables.iter_mut().find(|other| other.name == name)
        {
            twin.name += "[0]";
        }
        let name = if twins == 0 { name } else { format!("{name}[{twins}]") };
        state.variables.push(Variable { name, place, shown, bits });
        state.variables.len() - 1
    }

    pub(crate) fn bits(&self, variable: usize) -> u64 {
        self.state.borrow().variables.get(variable).map_or(0, |variable| variable.bits)
    }

    /// Comes before every step: others may take theirs first. `None` where this is no step: nobody else runs, somebody
    /// only looks, or a CPU is being unwound.
    pub(crate) fn before_step(&self) -> Option<usize> {
        let actor = self.actor()?;
        if self.looking.get() || std::thread::panicking() {
            return None;
        }
        if self.compound.get() {
            return Some(actor);
        }
        self.stop_if_over();
        if self.engine == Engine::Sequential {
            self.set_progress(actor, Progress::Ready);
            self.yield_sequentially();
            self.set_progress(actor, Progress::Runs);
        }
        Some(actor)
    }

    /// Lets the scheduler of the sequential explorer decide; comes back when it has chosen this thread.
    pub(crate) fn yield_sequentially(&self) {
        shuttle::thread::yield_now();
        self.stop_if_over();
    }

    pub(crate) fn set_progress(&self, actor: usize, progress: Progress) {
        self.state.borrow_mut().progress[actor] = progress;
    }

    /// Unwinds this thread if the execution is over.
    pub(crate) fn stop_if_over(&self) {
        if self.state.borrow().stopping && !std::thread::panicking() {
            resume_unwind(Box::new(Stop));
        }
    }

    /// Writes a step down.
    pub(crate) fn record(&self, actor: usize, place: &Location<'_>, text: String, is_note: bool) {
        let mut state = self.state.borrow_mut();
        let mut hasher = DefaultHasher::new();
        (state.histories[actor], &text, place.line(), place.file()).hash(&mut hasher);
        state.histories[actor] = hasher.finish();
        state.steps.push(Step {
            actor,
            cpu: self.actors[actor].cpu,
            text,
            file: place.file().to_owned(),
            line: place.line(),
            is_note,
        });
    }

    /// Registers something that is not atomic; its number.
    pub(crate) fn shadow(&self) -> usize {
        let mut state = self.state.borrow_mut();
        state.shadows.push(0);
        state.shadows.len() - 1
    }

    /// The thread that runs has seen something that is not atomic.
    pub(crate) fn sees(&self, shadow: usize) {
        let Some(actor) = self.actor().filter(|_| !self.looking.get()) else { return };
        let mut state = self.state.borrow_mut();
        let seen = state.shadows.get(shadow).copied();
        let mut hasher = DefaultHasher::new();
        (state.histories[actor], seen).hash(&mut hasher);
        state.histories[actor] = hasher.finish();
    }

    /// The thread that runs has changed something that is not atomic, which it has seen.
    pub(crate) fn changes(&self, shadow: usize) {
        let Some(actor) = self.actor().filter(|_| !self.looking.get()) else { return };
        let mut state = self.state.borrow_mut();
        state.changes += 1;
        let history = state.histories[actor];
        if let Some(shadow) = state.shadows.get_mut(shadow) {
            *shadow = history;
        }
    }

    /// Something has changed that somebody may wait for.
    pub(crate) fn changed(&self, variable: usize, shown: String, bits: u64) {
        let mut state = self.state.borrow_mut();
        state.changes += 1;
        if let Some(variable) = state.variables.get_mut(variable) {
            (variable.shown, variable.bits) = (shown, bits);
        }
    }

    /// The execution has gone wrong. The first one who says so is right.
    pub(crate) fn fail(&self, sentence: String) {
        let mut state = self.state.borrow_mut();
        if !state.stopping {
            state.failure.get_or_insert(sentence);
            state.stopping = true;
        }
    }

    /// The execution has gone wrong in a thread's step: it does not go on.
    pub(crate) fn fail_here(&self, sentence: String) {
        self.fail(sentence);
        self.stop_if_over();
    }

    /// Looks without a step.
    pub(crate) fn look<R>(&self, look: impl FnOnce() -> R) -> R {
        let before = self.looking.replace(true);
        let seen = look();
        self.looking.set(before);
        seen
    }

    /// Whether somebody only looks.
    pub(crate) fn is_looking(&self) -> bool {
        self.looking.get()
    }

    /// Does several accesses in one step.
    pub(crate) fn in_one_step<R>(&self, accesses: impl FnOnce() -> R) -> R {
        let before = self.compound.replace(true);
        let came = accesses();
        self.compound.set(before);
        came
    }

    /// What all threads have seen and what is in memory: where two executions agree in this, they go on alike.
    pub(crate) fn key(&self) -> u64 {
        let state = self.state.borrow();
        let mut hasher = DefaultHasher::new();
        (&state.histories, &state.shadows).hash(&mut hasher);
        for variable in &state.variables {
            (&variable.name, variable.place.line(), &variable.shown).hash(&mut hasher);
        }
        for progress in &state.progress {
            (*progress == Progress::Ended).hash(&mut hasher);
        }
        hasher.finish()
    }
}

fn base(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

/// A remark in the table of steps; nobody can come before it.
#[track_caller]
pub fn note(text: &str) {
    if let Some(context) = current()
        && !context.is_looking()
        && let Some(actor) = context.actor()
    {
        context.record(actor, Location::caller(), text.to_owned(), true);
    }
}

/// A step that changes nothing, before which others may come: what a CPU does elsewhere.
#[track_caller]
pub fn step(text: &str) {
    if let Some(context) = current()
        && let Some(actor) = context.before_step()
    {
        context.record(actor, Location::caller(), text.to_owned(), false);
    }
}
