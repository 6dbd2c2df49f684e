//! The text of a module: what must not be freed while a CPU is in it.

use std::{
    panic::Location,
    sync::{Mutex, PoisonError},
};

use crate::{
    context::{Context, current},
    watched::Watched,
};

/// A module's text. A CPU that runs in it when it is freed, or enters it afterwards, is a failure; under
/// [`crate::Scenario::check`] also where only luck keeps the two apart, because nothing orders them.
#[derive(Debug)]
pub struct Text {
    name: String,
    variable: Option<usize>,
    status: Mutex<Status>,
    /// Running is a read, freeing a write.
    watched: Watched,
}

#[derive(Debug, Default)]
struct Status {
    /// Who is in it: threads of the scenario, each as often as it entered.
    inside: Vec<Option<usize>>,
    /// Who freed it.
    freed: Option<Option<usize>>,
}

impl Text {
    /// The text of the module `name`.
    #[track_caller]
    pub fn new(name: &str) -> Text {
        let context = current();
        let place = Location::caller();
        Text {
            name: name.to_owned(),
            variable: context.map(|context| {
                context.variable(place, Some(format!("text of {name}")), "mapped".to_owned(), 0)
            }),
            status: Mutex::default(),
            watched: Watched::new(),
        }
    }

    /// This CPU jumps into the text, runs `body` there, and returns.
    #[track_caller]
    pub fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        let place = Location::caller();
        self.enter(place);
        let came = body();
        self.leave(place);
        came
    }

    /// The text is poisoned and unmapped.
    #[track_caller]
    pub fn free(&self) {
        let context = current();
        let actor = context.as_ref().and_then(|context| context.before_step());
        let mut status = self.status();
        let (inside, freed) = (status.inside.clone(), status.freed);
        status.freed = Some(actor);
        drop(status);
        let Some(context) = context.filter(|_| !std::thread::panicking()) else { return };
        if let Some(actor) = actor {
            context.record(actor, Location::caller(), format!("frees the text of {}", self.name), false);
        }
        self.show(&context);
        let (who, name) = (context.words_for(actor), &self.name);
        if freed.is_some() {
            context.fail_here(format!("{who} frees the text of {name}, which is free already."));
        }
        if let Some(&other) = inside.first() {
            let other = context.words_for(other);
            context.fail_here(format!("{other} runs in the text of {name}, which {who} frees."));
        }
        if !self.watched.write() {
            context.fail_here(format!(
                "{who} frees the text of {name}, and nothing orders that with the CPU that was in it."
            ));
        }
    }

    /// Whether it has been freed.
    pub fn is_freed(&self) -> bool {
        self.status().freed.is_some()
    }

    fn enter(&self, place: &'static Location<'static>) {
        let Some(context) = current() else { return self.status().inside.push(None) };
        let actor = context.before_step();
        if let Some(actor) = actor {
            context.record(actor, place, format!("enters the text of {}", self.name), false);
        }
        let freed = {
            let mut status = self.status();
            status.inside.push(actor);
            status.freed
        };
        self.show(&context);
        if let Some(by) = freed {
            let (who, by) = (context.words_for(actor), context.words_for(by));
            context.fail_here(format!("{who} runs in the text of {}, which {by} freed.", self.name));
        }
        self.read(&context, actor);
    }

    fn leave(&self, place: &'static Location<'static>) {
        let context = current();
        let actor = context.as_ref().and_then(|context| context.before_step());
        if let (Some(context), Some(actor)) = (&context, actor) {
            context.record(actor, place, format!("leaves the text of {}", self.name), false);
        }
        {
            let mut status = self.status();
            if let Some(at) = status.inside.iter().position(|&inside| inside == actor) {
                status.inside.swap_remove(at);
            }
        }
        if let Some(context) = context {
            self.show(&context);
            self.read(&context, actor);
        }
    }

    fn read(&self, context: &Context, actor: Option<usize>) {
        if !self.watched.read() {
            let who = context.words_for(actor);
            context.fail_here(format!(
                "{who} runs in the text of {}, and nothing orders that with the CPU that freed it.",
                self.name
            ));
        }
    }

    fn show(&self, context: &Context) {
        let Some(variable) = self.variable else { return };
        let status = self.status();
        let mut inside: Vec<String> = status.inside.iter().map(|&actor| context.words_for(actor)).collect();
        inside.sort();
        let shown = match (status.freed, inside.is_empty()) {
            (Some(_), _) => "freed".to_owned(),
            (None, true) => "mapped".to_owned(),
            (None, false) => format!("mapped, {} in it", inside.join(", ")),
        };
        context.changed(variable, shown, u64::from(status.freed.is_some()));
    }

    fn status(&self) -> std::sync::MutexGuard<'_, Status> {
        self.status.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
