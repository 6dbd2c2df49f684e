//! What user space has today: a barrier for all others' processors, paid for by the one who wants to know.

use std::{
    sync::{
        Barrier,
        atomic::{AtomicBool, AtomicU32, Ordering, compiler_fence},
    },
    thread,
};

use stop_machine::membarrier;

#[test]
fn where_there_is_no_membarrier_it_says_so() {
    let refused = membarrier().err();
    assert!(refused.is_none_or(|words| words.contains("membarrier")), "it works, or says what is missing");
}

#[test]
#[cfg(target_os = "linux")]
fn where_the_kernel_has_it_it_works() {
    // SAFETY: the call takes numbers and touches no memory of ours.
    let offers = unsafe { libc::syscall(libc::SYS_membarrier, libc::MEMBARRIER_CMD_QUERY, 0, 0) };
    let needed = libc::MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED | libc::MEMBARRIER_CMD_PRIVATE_EXPEDITED;
    let is_there = offers >= 0 && offers & i64::from(needed) == i64::from(needed);
    assert_eq!(membarrier().is_ok(), is_there, "the kernel offers {offers:#x}");
}

/// `try_module_get` against the removal, without stopping anybody: who enters stores and then looks, with nothing but the
/// compiler's order between; who removes sets the flag, has every processor pass a barrier, and then looks.
#[test]
fn who_enters_pays_nothing_and_is_not_missed() {
    const ROUNDS: u32 = 2000;
    if let Err(words) = membarrier() {
        eprintln!("not shown here: {words}");
        return;
    }
    let (inside, going) = (AtomicU32::new(0), AtomicBool::new(false));
    let (begin, end) = (Barrier::new(2), Barrier::new(2));
    let entered = AtomicBool::new(false);
    let (mut kept, mut removed) = (0, 0);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                begin.wait();
                // Relaxed, and no fence: the remover's membarrier is this thread's.
                inside.store(1, Ordering::Relaxed);
                compiler_fence(Ordering::SeqCst);
                let may = !going.load(Ordering::Relaxed);
                entered.store(may, Ordering::Relaxed);
                if !may {
                    inside.store(0, Ordering::Relaxed);
                }
                end.wait();
            }
        });
        for _ in 0..ROUNDS {
            inside.store(0, Ordering::Relaxed);
            going.store(false, Ordering::Relaxed);
            begin.wait();
            going.store(true, Ordering::Relaxed);
            membarrier().expect("it worked before");
            let is_free = inside.load(Ordering::Relaxed) == 0;
            end.wait();
            let entered = entered.load(Ordering::Relaxed);
            assert!(!(is_free && entered), "removed, and entered");
            if entered { kept += 1 } else { removed += 1 }
        }
    });
    println!("{ROUNDS} rounds: entered in {kept}, turned away in {removed}, missed in none");
}
