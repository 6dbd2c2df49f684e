//! Steps that are taken in order, and undone in reverse where one fails. The kernel writes it with `goto` into a column
//! of labels: `kernel/module/main.c`, the end of load_module, and the init of nearly every module.

/// A step of a bring-up of a `C`.
#[derive(Debug)]
pub struct Step<C: ?Sized, E> {
    /// Takes it. Where it fails, it has left nothing behind.
    pub run: fn(&C) -> Result<(), E>,
    /// Undoes it; `None` where there is nothing to undo.
    pub undo: Option<fn(&C)>,
}

/// Takes the steps in order.
///
/// Where one fails, no later one is taken. Those *before* it are undone, the latest first; the one that failed is not:
/// it has nothing to undo. Where all succeed, nothing is undone.
///
/// # Errors
/// That of the step that failed.
pub fn bring_up<C: ?Sized, E>(steps: &[Step<C, E>], on: &C) -> Result<(), E> {
    // ANCHOR: task_bring_up
    for (number, step) in steps.iter().enumerate() {
        if let Err(error) = (step.run)(on) {
            for done in steps.iter().take(number).rev() {
                if let Some(undo) = done.undo {
                    undo(on);
                }
            }
            return Err(error);
        }
    }
    Ok(())
    // ANCHOR_END: task_bring_up
}
