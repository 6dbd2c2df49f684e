//! Whole sessions at the simulated kernel's shell, as a user sees them, with what differs from run to run
//! (addresses, times) taken out.

use std::{env, fs, path::Path, process::Command};

/// The folder of the course's own modules, built where they are not yet.
fn own_modules() -> &'static Path {
    let modules = course_modules::cached().expect("the course's own modules can be built here");
    modules.first().and_then(|module| module.path.parent()).expect("there is at least one module")
}

/// Runs `loader run` on the script in the folder of the course's modules; the transcript, and what it says on
/// standard error.
fn run(script: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_loader"))
        .args(["--built-in", "run"])
        .arg(script)
        .current_dir(own_modules())
        .output()
        .expect("the loader runs");
    let mut transcript = String::from_utf8(output.stdout).expect("a transcript is text");
    transcript.push_str(&String::from_utf8_lossy(&output.stderr));
    transcript.push_str(&format!("exit status {}\n", output.status.code().unwrap_or(-1)));
    transcript.replace(&*script.parent().expect("in a folder").to_string_lossy(), "SESSIONS")
}

macro_rules! sessions {
    ($($name:ident)*) => { $(
        #[test]
        fn $name() {
            let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions");
            let mut settings = insta::Settings::clone_current();
            settings.add_filter(r"\[ *\d+\.\d{6}\]", "[TIME]");
            // Registers of an oops: their values, and the flags.
            settings.add_filter(r"\b([A-Z][A-Z0-9]{1,2}|knlGS|EFLAGS):( *)(0018:)?[0-9a-f]{8,16}", "${1}:${2}${3}VALUE");
            settings.add_filter(r"\b(0x)?0000[0-9a-f]{12}\b", "ADDRESS");
            settings.add_filter(r"\+0x[0-9a-f]+/0x[0-9a-f]+", "+OFFSET/SIZE"); // as the compiler has it
            // The bytes of instructions hold addresses too, and what lies on a stack depends on the compiler.
            settings.add_filter(r"(?m)^Code: [0-9a-f <>]+$", "Code: BYTES");
            settings.add_filter(r"(?m)^ \? .*\n", "");
            // A thread that is stopped before it ran answers -EINTR.
            settings.add_filter(r"after -?\d+ ticks", "after N ticks");
            settings.set_snapshot_path("sessions");
            settings.set_prepend_module_to_snapshot(false);
            settings.bind(|| {
                insta::assert_snapshot!(stringify!($name), run(&scripts.join(concat!(stringify!($name), ".txt"))));
            });
        }

        const _: &str = include_str!(concat!("sessions/", stringify!($name), ".txt"));
    )* };
}

sessions! {
    crypto
    devices
    disk
    exports
    failures
    inside
    lives
    oops
    parameters
    refusals
    unload
}

#[test]
fn every_script_is_run() {
    let source = include_str!("sessions.rs");
    let scripts =
        fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sessions")).expect("a folder");
    for script in scripts.map(|entry| entry.expect("an entry").path()) {
        if script.extension().is_some_and(|extension| extension == "txt") {
            let name = script.file_stem().expect("a name").to_string_lossy().into_owned();
            assert!(
                source.lines().any(|line| line.trim() == name),
                "{name}.txt is not in the list of sessions"
            );
        }
    }
}
