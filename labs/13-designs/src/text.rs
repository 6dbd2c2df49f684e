//! A module's text where nothing is explored: [`explore::Text`] without the watching, so that a benchmark measures the
//! designs alone.

/// The text of a module.
#[derive(Debug)]
pub struct Text(());

impl Text {
    /// The text of the module `name`.
    pub fn new(_name: &str) -> Text {
        Text(())
    }

    /// This CPU jumps into the text, runs `body` there, and returns.
    pub fn run<R>(&self, body: impl FnOnce() -> R) -> R {
        body()
    }

    /// The text is unmapped. Here there is none.
    pub fn free(&self) {}
}
