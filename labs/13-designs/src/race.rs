//! The scenarios that every design runs through.

use std::sync::{Mutex, PoisonError};

use explore::Scenario;

use crate::model::{Design, Refusal, module::RIVAL, two_system_calls::TwoSystemCalls};

/// A module that is to be unloaded, and what came of it.
pub struct World<D> {
    /// How it is kept.
    pub design: D,
    outcome: Mutex<Option<Result<(), Refusal>>>,
}

impl<D: Design> World<D> {
    /// Loaded; `open` units are open already.
    fn new(open: &[usize]) -> World<D> {
        let design = D::load();
        for &unit in open {
            assert!(design.enter(unit), "a module that has just been loaded cannot be opened");
        }
        World { design, outcome: Mutex::new(None) }
    }

    /// rmmod.
    fn rmmod(&self) {
        let outcome = self.design.unload();
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
    }

    /// What rmmod was told.
    pub fn outcome(&self) -> Option<Result<(), Refusal>> {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens `unit`; false where it could not be opened.
    fn open(&self, unit: usize) -> bool {
        self.design.interrupt();
        let opened = self.design.enter(unit);
        self.design.interrupt();
        opened
    }

    /// Closes `unit`.
    fn close(&self, unit: usize) {
        self.design.interrupt();
        self.design.leave(unit);
    }

    /// Opens `unit`, reads, closes; false where it could not be opened.
    fn use_once(&self, unit: usize) -> bool {
        let opened = self.open(unit);
        if opened {
            self.design.read();
            self.close(unit);
        }
        opened
    }

    /// Everybody has gone. If rmmod said that the module is unloaded, its text is free and nobody gets in; if it
    /// refused, the module can be opened as before, and unloaded now.
    fn settled(&self) {
        let design = &self.design;
        match self.outcome() {
            Some(Ok(())) => {
                assert!(
                    design.module().text.is_freed(),
                    "rmmod says that it is done, and the text is still there"
                );
                assert!(!self.use_once(0), "the module has gone, and can still be opened");
            }
            Some(Err(refusal)) => {
                assert!(!design.module().text.is_freed(), "rmmod has refused, and the text is gone");
                for unit in 0..2 {
                    assert!(
                        self.use_once(unit),
                        "rmmod has refused, and the module cannot be opened any more"
                    );
                }
                let again = design.unload();
                let expected = if refusal == Refusal::NotSupported { Err(refusal) } else { Ok(()) };
                assert_eq!(again, expected, "everybody has gone, and it cannot be unloaded");
            }
            None => panic!("rmmod has not come back"),
        }
    }
}

/// How often loom may take a CPU from a thread that could go on, at most.
pub const PREEMPTIONS: usize = 3;

/// A scenario about a design, with so many units `open`: CPU 0 runs rmmod, CPU 1 what it is told and then nothing.
fn about<D: Design>(
    name: &str,
    open: &'static [usize],
    (does, body): (&str, impl Fn(&World<D>) + Send + Sync + 'static),
) -> Scenario<World<D>> {
    let scenario = Scenario::new(name, move || World::<D>::new(open)).cpu("rmmod", World::rmmod);
    let scenario = scenario.cpu(does, move |world: &World<D>| {
        body(world);
        world.design.idle();
    });
    scenario.preemptions(PREEMPTIONS)
}

/// CPU 1 opens, reads and closes while CPU 0 unloads.
pub fn rmmod_against_open<D: Design>() -> Scenario<World<D>> {
    let open = |world: &World<D>| {
        world.use_once(0);
    };
    about("rmmod against open", &[], ("open", open)).finally(World::settled)
}

/// CPU 1 reads from a file that it has open, and closes it.
pub fn rmmod_against_the_last_close<D: Design>() -> Scenario<World<D>> {
    let close = |world: &World<D>| {
        world.design.read();
        world.close(0);
    };
    about("rmmod against the last close", &[0], ("close", close)).finally(World::settled)
}

/// CPU 1 opens both units, and then reads from and closes one after the other.
pub fn two_opens_and_an_rmmod<D: Design>() -> Scenario<World<D>> {
    let opens = |world: &World<D>| {
        let opened = [0, 1].map(|unit| world.open(unit));
        for (unit, _) in opened.into_iter().enumerate().filter(|(_, opened)| *opened) {
            world.design.read();
            world.close(unit);
        }
    };
    about("two opens and an rmmod", &[], ("opens", opens)).finally(World::settled)
}

/// CPU 1 has a file open, reads now and then, and does not close it.
pub fn an_unwilling_module<D: Design>() -> Scenario<World<D>> {
    let sleeper = |world: &World<D>| {
        world.design.read();
        world.design.interrupt();
        world.design.read();
    };
    about("an unwilling module", &[0], ("sleeper", sleeper)).finally(|world| {
        assert!(
            world.outcome().is_some_and(|came| came.is_err()),
            "a file is open, and rmmod did not refuse"
        );
        // At long last.
        world.design.leave(0);
        world.settled();
    })
}

/// A timer of the module's goes off on CPU 1.
pub fn a_callback_in_flight<D: Design>() -> Scenario<World<D>> {
    let timer = |world: &World<D>| world.design.callback();
    about("a callback in flight", &[], ("timer", timer)).finally(World::settled)
}

/// Unit 1 is open, so that rmmod will be refused. Whoever opens unit 0 meanwhile must not suffer from the attempt.
pub fn an_open_beside_a_refusal<D: Design>() -> Scenario<World<D>> {
    let open = |world: &World<D>| assert!(world.use_once(0), "the module stays, and still this open failed");
    about("an open beside a refusal", &[1], ("open", open)).finally(|world| {
        world.design.leave(1);
        world.settled();
    })
}

/// The same, with a driver on CPU 1 that would like to have the module's number.
pub fn a_rival_beside_a_refusal<D: Design>() -> Scenario<World<D>> {
    let rival = |world: &World<D>| {
        world.design.module().service.register(RIVAL);
    };
    about("a rival beside a refusal", &[1], ("rival", rival)).finally(|world| {
        world.design.leave(1);
        world.settled();
    })
}

/// insmod makes the first call and is killed. Two clean up, one on the same CPU.
pub fn insmod_is_killed() -> Scenario<TwoSystemCalls> {
    let scenario = Scenario::new("insmod is killed between its calls", TwoSystemCalls::absent);
    let scenario = scenario.cpu("insmod", |module: &TwoSystemCalls| {
        assert_eq!(module.create_module(), Ok(()), "nobody else wants the name");
        module.insmod_ends();
        module.clean_up();
    });
    scenario
        .cpu("clean up", |module| {
            module.clean_up();
        })
        .preemptions(3)
        .finally(|module| {
            assert_eq!(module.create_module(), Ok(()), "half a module is in the way of the next insmod");
        })
}

/// insmod is slow between its calls, but it lives; somebody cleans up.
pub fn insmod_is_slow() -> Scenario<TwoSystemCalls> {
    let scenario = Scenario::new("insmod is slow between its calls", TwoSystemCalls::absent);
    let scenario = scenario.cpu("insmod", |module: &TwoSystemCalls| {
        assert_eq!(module.create_module(), Ok(()), "nobody else wants the name");
        assert_eq!(module.init_module(), Ok(()), "insmod lives, and its memory has gone");
        module.insmod_ends();
    });
    scenario
        .cpu("clean up", |module| {
            module.clean_up();
        })
        .preemptions(3)
        .finally(|module| {
            assert!(!module.clean_up(), "a module that runs was cleaned up");
            assert!(!module.module().text.is_freed(), "the text of a module that runs has been freed");
        })
}
