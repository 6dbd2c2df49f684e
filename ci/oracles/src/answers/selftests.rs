//! Modules that test the kernel or themselves in `init`, and refuse to be inserted where an answer is wrong. What they
//! check is known answers of their own; that the checks ran at all is read in the kernel's log.

use super::{
    bench::Bench,
    check::{Check, Trouble},
};

/// All of them.
pub fn checks() -> Vec<Check> {
    let passed = "the module's own known answers";
    vec![
        Check::new(
            &["test_static_keys", "test_static_key_base"],
            "64 branches, switched and read",
            passed,
            branches,
        ),
        Check::new(&["libchacha20poly1305"], "its self-test in init", passed, no_complaint),
        Check::new(&["libcurve25519"], "its self-test in init", passed, no_complaint),
    ]
}

/// `init` fails with EINVAL at the first branch that goes the wrong way, and WARNs.
fn branches(bench: &Bench) -> Result<(), Trouble> {
    no_complaint(bench)?;
    // It has put every key back as it was: it can be inserted once more.
    let kernel = bench.kernel();
    let again =
        kernel.modprobe_remove("test_static_keys").is_ok() && kernel.modprobe("test_static_keys", "").is_ok();
    bench.same(again, true, || "inserting it a second time".to_owned())
}

fn no_complaint(bench: &Bench) -> Result<(), Trouble> {
    let texts = bench.kernel().machine().log().texts();
    let complaints: Vec<&str> = texts
        .lines()
        .filter(|line| line.contains("FAIL") || line.contains("self-test") || line.contains("WARNING"))
        .collect();
    bench.same(complaints, Vec::new(), || "the log after init".to_owned())
}
