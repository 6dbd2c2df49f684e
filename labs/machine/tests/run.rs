//! Machine code on simulated CPUs: what it returns, and where it runs.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Barrier,
    thread,
};

use abi::offsets::task_struct;
use common::{boot, text};
use machine::{Config, Machine, call_module};

#[test]
fn what_module_code_returns_is_what_the_caller_gets() {
    let machine = boot();
    // lea rax, [rdi + rsi]; ret
    let region = text(&machine, &[0x48, 0x8d, 0x04, 0x37, 0xc3]);
    // SAFETY: that is a function of two integers.
    let sum = machine.run(0, "test", || unsafe { call_module(region.address(), &[40, 2, 0, 0, 0, 0]) });
    assert_eq!(sum, Ok(42));
}

#[test]
fn all_cpus_run_at_once_each_in_its_own_area() {
    let machine = Machine::boot(Config { cpus: 4, ..Config::default() }).unwrap();
    let export = |name| machine.exports().value(name).unwrap() as u32;
    // mov eax, gs:[cpu_number]; ret
    let mut number = vec![0x65, 0x8b, 0x04, 0x25];
    number.extend(export("cpu_number").to_le_bytes());
    number.push(0xc3);
    let number = text(&machine, &number);
    // mov rax, gs:[this_cpu_off]; ret
    let mut offset = vec![0x65, 0x48, 0x8b, 0x04, 0x25];
    offset.extend(export("this_cpu_off").to_le_bytes());
    offset.push(0xc3);
    let offset = text(&machine, &offset);
    let meeting = Barrier::new(4);
    thread::scope(|scope| {
        for cpu in 0..4 {
            let (machine, number, offset, meeting) = (&machine, &number, &offset, &meeting);
            scope.spawn(move || {
                let seen = machine.run(cpu, "test", || {
                    // Passed only when all four are here: they do run at once.
                    meeting.wait();
                    // SAFETY: functions without arguments.
                    unsafe {
                        (call_module(number.address(), &[0; 6]), call_module(offset.address(), &[0; 6]))
                    }
                });
                assert_eq!(seen, Ok((cpu as u64, machine.percpu().base(cpu).unwrap())));
            });
        }
    });
}

#[test]
fn the_stack_canary_lies_at_gs_0x28_and_its_lowest_byte_is_zero() {
    let machine = boot();
    let region = text(&machine, &[0x65, 0x48, 0x8b, 0x04, 0x25, 0x28, 0, 0, 0, 0xc3]);
    // SAFETY: a function without arguments.
    let canary = machine.run(0, "test", || unsafe { call_module(region.address(), &[0; 6]) }).unwrap();
    assert!(canary != 0 && canary & 0xff == 0, "{canary:x}");
}

#[test]
fn current_is_a_task_struct_with_name_and_number() {
    let machine = boot();
    let mut code = vec![0x65, 0x48, 0x8b, 0x04, 0x25];
    code.extend((machine.exports().value("current_task").unwrap() as u32).to_le_bytes());
    code.push(0xc3);
    let region = text(&machine, &code);
    let seen = machine.run(1, "a task's long name", || {
        // SAFETY: a function without arguments; what it returns is the running task's structure.
        unsafe {
            let task = call_module(region.address(), &[0; 6]);
            let pid = ((task + task_struct::PID as u64) as *const i32).read();
            let name = ((task + task_struct::COMM as u64) as *const [u8; 16]).read();
            let me = machine::current();
            (task == me.task().address(), pid == me.task().pid(), name)
        }
    });
    assert_eq!(seen, Ok((true, true, *b"a task's long n\0")));
}

#[test]
fn module_code_may_call_the_kernel_with_its_stack_aligned_at_eight_only() {
    let machine = boot();
    let export = machine.exports().value("snprintf").unwrap() as u32;
    let mut buffer = [0u8; 64];
    for push in [false, true] {
        // [push rax]; mov r11d, snprintf; call r11; [pop rcx]; ret
        let mut code = if push { vec![0x50] } else { vec![] };
        code.extend([0x41, 0xbb]);
        code.extend(export.to_le_bytes());
        code.extend([0x41, 0xff, 0xd3]);
        code.extend(if push { vec![0x59, 0xc3] } else { vec![0xc3] });
        let region = text(&machine, &code);
        let arguments =
            [buffer.as_mut_ptr() as u64, 64, c"%d-%s-%x".as_ptr() as u64, 12, c"ab".as_ptr() as u64, 255];
        // SAFETY: snprintf with its arguments.
        let length = machine.run(0, "test", || unsafe { call_module(region.address(), &arguments) });
        assert_eq!((length, &buffer[..9]), (Ok(8), &b"12-ab-ff\0"[..]));
    }
}

#[test]
fn variadic_arguments_beyond_the_registers_come_from_the_stack() {
    let machine = boot();
    let export = machine.exports().value("snprintf").unwrap() as u32;
    let mut buffer = [0u8; 64];
    // push 9; push 8; push 7; mov r11d, snprintf; call r11; add rsp, 24; ret
    let mut code = vec![0x6a, 9, 0x6a, 8, 0x6a, 7, 0x41, 0xbb];
    code.extend(export.to_le_bytes());
    code.extend([0x41, 0xff, 0xd3, 0x48, 0x83, 0xc4, 0x18, 0xc3]);
    let region = text(&machine, &code);
    let arguments = [buffer.as_mut_ptr() as u64, 64, c"%d %d %d %d %d %d".as_ptr() as u64, 4, 5, 6];
    // SAFETY: snprintf with its arguments.
    let length = machine.run(0, "test", || unsafe { call_module(region.address(), &arguments) });
    assert_eq!((length, &buffer[..12]), (Ok(11), &b"4 5 6 7 8 9\0"[..]));
}

#[test]
fn jiffies_advance_while_module_code_waits_for_them() {
    let machine = boot();
    // mov rdx, [jiffies]; again: mov rax, [jiffies]; cmp rax, rdx; je again; sub rax, rdx; ret
    let jiffies = (machine.exports().value("jiffies").unwrap() as u32).to_le_bytes();
    let mut code = vec![0x48, 0x8b, 0x14, 0x25];
    code.extend(jiffies);
    code.extend([0x48, 0x8b, 0x04, 0x25]);
    code.extend(jiffies);
    code.extend([0x48, 0x39, 0xd0, 0x74, 0xf3, 0x48, 0x29, 0xd0, 0xc3]);
    let region = text(&machine, &code);
    // SAFETY: a function without arguments.
    let passed = machine.run(0, "test", || unsafe { call_module(region.address(), &[0; 6]) });
    assert!(passed.unwrap() >= 1);
}

#[test]
fn interrupts_are_a_bit_that_module_code_can_clear_and_set() {
    let machine = boot();
    let ops = machine.exports().value("pv_ops").unwrap() as u32;
    let call = |offset: u32| {
        // call [pv_ops + offset]
        let mut code = vec![0xff, 0x14, 0x25];
        code.extend((ops + offset).to_le_bytes());
        code
    };
    let (save, disable, enable) = (call(0xf0), call(0xf8), call(0x100));
    let code = [
        &disable[..],
        &save,
        &[0x48, 0x89, 0xc1],
        &enable,
        &save,
        &[0x48, 0xc1, 0xe0, 32, 0x48, 0x09, 0xc8, 0xc3],
    ];
    let region = text(&machine, &code.concat());
    // SAFETY: a function without arguments.
    let flags = machine.run(0, "test", || unsafe { call_module(region.address(), &[0; 6]) });
    assert_eq!(flags, Ok(0x202_0000_0002));
}

/// A kernel function with more arguments than registers.
unsafe extern "C" fn nine(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64, i: u64) -> u64 {
    [a, b, c, d, e, f, g, h, i].into_iter().fold(0, |number, digit| number * 10 + digit)
}

#[test]
fn arguments_on_the_stack_reach_functions_of_the_kernel() {
    let machine = boot();
    for count in [7, 8, 9] {
        let stub = machine.exports().stub(nine as *const (), count).unwrap();
        assert!(stub < 1 << 31, "module code calls it with 32 bits");
        // push 9; push 8; push 7; mov r11d, stub; call r11; add rsp, 24; ret
        let mut code = vec![0x6a, 9, 0x6a, 8, 0x6a, 7, 0x41, 0xbb];
        code.extend((stub as u32).to_le_bytes());
        code.extend([0x41, 0xff, 0xd3, 0x48, 0x83, 0xc4, 0x18, 0xc3]);
        let region = text(&machine, &code);
        // SAFETY: the function takes nine numbers; with fewer copied, the last ones are whatever is there.
        let number = machine.run(0, "test", || unsafe { call_module(region.address(), &[1, 2, 3, 4, 5, 6]) });
        let number = number.unwrap().to_string();
        assert!(count < 9 || number == "123456789", "{number}");
    }
}

#[test]
fn a_stack_whose_canary_was_overwritten_ends_the_task() {
    let machine = boot();
    // mov eax, __stack_chk_fail; call rax
    let mut code = vec![0xb8];
    code.extend((machine.exports().value("__stack_chk_fail").unwrap() as u32).to_le_bytes());
    code.extend([0xff, 0xd0]);
    let region = text(&machine, &code);
    // SAFETY: it never returns, which ends the task.
    let result = machine.run(0, "test", || unsafe { call_module(region.address(), &[0; 6]) });
    let reason = result.unwrap_err().reason;
    assert!(
        reason.starts_with("Kernel panic - not syncing: stack-protector: Kernel stack is corrupted in: "),
        "{reason}"
    );
}

#[test]
fn panic_says_its_words() {
    let machine = boot();
    // mov eax, panic; call rax
    let mut code = vec![0xb8];
    code.extend((machine.exports().value("panic").unwrap() as u32).to_le_bytes());
    code.extend([0xff, 0xd0]);
    let region = text(&machine, &code);
    let arguments = [c"%s of %d\n".as_ptr() as u64, c"out".as_ptr() as u64, 7, 0, 0, 0];
    // SAFETY: it never returns, which ends the task.
    let result = machine.run(0, "test", || unsafe { call_module(region.address(), &arguments) });
    assert_eq!(result.unwrap_err().reason, "Kernel panic - not syncing: out of 7");
}

#[test]
fn what_is_left_of_preemption_and_interrupts_can_be_seen_and_set_right() {
    let machine = boot();
    // inc dword ptr gs:[__preempt_count]; ret
    let mut code = vec![0x65, 0xff, 0x04, 0x25];
    code.extend((machine.exports().value("__preempt_count").unwrap() as u32).to_le_bytes());
    code.push(0xc3);
    let region = text(&machine, &code);
    let seen = machine.run(0, "test", || {
        // SAFETY: a function without arguments.
        unsafe { call_module(region.address(), &[0; 6]) };
        let current = machine::current();
        let count = current.preempt_count();
        current.set_preempt_count(0);
        (count, current.preempt_count(), current.interrupts())
    });
    assert_eq!(seen, Ok((1, 0, true)));
}

#[test]
fn a_task_that_sleeps_with_preemption_off_is_told_so() {
    let machine = boot();
    machine
        .run(0, "test", || {
            machine::current().set_preempt_count(2);
            machine::task::sleep_ms(1);
        })
        .unwrap();
    let log = machine.log().texts();
    assert!(log.contains("BUG: scheduling while atomic: test/100/0x80000002"), "{log}");
}

/// What a module calls, and the loader answers badly.
extern "C" fn asks_the_loader() -> u64 {
    machine::answer(|| panic!("the loader does not know {}", 42))
}

#[test]
fn a_panic_below_a_module_ends_the_task_with_its_words() {
    let machine = boot();
    // SAFETY: a function without arguments.
    let call = || unsafe { call_module(asks_the_loader as *const () as u64, &[0; 6]) };
    let killed = machine.run(0, "insmod", call).unwrap_err();
    assert_eq!(killed.reason, "the loader does not know 42");
    assert_eq!(machine.run(0, "next", || 1), Ok(1), "its CPU goes on");
}

#[test]
fn a_panic_without_a_module_below_goes_on_as_any_other() {
    let machine = boot();
    let run = || machine.run(0, "insmod", || machine::answer(|| panic!("no module here")));
    let panic = catch_unwind(AssertUnwindSafe(run)).unwrap_err();
    assert_eq!(panic.downcast_ref(), Some(&"no module here"));
}
