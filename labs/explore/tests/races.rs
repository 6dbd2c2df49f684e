//! What the explorers find, and what they do not find where nothing is wrong.

use explore::{
    Plain, Scenario, Schedule, Text,
    model::{AtomicBool, AtomicI32, Mutex, Ordering, fence, preempt_disable, preempt_enable, spin_until},
    note, step,
};

/// A module with a count that its own code takes.
struct Counting {
    text: Text,
    count: AtomicI32,
    live: AtomicBool,
}

impl Counting {
    fn new() -> Counting {
        Counting { text: Text::new("disk"), count: AtomicI32::new(0), live: AtomicBool::new(true) }
    }
}

fn counts_itself() -> Scenario<Counting> {
    Scenario::new("rmmod against open", Counting::new)
        .cpu("rmmod", |module: &Counting| {
            if module.count.load(Ordering::Acquire) == 0 {
                module.text.free();
            }
        })
        .cpu("open", |module| {
            module.text.run(|| {
                module.count.fetch_add(1, Ordering::AcqRel);
                note("reads");
                module.count.fetch_sub(1, Ordering::AcqRel);
            });
        })
}

/// Almesberger's pattern: a count and a flag, with a fence between them, or with something else.
fn busy_and_shutting_down(between: impl Fn() + Clone + Send + Sync + 'static) -> Scenario<Counting> {
    let after = between.clone();
    Scenario::new("shutdown against open", Counting::new)
        .cpu("rmmod", move |module: &Counting| {
            module.live.store(false, Ordering::Relaxed);
            between();
            if module.count.load(Ordering::Acquire) == 0 {
                module.text.free();
            }
        })
        .cpu("open", move |module| {
            module.count.fetch_add(1, Ordering::Relaxed);
            after();
            if module.live.load(Ordering::Relaxed) {
                module.text.run(|| ());
            }
            module.count.fetch_sub(1, Ordering::Release);
        })
}

#[test]
fn a_module_that_counts_itself_is_entered_before_it_counts() {
    let failure = counts_itself().check().expect_err("the count is 0 when rmmod looks");
    assert_eq!(failure.sentence, "CPU 1 runs in the text of disk, which CPU 0 freed.");
    assert!(!failure.needs_weak_memory);
    assert_eq!(failure.schedule(), [0, 0, 1]);
    let table = failure.table();
    assert!(table.contains("count.load(Acquire) → 0"), "{table}");
    assert!(table.lines().all(|line| line.chars().count() <= 80), "{table}");
    println!("{failure}");
}

#[test]
fn a_schedule_is_followed_step_by_step() {
    let came = counts_itself().replay(&Schedule::of(&[0, 1, 0]));
    assert!(came.failure.is_some(), "{}", came.table());
    assert_eq!(came.ignored, 0);
    let came = counts_itself().replay(&Schedule::of(&[1, 1, 0, 0, 0, 5]));
    assert_eq!(came.failure, None, "{}", came.table());
    assert_eq!(came.ignored, 3, "CPU 0 looks once and is done, and there is no CPU 5");
}

#[test]
fn only_weak_memory_shows_that_a_fence_is_missing() {
    let failure = busy_and_shutting_down(|| ()).check().expect_err("each may miss the other's store");
    println!("{failure}");
    assert!(failure.needs_weak_memory, "{failure}");
    let explored =
        busy_and_shutting_down(|| fence(Ordering::SeqCst)).never_fails("the fence orders store and load");
    println!("{explored:?}");
    assert!(explored.executions > 10, "{explored:?}");
}

#[test]
fn a_release_that_is_missing_is_found() {
    let handed_over = |order| {
        Scenario::new("the last close", Counting::new)
            .cpu("rmmod", |module: &Counting| {
                spin_until(|| module.count.load(Ordering::Acquire) == 1);
                module.text.free();
            })
            .cpu("close", move |module| {
                module.text.run(|| ());
                module.count.store(1, order);
            })
    };
    handed_over(Ordering::Release).never_fails("Release and Acquire order the two");
    let failure = handed_over(Ordering::Relaxed).check().expect_err("nothing orders the two");
    println!("{failure}");
    assert_eq!(
        failure.sentence,
        "CPU 0 frees the text of disk, and nothing orders that with the CPU that was in it."
    );
}

#[test]
fn a_lock_keeps_others_out() {
    let scenario = Scenario::new("two writers", || (Mutex::new(0), Plain::new(0)))
        .cpu("one", |(lock, plain): &(Mutex<i32>, Plain<i32>)| {
            let mut value = lock.lock();
            *value += 1;
            plain.set(plain.get() + 1);
        })
        .cpu("two", |(lock, plain)| {
            let mut value = lock.lock();
            *value += 1;
            plain.set(plain.get() + 1);
        })
        .finally(|(lock, plain)| assert_eq!((*lock.lock(), plain.get()), (2, 2)));
    let explored = scenario.never_fails("a lock is a lock");
    assert_eq!(explored.interleavings, 2, "one goes first, or the other: {explored:?}");
}

#[test]
fn data_that_nothing_orders_is_found() {
    let scenario = Scenario::new("two writers", || Plain::new(0))
        .cpu("one", |plain: &Plain<i32>| plain.set(1))
        .cpu("two", |plain| plain.set(2));
    let failure = scenario.check().expect_err("no lock, no order");
    assert!(failure.sentence.contains("nothing orders that"), "{failure}");
}

#[test]
fn cpus_that_wait_for_each_other_are_found() {
    let scenario = Scenario::new("two locks", || (Mutex::new(()), Mutex::new(())))
        .cpu("one", |(first, second): &(Mutex<()>, Mutex<()>)| {
            let _first = first.lock();
            let _second = second.lock();
        })
        .cpu("two", |(first, second)| {
            let _second = second.lock();
            let _first = first.lock();
        });
    let failure = scenario.check().expect_err("each has what the other wants");
    assert_eq!(failure.sentence, "CPU 0 and CPU 1 wait for ever.");
    println!("{failure}");
}

#[test]
fn what_a_cpu_says_when_it_panics_is_the_failure() {
    let scenario = Scenario::new("an assertion", || AtomicI32::new(0))
        .cpu("one", |count: &AtomicI32| {
            count.store(1, Ordering::Relaxed);
        })
        .cpu("two", |count| assert_eq!(count.load(Ordering::Relaxed), 0, "nobody writes"));
    let failure = scenario.check().expect_err("somebody does");
    assert!(
        failure.sentence.starts_with("CPU 1: assertion `left == right` failed: nobody writes"),
        "{failure}"
    );
    assert_eq!(failure.length(), 2);
}

/// A count that is read and written apart, by two threads of one CPU.
fn on_one_cpu(protected: bool) -> Scenario<AtomicI32> {
    let add = move |count: &AtomicI32| {
        if protected {
            preempt_disable();
        }
        let old = count.load(Ordering::Relaxed);
        count.store(old + 1, Ordering::Relaxed);
        if protected {
            preempt_enable();
        }
    };
    Scenario::new("two threads of one CPU", || AtomicI32::new(0))
        .cpu("task", add)
        .beside(0, "interrupt", add)
        .finally(|count| assert_eq!(count.load(Ordering::Relaxed), 2, "an increment is lost"))
}

#[test]
fn preemption_lets_another_thread_of_the_cpu_come_between() {
    let failure = on_one_cpu(false).check().expect_err("it comes between load and store");
    println!("{failure}");
    assert!(!failure.needs_weak_memory);
    let explored = on_one_cpu(true).never_fails("one after the other");
    assert_eq!(explored.interleavings, 2);
}

#[test]
fn every_interleaving_is_counted() {
    let scenario = Scenario::new("three CPUs", || ())
        .cpu("a", |_: &()| (0..3).for_each(|_| step("a")))
        .cpu("b", |_| (0..2).for_each(|_| step("b")))
        .cpu("c", |_| step("c"));
    let graph = scenario.explore();
    assert_eq!(graph.interleavings(), 60, "6! / (3! 2! 1!)");
    assert_eq!((graph.bad(), graph.states()), (0, 4 * 3 * 2));
    assert!(graph.executions < 60, "what leads to the same is followed once: {}", graph.executions);
}

#[test]
fn the_first_execution_that_fails_is_told_from_all_that_are_tried() {
    let failure = counts_itself().explore().shortest_failure().expect("it fails");
    assert_eq!(failure.first_bad, 1, "CPU 0 goes first there, to its end, and CPU 1 runs what it freed");
    assert!(failure.executions > 1, "to know the shortest, all are tried: {failure}");
    let weak = busy_and_shutting_down(|| ()).fails("each may miss the other's store");
    assert_eq!(weak.first_bad, weak.executions, "loom ends with the first");
    let last = Scenario::new("who comes last", || Mutex::new(0))
        .cpu("one", |last: &Mutex<i32>| *last.lock() = 1)
        .cpu("two", |last| *last.lock() = 2)
        .finally(|last| assert_eq!(*last.lock(), 2, "two comes last"));
    let failure = last.explore().shortest_failure().expect("one may come last");
    assert_eq!((failure.first_bad, failure.executions), (2, 2), "the first execution is that of CPU 0 first");
}

#[test]
fn what_is_not_written_yet_says_so() {
    let scenario = Scenario::new("a starter", || ())
        .cpu("one", |_: &()| panic!("not yet implemented: take a reference"));
    let failure = scenario.check().expect_err("it is not written");
    assert!(failure.sentence.starts_with("CPU 0: not yet implemented: take a reference"), "{failure}");
}

#[test]
fn what_differs_in_plain_data_only_is_not_the_same() {
    let scenario = Scenario::new("who comes last", || Mutex::new(0))
        .cpu("one", |last: &Mutex<i32>| *last.lock() = 1)
        .cpu("two", |last| *last.lock() = 2)
        .finally(|last| assert_eq!(*last.lock(), 2, "two comes last"));
    let graph = scenario.explore();
    assert_eq!((graph.interleavings(), graph.bad()), (2, 1), "one of two orders");
}

#[test]
fn a_failure_before_the_first_step_is_found() {
    let scenario = Scenario::new("at once", || ()).cpu("one", |_: &()| panic!("at once"));
    let failure = scenario.explore().shortest_failure().expect("it fails at once");
    assert_eq!(failure.length(), 0, "{failure}");
}
