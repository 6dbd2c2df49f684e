//! Counts on objects only: each unit has its own, as it needs one anyway, and the module has none. Roman Zippel, 2002.

use super::{
    design::{Design, Facts, Refusal},
    module::Module,
    sync::{AtomicI32, Ordering},
};

/// What an object's count holds while it can be found.
pub const ALIVE: i32 = 1;

/// A driver whose objects are its two units.
pub struct PerObject {
    module: Module,
    /// Of each unit: who has it open, and [`ALIVE`] besides; zero once it is dead.
    pub objects: [AtomicI32; 2],
}

impl Design for PerObject {
    const FACTS: Facts = Facts {
        name: "counts on objects",
        whose: "Roman Zippel, 2002",
        author: "a count on every object that leads into the module, kept even where nothing is ever unloaded",
        unwilling: "stays, but those objects that were looked at first were dead for a moment",
    };

    fn load() -> PerObject {
        let objects = [AtomicI32::new(ALIVE), AtomicI32::new(ALIVE)];
        PerObject { module: Module::new(), objects }
    }

    fn module(&self) -> &Module {
        &self.module
    }

    fn enter(&self, unit: usize) -> bool {
        // Relaxed: the count is all that is handed over.
        let come = |users| (users != 0).then_some(users + 1);
        let is_alive = self.objects[unit].fetch_update(Ordering::Relaxed, Ordering::Relaxed, come).is_ok();
        if is_alive {
            self.module.text.run(|| ());
        }
        is_alive
    }

    fn leave(&self, unit: usize) {
        self.module.text.run(|| ());
        // Release: pairs with the fence in `Module::exit`, so that we have left by then.
        self.objects[unit].fetch_sub(1, Ordering::Release);
    }

    /// Makes one object after the other dead, each in one step and only if nobody has it. If somebody has one, those
    /// before it come alive again, and the answer is [`Refusal::Busy`]. When all are dead: [`Module::exit`].
    fn unload(&self) -> Result<(), Refusal> {
        todo!("kill one object after the other; if one is held, those before it come alive again; else exit")
    }
}
