//! One module's life in a kernel of its own: in, out, and what is left.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use abi::{Errno, Symvers};
use bstr::BStr;
use loader::{Kernel, KernelConfig, NotDone, O_NONBLOCK};
use machine::Killed;

use super::books::{self, Books, Place};
use super::outcome::{Life, Outcome};
use super::plan::Order;
use super::without_init::without_init;

/// How long after a module's end the last of what it had may come back: RCU callbacks, its threads' stacks.
const GRACE: Duration = Duration::from_millis(300);

/// What every kernel is booted with.
pub struct Setup {
    pub symvers: Arc<Symvers>,
    pub tree: std::path::PathBuf,
    pub with_log: bool,
}

impl Setup {
    fn boot(&self) -> anyhow::Result<Arc<Kernel>> {
        Ok(Kernel::boot(KernelConfig {
            symvers: Some(self.symvers.clone()),
            modules: Some(self.tree.clone()),
            ..KernelConfig::default()
        })?)
    }

    /// Both lives of a module.
    pub fn live(&self, order: &Order) -> anyhow::Result<Life> {
        let start = Instant::now();
        let kernel = self.boot()?;
        let mut visit = Visit { kernel: &kernel, places: BTreeMap::new(), unclean: Vec::new() };
        let before = Books::of(&kernel);
        let outcome = visit.insert(order)?;
        let mut permanent = Vec::new();
        let is_settled = matches!(outcome.root(), Outcome::Alive | Outcome::Refused { .. });
        if is_settled {
            permanent = visit.remove_all();
            let after = visit.left(&before, &permanent);
            if outcome == Outcome::Alive && visit.unclean.is_empty() {
                visit.again(order, &after, &permanent)?;
            }
        }
        let linked = match &outcome {
            Outcome::Alive | Outcome::Missing { .. } | Outcome::Oops { .. } => Ok(()),
            _ => self.links(order)?,
        };
        let outcome = match &linked {
            Err(message) => Outcome::Unlinked { message: message.clone() },
            Ok(()) => outcome,
        };
        Ok(Life {
            name: order.name.clone(),
            linked: linked.is_ok(),
            outcome,
            unclean: visit.unclean,
            permanent,
            milliseconds: start.elapsed().as_millis() as u64,
            log: self.with_log.then(|| kernel.machine().log().texts()),
        })
    }

    /// Whether the module links where nobody's init is called; else the loader's words.
    fn links(&self, order: &Order) -> anyhow::Result<Result<(), String>> {
        let kernel = self.boot()?;
        for file in &order.files {
            let bytes = without_init(loader::files::read_module(file)?);
            if let Err(refused) = kernel.init_module(&bytes, "") {
                return Ok(Err(format!("{}: {refused}", loader::files::module_name(file))));
            }
        }
        Ok(Ok(()))
    }
}

/// A kernel that a module visits.
struct Visit<'k> {
    kernel: &'k Kernel,
    places: BTreeMap<u64, Place>,
    unclean: Vec<String>,
}

impl Visit<'_> {
    /// Inserts what the module needs, then the module.
    fn insert(&mut self, order: &Order) -> anyhow::Result<Outcome> {
        for file in &order.files {
            let name = loader::files::module_name(file);
            if self.is_there(&name) {
                continue;
            }
            let bytes = loader::files::read_module(file)?;
            let inserted = self.kernel.init_module(&bytes, "");
            books::name(self.kernel, &Books::of(self.kernel), &mut self.places);
            // Somebody may have asked for it meanwhile: that is as good, as it is to modprobe.
            let is_there_now = |wrong: &NotDone| matches!(wrong, NotDone::Refused(refusal) if refusal.errno == Errno::EEXIST);
            if let Err(wrong) = inserted
                && !is_there_now(&wrong)
            {
                let outcome = Box::new(outcome_of(wrong));
                let is_it = name == order.name;
                return Ok(if is_it { *outcome } else { Outcome::Dependency { module: name, outcome } });
            }
        }
        Ok(Outcome::Alive)
    }

    fn is_there(&self, name: &str) -> bool {
        self.kernel.registry().find(BStr::new(name)).is_some()
    }

    /// Removes every module, the newest first, with some patience for those that come or are held for a moment still;
    /// the names of those that have no exit, and of those that they need.
    fn remove_all(&mut self) -> Vec<String> {
        let deadline = Instant::now() + GRACE;
        loop {
            let modules = self.kernel.registry().modules();
            let removed = modules.iter().filter(|module| self.remove(module.name.as_ref())).count();
            let (stay, stuck) = self.who_is_left();
            if removed == 0 && (stuck.is_empty() || Instant::now() > deadline) {
                self.unclean.extend(stuck);
                return stay;
            }
            if removed == 0 {
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }

    /// The names of the modules that rightly stay for ever, and what to say of the others that are there.
    fn who_is_left(&self) -> (Vec<String>, Vec<String>) {
        let (mut stay, mut stuck): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for module in self.kernel.registry().modules() {
            // The newest first, so the users of a module come before it.
            let formed = module.formed();
            let has_no_exit = formed.is_some_and(|formed| formed.init.is_some() && formed.exit.is_none());
            let users = self.kernel.registry().users(module.id);
            let is_used = users.iter().any(|user| stay.contains(&user.name.to_string()));
            if has_no_exit || is_used {
                stay.push(module.name.to_string());
            } else {
                let (name, state, count) = (&module.name, module.state(), module.refcount.count());
                stuck.push(format!("{name} is still there, {state:?}, held by {count}"));
            }
        }
        (stay, stuck)
    }

    /// Whether a module went.
    fn remove(&mut self, name: &BStr) -> bool {
        match self.kernel.delete_module(name, O_NONBLOCK) {
            Ok(()) => true,
            Err(NotDone::Refused(_)) => false,
            Err(NotDone::Killed(killed)) => {
                self.unclean.push(format!("exit of {name}: {}", outcome_of_killed(killed)));
                false
            }
        }
    }

    /// Notes what is there that was not there `before`, but for what permanent modules have and what the machine
    /// itself keeps; what there is.
    fn left(&mut self, before: &Books, permanent: &[String]) -> Books {
        let deadline = Instant::now() + GRACE;
        loop {
            let now = Books::of(self.kernel);
            let mut theirs = now.clone();
            theirs.forget(permanent, &self.places);
            theirs.forget_the_machines();
            let more = theirs.more_than(before, &self.places);
            if more.is_empty() || Instant::now() > deadline {
                self.unclean.extend(more);
                return now;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// The second life, after which there must be no more of anything than after the first.
    fn again(&mut self, order: &Order, before: &Books, permanent: &[String]) -> anyhow::Result<()> {
        let outcome = self.insert(order)?;
        if outcome != Outcome::Alive {
            self.unclean.push(format!("the second time: {outcome}"));
            return Ok(());
        }
        let mut stay = self.remove_all();
        stay.retain(|name| !permanent.contains(name));
        self.unclean.extend(stay.iter().map(|name| format!("{name} came out the first time only")));
        let deadline = Instant::now() + GRACE;
        loop {
            let more = Books::of(self.kernel).more_than(before, &self.places);
            if more.is_empty() || Instant::now() > deadline {
                self.unclean.extend(more.iter().map(|more| format!("the second time: {more}")));
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn outcome_of(wrong: NotDone) -> Outcome {
    match wrong {
        NotDone::Killed(killed) => outcome_of_killed(killed),
        NotDone::Refused(refusal) => Outcome::Refused { errno: refusal.errno.name().to_owned() },
    }
}

fn outcome_of_killed(killed: Killed) -> Outcome {
    match killed.missing {
        Some(export) => Outcome::Missing { export: export.to_string() },
        None => Outcome::Oops { reason: killed.reason },
    }
}
