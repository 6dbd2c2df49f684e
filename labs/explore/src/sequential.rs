//! One execution in which every step takes effect at once, under a scheduler that follows a plan (shuttle).

use std::sync::{Arc, Mutex, PoisonError};

use shuttle::{
    Config, FailurePersistence, Runner,
    scheduler::{Schedule as Started, Scheduler, Task, TaskId},
};

use crate::{
    context::{Context, Engine, Progress, current},
    scenario::Scenario,
    schedule::{Replay, Schedule},
};

/// A moment at which one of several threads may take the next step.
#[derive(Debug, Clone)]
pub(crate) struct Moment {
    /// What all have seen and what is in memory.
    pub(crate) key: u64,
    /// Who may take the next step.
    pub(crate) enabled: Vec<usize>,
    /// Who takes it.
    pub(crate) chosen: usize,
    /// What is in memory: names and values.
    pub(crate) variables: Vec<(String, String)>,
    /// How many steps and remarks have been written down.
    pub(crate) steps: usize,
}

/// Decides at every moment; `None` ends the execution.
pub(crate) trait Plan {
    fn choose(&mut self, moment: &Moment) -> Option<usize>;
}

/// The scheduler's view of a plan, and its diary.
struct Planned<P> {
    plan: P,
    moments: Vec<Moment>,
    begun: bool,
}

struct Planner<P>(Arc<Mutex<Planned<P>>>);

/// Runs one execution by `plan`; what happened, the moments, and the plan.
pub(crate) fn run<W, P>(scenario: &Scenario<W>, plan: P) -> (std::rc::Rc<Context>, Vec<Moment>, P)
where
    W: Send + Sync + 'static,
    P: Plan + Send + 'static,
{
    let context = scenario.context(Engine::Sequential);
    context.install();
    let planned = Arc::new(Mutex::new(Planned { plan, moments: Vec::new(), begun: false }));
    let mut config = Config::new();
    config.failure_persistence = FailurePersistence::None;
    config.silence_warnings = true;
    let runner = Runner::new(Planner(planned.clone()), config);
    let execution = scenario.clone();
    runner.run(move || {
        let Some(context) = current() else { return };
        let world = Arc::new((execution.world)());
        let threads: Vec<_> = (0..execution.actors.len())
            .map(|actor| {
                let (world, scenario) = (world.clone(), execution.clone());
                shuttle::thread::spawn(move || {
                    if let Some(context) = current() {
                        scenario.act(&context, actor, &world);
                    }
                })
            })
            .collect();
        for thread in threads {
            // Its panics have been caught.
            let _ = thread.join();
        }
        execution.end(&context, &world);
    });
    Context::uninstall();
    let planned =
        Arc::into_inner(planned).map(|planned| planned.into_inner().unwrap_or_else(PoisonError::into_inner));
    let planned = planned.expect("the scheduler is gone with its runner");
    (context, planned.moments, planned.plan)
}

impl<P: Plan> Scheduler for Planner<P> {
    fn new_execution(&mut self) -> Option<Started> {
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = !std::mem::replace(&mut planned.begun, true);
        is_first.then(|| Started::new(0))
    }

    fn next_task(&mut self, runnable: &[&Task], _: Option<TaskId>, _: bool) -> Option<TaskId> {
        let context = current()?;
        let runnable: Vec<usize> = runnable.iter().map(|task| usize::from(task.id())).collect();
        // Task 0 starts the others, waits for their ends, and looks at what they left.
        if runnable.contains(&0) {
            return Some(0.into());
        }
        let actors: Vec<usize> = runnable.iter().map(|task| task - 1).collect();
        let mut planned = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        choose(&context, &actors, &mut planned).map(|actor| (actor + 1).into())
    }

    fn next_u64(&mut self) -> u64 {
        0
    }
}

fn choose<P: Plan>(context: &Context, actors: &[usize], planned: &mut Planned<P>) -> Option<usize> {
    {
        let state = context.state.borrow();
        let is = |progress: fn(&State, usize) -> bool| {
            actors.iter().copied().find(|&actor| progress(&state, actor))
        };
        type State = crate::context::State;
        // Whoever is over comes to its end; whoever has not begun, begins: up to its first step.
        let first = is(|state, _| state.stopping)
            .or_else(|| is(|state, actor| state.progress[actor] == Progress::Unborn))
            // Whoever waits looks again when something has changed. Looks are no steps.
            .or_else(|| {
                is(|state, actor| matches!(state.progress[actor], Progress::Waits { seen, .. } if seen != state.changes))
            });
        if first.is_some() {
            return first;
        }
    }
    let enabled: Vec<usize> = {
        let state = context.state.borrow();
        let has_cpu = |actor: usize| {
            let cpu = context.actors[actor].cpu;
            (0..context.actors.len())
                .all(|other| other == actor || context.actors[other].cpu != cpu || state.preempt[other] == 0)
        };
        let is_ready = |actor: usize| {
            matches!(state.progress[actor], Progress::Ready | Progress::Waits { holds: true, .. })
        };
        let may = |&&actor: &&usize| is_ready(actor) && has_cpu(actor);
        actors.iter().filter(may).copied().collect()
    };
    let Some(&lowest) = enabled.first() else {
        let waiting: Vec<String> = actors.iter().map(|&actor| context.words_for(Some(actor))).collect();
        let (who, verb) = (waiting.join(" and "), if waiting.len() == 1 { "waits" } else { "wait" });
        context.fail(format!("{who} {verb} for ever."));
        return actors.first().copied();
    };
    let mut moment = {
        let key = context.key();
        let state = context.state.borrow();
        let variables =
            state.variables.iter().map(|variable| (variable.name.clone(), variable.shown.clone()));
        Moment { key, enabled, chosen: lowest, variables: variables.collect(), steps: state.steps.len() }
    };
    match planned.plan.choose(&moment) {
        Some(actor) => {
            moment.chosen = actor;
            planned.moments.push(moment);
            // So that a thread that waited knows that it was chosen, and does not only look.
            context.set_progress(actor, Progress::Runs);
            Some(actor)
        }
        None => {
            planned.moments.push(moment);
            context.state.borrow_mut().stopping = true;
            actors.first().copied()
        }
    }
}

/// Follows a schedule, leaving out what cannot be done; then each thread to its end.
struct Following {
    schedule: std::vec::IntoIter<usize>,
    ignored: usize,
}

impl Plan for Following {
    fn choose(&mut self, moment: &Moment) -> Option<usize> {
        for actor in self.schedule.by_ref() {
            if moment.enabled.contains(&actor) {
                return Some(actor);
            }
            self.ignored += 1;
        }
        moment.enabled.first().copied()
    }
}

pub(crate) fn replay<W: Send + Sync + 'static>(scenario: &Scenario<W>, schedule: &Schedule) -> Replay {
    let plan = Following { schedule: schedule.threads().to_vec().into_iter(), ignored: 0 };
    let (context, _, plan) = run(scenario, plan);
    Replay {
        failure: scenario.failure(&context, 1),
        steps: context.state.borrow().steps.clone(),
        ignored: plan.ignored + plan.schedule.count(),
        actors: scenario.labels(),
    }
}
