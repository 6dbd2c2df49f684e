//! How long somebody's code may run: so many seconds of its own. On a computer that is busy with other things it gets
//! longer by the clock, for as long as it does something; what hangs without doing anything gets no longer.

use std::{
    io,
    process::{Child, ExitStatus},
    time::{Duration, Instant},
};

use wait_timeout::ChildExt;

/// How long a test may run; the longest of the solutions' takes about a second. It is for code that hangs, and measures
/// nothing.
pub const PATIENCE: Duration = Duration::from_secs(5);

/// What it may take by the clock, however busy the computer is.
const BY_THE_CLOCK: Duration = Duration::from_secs(60);

/// How often somebody looks whether it still does something.
const LOOK: Duration = Duration::from_secs(1);

/// What the kernel counts processor time in.
const TICK: Duration = Duration::from_millis(10);

/// Waits for `child`; nothing where it has been ended because patience has.
///
/// # Errors
/// It cannot be waited for.
pub fn wait(child: &mut Child) -> io::Result<Option<ExitStatus>> {
    wait_for(child, PATIENCE, LOOK)
}

fn wait_for(child: &mut Child, patience: Duration, look: Duration) -> io::Result<Option<ExitStatus>> {
    let began = Instant::now();
    let mut used = Duration::ZERO;
    let mut pause = patience;
    loop {
        if let Some(status) = child.wait_timeout(pause)? {
            return Ok(Some(status));
        }
        let now = processor_time(child.id()).unwrap_or(used);
        if now <= used || now >= patience || began.elapsed() >= BY_THE_CLOCK {
            // It may end just now by itself: then there is nothing to end.
            let _ = child.kill();
            let _ = child.wait();
            return Ok(None);
        }
        (used, pause) = (now, look);
    }
}

/// The processor time that a process has used, all its threads together; nothing where the system does not say.
fn processor_time(process: u32) -> Option<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // Behind its name, which may hold anything: in user mode and in the kernel, fields 14 and 15 of proc(5).
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some(TICK * (ticks(11)? + ticks(12)?))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    const SHORT: Duration = Duration::from_millis(400);

    fn ends(script: &str) -> (Option<bool>, Duration) {
        let began = Instant::now();
        let mut child = Command::new("sh").args(["-c", script]).spawn().unwrap();
        let status = wait_for(&mut child, SHORT, SHORT / 2).unwrap();
        (status.map(|status| status.success()), began.elapsed())
    }

    #[test]
    fn what_ends_by_itself_is_waited_for() {
        assert_eq!(ends("exit 0").0, Some(true));
        assert_eq!(ends("exit 3").0, Some(false));
    }

    #[test]
    fn what_does_nothing_is_ended_after_its_seconds_by_the_clock() {
        let (status, took) = ends("exec sleep 30");
        assert_eq!(status, None);
        assert!(took < Duration::from_secs(15), "{took:?}");
    }

    #[test]
    fn what_never_stops_working_is_ended_after_its_seconds_of_work() {
        let (status, took) = ends("while :; do :; done");
        assert_eq!(status, None);
        assert!(took >= SHORT, "{took:?}");
    }

    #[test]
    fn the_time_that_is_used_is_counted() {
        let before = processor_time(std::process::id()).unwrap();
        let began = Instant::now();
        while processor_time(std::process::id()).unwrap() == before {
            assert!(began.elapsed() < BY_THE_CLOCK, "working uses no time");
        }
    }
}
