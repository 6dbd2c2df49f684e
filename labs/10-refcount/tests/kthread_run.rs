//! A thread's reference: there before it is born, and until it is dead.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicI32, Ordering::SeqCst},
};

use abi::{Errno, ModuleState};
use explore::{Scenario, Text, note};
use refcount::{
    Refcount, kthread_run,
    model::{refcount::Refcount as Explored, sync, thread},
    thread::Body,
};

fn live(holders: i32) -> Arc<Refcount> {
    Arc::new(Refcount::with(ModuleState::Live, holders))
}

#[test]
fn a_thread_holds_the_module_while_it_runs_and_not_when_it_is_dead() {
    let (module, seen) = (live(1), Arc::new(AtomicI32::new(0)));
    let (inside, counted) = (module.clone(), seen.clone());
    let spawn = |body: Body| {
        body();
        Ok(())
    };
    let came = kthread_run(&module, spawn, move || counted.store(inside.count(), SeqCst));
    assert_eq!(came, Ok(()), "there is a thread");
    assert_eq!(seen.load(SeqCst), 2, "in threadfn the creator holds the module, and the thread does");
    assert_eq!(module.count(), 1, "the thread is dead, and the kernel has given its reference back");
}

#[test]
fn a_thread_that_has_not_run_yet_holds_the_module_already() {
    let (module, waiting) = (live(1), Mutex::new(None));
    let spawn = |body: Body| {
        *waiting.lock().unwrap_or_else(|poison| poison.into_inner()) = Some(body);
        Ok(())
    };
    assert_eq!(kthread_run(&module, spawn, || ()), Ok(()), "it waits for a CPU");
    module.put(); // its creator goes
    assert_eq!(module.count(), 1, "the reference must be there before the thread is");
    assert!(!module.try_release(), "rmmod must not take the text that it will begin in");
    let body = waiting.into_inner().ok().flatten();
    assert!(body.is_some(), "the thread was given something to do");
    if let Some(body) = body {
        body();
    }
    assert_eq!(module.count(), 0, "it has run, and is dead");
}

#[test]
fn no_thread_is_born_in_a_module_that_goes() {
    let module = Arc::new(Refcount::with(ModuleState::Going, 0));
    let spawn = |_: Body| -> Result<(), Errno> { panic!("a thread was made of a module that is GOING") };
    assert_eq!(kthread_run(&module, spawn, || ()), Err(Errno::ENODEV), "as if the module were not there");
    assert_eq!(module.count(), 0, "nothing was taken");
}

#[test]
fn where_no_thread_can_be_made_nobody_holds_anything() {
    let (module, has_run) = (live(1), Arc::new(AtomicBool::new(false)));
    let run = has_run.clone();
    let came = kthread_run(&module, |_| Err(Errno::ENOMEM), move || run.store(true, SeqCst));
    assert_eq!(came, Err(Errno::ENOMEM), "what spawn says is the answer");
    assert!(!has_run.load(SeqCst), "there is no thread, so nobody runs");
    assert_eq!(module.count(), 1, "the reference for a thread that is never born would never be given back");
}

#[test]
fn each_thread_has_a_reference_of_its_own() {
    let (module, waiting) = (live(1), Mutex::new(Vec::new()));
    for _ in 0..3 {
        let spawn = |body: Body| {
            waiting.lock().unwrap_or_else(|poison| poison.into_inner()).push(body);
            Ok(())
        };
        assert_eq!(kthread_run(&module, spawn, || ()), Ok(()), "it waits for a CPU");
    }
    assert_eq!(module.count(), 4, "three threads and their creator");
    for (dead, body) in (1..).zip(waiting.into_inner().unwrap_or_default()) {
        body();
        assert_eq!(module.count(), 4 - dead, "the dead ones have given theirs back, each once");
    }
}

/// A module whose creator of threads holds it, and a place for one thread to be born.
struct World {
    refcount: Arc<Explored>,
    text: Arc<Text>,
    body: Mutex<Option<Body>>,
    born: sync::AtomicBool,
}

fn world() -> World {
    let refcount = Arc::new(Explored::with(ModuleState::Live, 1));
    let text = Arc::new(Text::new("disk"));
    let born = sync::AtomicBool::new(false);
    World { refcount, text, body: Mutex::new(None), born }
}

#[test]
fn the_text_stays_from_before_a_threads_birth_to_after_its_death() {
    Scenario::new("rmmod against a thread", world)
        .cpu("rmmod", |world: &World| {
            if world.refcount.try_release() {
                world.text.free();
            }
        })
        .cpu("its creator", |world| {
            let text = world.text.clone();
            let spawn = |body| {
                *world.body.lock().unwrap_or_else(|poison| poison.into_inner()) = Some(body);
                world.born.store(true, sync::Ordering::SeqCst);
                Ok(())
            };
            let came = thread::kthread_run(&world.refcount, spawn, move || text.run(|| note("threadfn")));
            assert_eq!(came, Ok(()), "the creator holds the module: it is LIVE");
            world.refcount.put();
        })
        .cpu("the thread", |world| {
            sync::spin_until(|| world.born.load(sync::Ordering::SeqCst));
            let body = world.body.lock().unwrap_or_else(|poison| poison.into_inner()).take();
            body.into_iter().for_each(|body| body());
        })
        .preemptions(2)
        .finally(|world| {
            let count = world.refcount.count();
            assert!(count <= 0, "{count} references are left, and the thread is dead");
        })
        .never_fails("Neither may its first step be in freed text, nor its last.");
}
