//! Ctrl-C: one sentence, and out.

/// From here on, an interruption says what it means and ends the tool with the shell's exit code for it.
pub fn say_so() {
    // Where no handler can be set, Ctrl-C still ends the tool, only without the sentence.
    let _ = ctrlc::set_handler(|| {
        eprintln!("\nInterrupted. Nothing is half done: the same command starts again where it can.");
        std::process::exit(130);
    });
}
