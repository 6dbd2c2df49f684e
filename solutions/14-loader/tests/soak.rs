//! A short soak: modules come and go on all CPUs while their devices are opened and read. The long one is
//! `cargo run --release -p loader-solution --example soak -- --rounds 20000 --cpus 4`.

#[path = "../examples/soak/soak.rs"]
mod soak;

#[test]
fn hundreds_of_rounds_on_four_cpus_leave_nothing_and_kill_nobody() {
    let report = soak::soak(4, 200, 1);
    assert!(report.is_clean(), "{report}");
    assert!(report.removals() > 100 && report.opened() > 100, "too little has happened:\n{report}");
}
