//! The last word when something fails: one clear sentence, with what to do where that is known.

use std::io;

/// `error` and its causes as one sentence, and a second one where a common cause is recognised.
pub fn sentence(error: &anyhow::Error) -> String {
    let said = format!("{error:#}");
    match advice(error, &said) {
        Some(advice) => format!("{said}\n{advice}"),
        None => said,
    }
}

fn advice(error: &anyhow::Error, said: &str) -> Option<&'static str> {
    let kind = error.chain().find_map(|cause| cause.downcast_ref::<io::Error>()).map(io::Error::kind);
    if kind == Some(io::ErrorKind::StorageFull) || said.contains("No space left on device") {
        return Some(
            "The disk is full: the course needs about 2 GB under target/, and `cargo clean` gives all of it back.",
        );
    }
    if said.contains("linker `cc` not found") {
        return Some(
            "A C compiler is needed, as for any Rust program: `apt-get install gcc` (or your system's way).",
        );
    }
    (kind == Some(io::ErrorKind::PermissionDenied)).then_some(
        "Was something built here as another user? Give yourself the folder target/ back, or remove it.",
    )
}

#[cfg(test)]
mod tests {
    use anyhow::Context;

    use super::*;

    #[test]
    fn a_full_disk_says_that_the_disk_is_full() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        let error = Err::<(), _>(full).context("cannot write target/modules.toml").unwrap_err();
        let said = sentence(&error);
        assert!(said.starts_with("cannot write target/modules.toml: "), "{said}");
        assert!(said.contains("The disk is full"), "{said}");
        assert!(
            sentence(&anyhow::anyhow!("tar: write error: No space left on device"))
                .contains("The disk is full")
        );
    }

    #[test]
    fn a_missing_c_compiler_is_named() {
        let said = sentence(&anyhow::anyhow!("error: linker `cc` not found"));
        assert!(said.contains("C compiler"), "{said}");
    }

    #[test]
    fn anything_else_is_said_as_it_is() {
        assert_eq!(sentence(&anyhow::anyhow!("inner").context("outer")), "outer: inner");
    }
}
