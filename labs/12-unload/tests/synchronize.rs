//! A grace period: readers who take no lock, and who waits for them.

use explore::{Plain, Scenario};
use unload::model::{
    grace::Readers,
    sync::{AtomicBool, Ordering},
};

/// Something that can be found, until it is hidden; freed after a grace period.
struct World {
    readers: Readers,
    visible: AtomicBool,
    thing: Plain<&'static str>,
}

impl World {
    fn new() -> World {
        World { readers: Readers::new(), visible: AtomicBool::new(true), thing: Plain::new("whole") }
    }

    /// Hides it, waits, frees it.
    fn take_away(&self) {
        // Relaxed: the grace period orders it.
        self.visible.store(false, Ordering::Relaxed);
        self.readers.synchronize();
        self.thing.with_mut(|thing| *thing = "poison");
    }

    fn look(&self, cpu: usize) {
        self.readers.read(cpu, || {
            // Relaxed: as above.
            if self.visible.load(Ordering::Relaxed) {
                self.thing.with(|&thing| assert_eq!(thing, "whole", "it was freed under a reader's hands"));
            }
        });
    }
}

#[test]
fn nobody_reads_is_nothing_to_wait_for() {
    unload::grace::Readers::new().synchronize();
    let readers = unload::grace::Readers::new();
    for cpu in [0, 1, 1] {
        assert_eq!(readers.read(cpu, || 7), 7, "a section is called, and answers");
        readers.synchronize();
    }
}

#[test]
fn who_found_it_before_is_waited_for() {
    Scenario::new("a reader against a writer", World::new)
        .cpu("frees", World::take_away)
        .cpu("reads", |world| world.look(1))
        .never_fails("the reader either sees that it is hidden, or is seen and waited for");
}

#[test]
fn every_cpu_is_waited_for() {
    Scenario::new("a reader on each other CPU", World::new)
        .cpu("reads", |world| world.look(0))
        .cpu("frees", World::take_away)
        .never_fails("CPU 0 counts as much as CPU 1");
}

#[test]
fn a_reader_that_comes_again_and_again_does_not_hold_it_up() {
    let readers = std::sync::Arc::new(unload::grace::Readers::new());
    let (inside, go_on) = (std::sync::mpsc::channel(), std::sync::mpsc::channel::<()>());
    let other = readers.clone();
    let (said, wait) = (inside.0, go_on.1);
    let reader = std::thread::spawn(move || {
        other.read(1, || {
            let _ = said.send(());
            let _ = wait.recv();
        });
        // And at once inside again, for as long as the test lasts.
        let again = other.clone();
        std::thread::spawn(move || again.read(1, std::thread::park));
    });
    inside.1.recv().expect("the reader is inside");
    let (done, answer) = std::sync::mpsc::channel();
    let name = std::thread::current().name().unwrap_or("test").to_owned();
    let writer = std::thread::Builder::new().name(name).spawn(move || {
        readers.synchronize();
        let _ = done.send(());
    });
    let writer = writer.expect("a thread");
    std::thread::sleep(std::time::Duration::from_millis(20));
    if writer.is_finished() {
        if let Err(panic) = writer.join() {
            std::panic::resume_unwind(panic);
        }
        panic!("a reader is inside, and synchronize has not waited for it");
    }
    let _ = go_on.0.send(());
    let _ = reader.join();
    let ended = answer.recv_timeout(std::time::Duration::from_secs(3));
    assert_eq!(ended, Ok(()), "whoever is inside now came after the grace period began: a change is enough");
}

#[test]
fn a_section_sees_all_that_came_before_or_nothing_that_came_after() {
    struct World(Readers, AtomicBool, AtomicBool);
    Scenario::new("before and after a grace period", || {
        let before = AtomicBool::new(false);
        let after = AtomicBool::new(false);
        World(Readers::new(), before, after)
    })
    .cpu("writes", |world: &World| {
        // Relaxed, all of them: the grace period orders them.
        world.1.store(true, Ordering::Relaxed);
        world.0.synchronize();
        world.2.store(true, Ordering::Relaxed);
    })
    .cpu("reads", |world| {
        let (after, before) =
            world.0.read(1, || (world.2.load(Ordering::Relaxed), world.1.load(Ordering::Relaxed)));
        assert!(before || !after, "it sees what came after the grace period, and not what came before it");
    })
    .never_fails("a grace period parts what was before it from what is after it, for every reader");
}

#[test]
fn a_reader_on_one_cpu_is_none_on_another() {
    Scenario::new("a reader on each CPU", World::new)
        .cpu("reads", |world| world.look(0))
        .cpu("reads", |world| world.look(1))
        .cpu("frees", World::take_away)
        .preemptions(2)
        .never_fails("each CPU counts for itself: of two readers neither hides the other");
}
