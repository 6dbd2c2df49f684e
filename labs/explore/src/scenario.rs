//! What each CPU does, and what must hold at the end.

use std::{rc::Rc, sync::Arc};

use crate::{
    context::{Actor, Context, Engine},
    failure::{Explored, Failure},
    graph::Graph,
    quiet,
    schedule::{Replay, Schedule},
    search, sequential, weak,
};

/// What one thread does.
pub(crate) type Body<W> = Arc<dyn Fn(&W) + Send + Sync>;

/// A few CPUs, what each of them does to one world, and what must hold when they are done. Nothing in it may depend on
/// anything but the order of steps: no time, no randomness.
pub struct Scenario<W> {
    pub(crate) name: String,
    pub(crate) world: Arc<dyn Fn() -> W + Send + Sync>,
    pub(crate) actors: Vec<Actor>,
    pub(crate) bodies: Vec<Body<W>>,
    pub(crate) finally: Option<Body<W>>,
    pub(crate) preemptions: Option<usize>,
}

impl<W> Clone for Scenario<W> {
    fn clone(&self) -> Self {
        Scenario {
            name: self.name.clone(),
            world: self.world.clone(),
            actors: self.actors.clone(),
            bodies: self.bodies.clone(),
            finally: self.finally.clone(),
            preemptions: self.preemptions,
        }
    }
}

impl<W: Send + Sync + 'static> Scenario<W> {
    /// A scenario about a world that is made anew for every execution.
    pub fn new(name: &str, world: impl Fn() -> W + Send + Sync + 'static) -> Scenario<W> {
        Scenario {
            name: name.to_owned(),
            world: Arc::new(world),
            actors: Vec::new(),
            bodies: Vec::new(),
            finally: None,
            preemptions: None,
        }
    }

    /// One more CPU, the next number, that does `body`, which is called `name`.
    pub fn cpu(self, name: &str, body: impl Fn(&W) + Send + Sync + 'static) -> Scenario<W> {
        let number = self.actors.iter().map(|actor| actor.cpu + 1).max().unwrap_or(0);
        self.beside(number, name, body)
    }

    /// One more thread on the CPU `number`: it and that CPU's other threads never run at once, but each may take the CPU
    /// from the other between two steps, unless preemption is disabled.
    pub fn beside(
        mut self,
        number: usize,
        name: &str,
        body: impl Fn(&W) + Send + Sync + 'static,
    ) -> Scenario<W> {
        self.actors.push(Actor { cpu: number, label: format!("CPU {number}: {name}") });
        self.bodies.push(Arc::new(body));
        self
    }

    /// How often [`Scenario::check`] may take a CPU from a thread that could go on, at most. Without it: as often as it
    /// likes.
    pub fn preemptions(mut self, most: usize) -> Scenario<W> {
        self.preemptions = Some(most);
        self
    }

    /// What must hold when everybody is done: it panics where it does not.
    pub fn finally(mut self, check: impl Fn(&W) + Send + Sync + 'static) -> Scenario<W> {
        self.finally = Some(Arc::new(check));
        self
    }

    /// Tries every interleaving, each step taking effect at once; then, with loom, every interleaving and every stale
    /// value that the orderings allow.
    ///
    /// # Errors
    /// An interleaving that ends badly: the shortest, where stale values are not needed for it.
    ///
    /// # Panics
    /// The scenario is too large; it says what would make it smaller.
    pub fn check(&self) -> Result<Explored, Failure> {
        let graph = self.explore();
        match graph.shortest_failure() {
            Some(failure) => Err(failure),
            None => quiet::quietly(|| weak::check(self, &graph)),
        }
    }

    /// Every interleaving, each step taking effect at once.
    ///
    /// # Panics
    /// There are more than 200,000 states: such a scenario is too large to teach anything.
    pub fn explore(&self) -> Graph {
        quiet::quietly(|| search::explore(self))
    }

    /// Runs one schedule.
    pub fn replay(&self, schedule: &Schedule) -> Replay {
        quiet::quietly(|| sequential::replay(self, schedule))
    }

    /// Panics, with the steps that lead there, where an interleaving ends badly. `why` says what is at stake.
    #[track_caller]
    pub fn never_fails(&self, why: &str) -> Explored {
        match self.check() {
            Ok(explored) => explored,
            Err(failure) => panic!("{failure}\n\n{why}"),
        }
    }

    /// The shortest interleaving that ends badly. `why` says why one must.
    ///
    /// # Panics
    /// None does.
    #[track_caller]
    pub fn fails(&self, why: &str) -> Failure {
        match self.check() {
            Ok(explored) => panic!(
                "this has to end badly, and does not: {why}\n\n{}: none of {} interleavings ends badly, and none of \
                 loom's {} executions",
                self.name, explored.interleavings, explored.executions
            ),
            Err(failure) => failure,
        }
    }

    /// The names of its threads, as tables have them.
    pub(crate) fn labels(&self) -> Vec<String> {
        self.actors.iter().map(|actor| actor.label.clone()).collect()
    }

    /// A new execution of it.
    pub(crate) fn context(&self, engine: Engine) -> Rc<Context> {
        Context::new(engine, self.actors.clone())
    }

    /// What `context` saw go wrong, if anything did.
    pub(crate) fn failure(&self, context: &Context, executions: usize) -> Option<Failure> {
        let state = context.state.borrow();
        state.failure.as_ref().map(|sentence| Failure {
            scenario: self.name.clone(),
            actors: self.labels(),
            sentence: sentence.clone(),
            steps: state.steps.clone(),
            executions,
            first_bad: executions,
            needs_weak_memory: context.engine == Engine::Weak,
        })
    }

    /// What the thread `actor` does, with a panic kept.
    pub(crate) fn act(&self, context: &Context, actor: usize, world: &W) {
        if let Err((words, place)) = quiet::caught(|| self.bodies[actor](world)) {
            let who = context.words_for(Some(actor));
            context.fail(sentence(&who, &words, &place));
        }
        context.set_progress(actor, crate::context::Progress::Ended);
    }

    /// What must hold at the end.
    pub(crate) fn end(&self, context: &Context, world: &W) {
        if context.state.borrow().stopping {
            return;
        }
        if let Some(finally) = &self.finally
            && let Err((words, place)) = quiet::caught(|| finally(world))
        {
            context.fail(sentence("At the end", &words, &place));
        }
    }
}

fn sentence(who: &str, words: &str, place: &str) -> String {
    if place.is_empty() { format!("{who}: {words}") } else { format!("{who}: {words} ({place})") }
}

impl<W> std::fmt::Debug for Scenario<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scenario")
            .field("name", &self.name)
            .field("actors", &self.actors)
            .finish_non_exhaustive()
    }
}
