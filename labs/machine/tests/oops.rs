//! What goes wrong in module code ends its task, and the log tells how.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

mod common;

use std::{sync::Arc, time::Duration};

use common::{boot, text};
use machine::{Bug, Config, Fixup, Killed, Machine, ModuleHooks, Place, call_module};

/// Calls `code` on CPU 1 and expects it to be killed.
fn kill(machine: &Machine, code: &[u8]) -> Killed {
    let region = text(machine, code);
    // SAFETY: the tests' own code; what it does wrong is the point.
    let result = machine.run(1, "insmod", || unsafe { call_module(region.address(), &[0; 6]) });
    result.expect_err("the code should have been killed")
}

#[track_caller]
fn logged(machine: &Machine, words: &str) {
    let log = machine.log().texts();
    assert!(log.contains(words), "the log should say {words:?} but says\n{log}");
}

#[test]
fn reading_through_null_is_an_oops_with_registers_and_code() {
    let machine = boot();
    // mov eax, 0x1234; mov rcx, [0x10]; ret
    let killed = kill(&machine, &[0xb8, 0x34, 0x12, 0, 0, 0x48, 0x8b, 0x0c, 0x25, 0x10, 0, 0, 0, 0xc3]);
    assert_eq!(killed.reason, "BUG: kernel NULL pointer dereference, address: 0000000000000010");
    for words in [
        "#PF: supervisor read access in kernel mode",
        "#PF: error_code(0x0000) - not-present page",
        "Oops: 0000 [#1] PREEMPT SMP NOPTI",
        "CPU: 1 PID: 100 Comm: insmod Not tainted 6.1.0-56-amd64",
        "RAX: 0000000000001234",
        "b8 34 12 00 00 <48> 8b 0c 25 10 00 00 00 c3",
        "CR2: 0000000000000010",
        "Modules linked in:",
        "---[ end trace 0000000000000000 ]---",
    ] {
        logged(&machine, words);
    }
}

#[test]
fn after_an_oops_the_cpu_runs_other_tasks() {
    let machine = boot();
    kill(&machine, &[0x0f, 0x0b]);
    assert_eq!(machine.run(1, "next", || 7), Ok(7));
    assert_eq!(machine.oopses(), 1);
}

#[test]
fn writing_to_read_only_pages_says_so() {
    let machine = boot();
    // mov [rip - 7], rax: its own text.
    let killed = kill(&machine, &[0x48, 0x89, 0x05, 0xf9, 0xff, 0xff, 0xff, 0xc3]);
    assert!(killed.reason.starts_with("BUG: unable to handle page fault for address: "), "{killed}");
    logged(&machine, "#PF: supervisor write access in kernel mode");
    logged(&machine, "#PF: error_code(0x0003) - permissions violation");
}

#[test]
fn calling_null_is_an_instruction_fetch_from_it() {
    let machine = boot();
    // xor eax, eax; call rax; ret
    let killed = kill(&machine, &[0x31, 0xc0, 0xff, 0xd0, 0xc3]);
    assert_eq!(killed.reason, "BUG: kernel NULL pointer dereference, address: 0000000000000000");
    logged(&machine, "#PF: supervisor instruction fetch in kernel mode");
    logged(&machine, "RIP: 0010:0x0");
    logged(&machine, "Code: Unable to access opcode bytes at 0xffffffffffffffd6.");
}

#[test]
fn dividing_by_zero_privileged_instructions_and_breakpoints_have_their_names() {
    for (code, words) in [
        (&[0x31u8, 0xc9, 0x31, 0xd2, 0xf7, 0xf1, 0xc3] as &[u8], "divide error: 0000 [#1]"),
        (&[0xf4, 0xc3], "general protection fault: 0000 [#1]"),
        (&[0x0f, 0x0b], "invalid opcode: 0000 [#1]"),
        (&[0xcc, 0xc3], "int3: 0000 [#1]"),
        // mov rax, 0xdead000000000100; mov rax, [rax]: LIST_POISON1, as after list_del.
        (
            &[0x48, 0xb8, 0, 1, 0, 0, 0, 0, 0xad, 0xde, 0x48, 0x8b, 0],
            "general protection fault, probably for non-canonical address 0xdead000000000100: 0000 [#1]",
        ),
    ] {
        let machine = boot();
        kill(&machine, code);
        logged(&machine, words);
    }
}

#[test]
fn a_jump_into_freed_text_is_recognised() {
    let machine = boot();
    let region = text(&machine, &[0xc3]);
    let address = region.address();
    drop(region);
    // SAFETY: freed text cannot be executed: that is the test.
    let result = machine.run(0, "late", || unsafe { call_module(address, &[0; 6]) });
    let reason = result.unwrap_err().reason;
    assert_eq!(reason, format!("BUG: freed module text: test+0x0 ({address:#x})"));
    logged(&machine, &format!("BUG: unable to handle page fault for address: {address:016x}"));
}

#[test]
fn endless_recursion_hits_the_guard_page() {
    let machine = boot();
    // sub rsp, 0x100; call self
    let killed = kill(&machine, &[0x48, 0x81, 0xec, 0, 1, 0, 0, 0xe8, 0xf4, 0xff, 0xff, 0xff]);
    assert!(killed.reason.starts_with("BUG: TASK stack guard page was hit at "), "{killed}");
}

#[test]
fn an_endless_loop_is_a_soft_lockup() {
    let machine =
        Machine::boot(Config { soft_lockup: Duration::from_millis(50), ..Config::default() }).unwrap();
    let killed = kill(&machine, &[0xeb, 0xfe]);
    assert_eq!(killed.reason, "watchdog: BUG: soft lockup - CPU#1 stuck for 0s! [insmod:100]");
    assert_eq!(machine.run(1, "next", || 7), Ok(7));
}

#[test]
fn a_call_of_an_export_that_is_not_there_says_its_name_and_who_called() {
    let machine = boot();
    let missing = machine.exports().bind_missing("usb_register_driver", true).unwrap();
    // mov eax, missing; call rax; ret
    let mut code = vec![0xb8];
    code.extend((missing.value as u32).to_le_bytes());
    code.extend([0xff, 0xd0, 0xc3]);
    let killed = kill(&machine, &code);
    assert_eq!(killed.missing.as_deref(), Some("usb_register_driver"));
    assert_eq!(killed.reason, "BUG: usb_register_driver was called, and this machine does not implement it");
    // A second module that asks gets the same.
    assert_eq!(machine.exports().bind_missing("usb_register_driver", false).unwrap().value, missing.value);
}

#[test]
fn a_missing_variable_reads_as_zeroes_and_executing_it_says_its_name() {
    let machine = boot();
    let missing = machine.exports().bind_missing("usb_bus_type", false).unwrap();
    // mov eax, [missing]; test eax, eax; jnz +2; call rdi...
    let mut code = vec![0x8b, 0x04, 0x25];
    code.extend((missing.value as u32).to_le_bytes());
    code.extend([0x85, 0xc0, 0x75, 0x07, 0xb8]);
    code.extend((missing.value as u32).to_le_bytes());
    code.extend([0xff, 0xd0, 0xc3]);
    let killed = kill(&machine, &code);
    assert_eq!(killed.missing.as_deref(), Some("usb_bus_type"));
}

/// A loader that knows one symbol, `broken`, and one `BUG` or `WARN` in it.
struct OneModule {
    start: u64,
    flags: u16,
}

impl ModuleHooks for OneModule {
    fn symbolize(&self, address: u64) -> Option<Place> {
        let offset = address.checked_sub(self.start).filter(|&offset| offset < 16)?;
        Some(Place { symbol: "broken".into(), offset, size: 16, module: Some("test".into()) })
    }

    fn bug_at(&self, address: u64) -> Option<Bug> {
        let flags = self.flags;
        (address == self.start + 5).then(|| Bug { file: "drivers/test.c".into(), line: 42, flags })
    }

    fn modules_linked_in(&self) -> String {
        "test(OE)".to_owned()
    }

    fn tainted(&self) -> String {
        "Tainted: G           OE     ".to_owned()
    }
}

/// mov eax, 5; ud2; inc eax; ret
const UD2: [u8; 10] = [0xb8, 5, 0, 0, 0, 0x0f, 0x0b, 0xff, 0xc0, 0xc3];

#[test]
fn a_warning_names_file_line_and_function_and_the_code_goes_on() {
    let machine = boot();
    let region = text(&machine, &UD2);
    let hooks = Arc::new(OneModule { start: region.address(), flags: Bug::WARNING });
    machine.set_hooks(Arc::downgrade(&hooks) as std::sync::Weak<dyn ModuleHooks>);
    // SAFETY: a function without arguments.
    let result = machine.run(0, "insmod", || unsafe { call_module(region.address(), &[0; 6]) });
    assert_eq!(
        result,
        Ok(6),
        "after a WARN the code goes on behind the ud2, with its registers as they were"
    );
    logged(&machine, "------------[ cut here ]------------");
    logged(&machine, "WARNING: CPU: 0 PID: 100 at drivers/test.c:42 broken+0x5/0x10 [test]");
    logged(&machine, "Modules linked in: test(OE)");
}

#[test]
fn a_bug_names_file_and_line_and_ends_the_task() {
    let machine = boot();
    let region = text(&machine, &UD2);
    let hooks = Arc::new(OneModule { start: region.address(), flags: 0 });
    machine.set_hooks(Arc::downgrade(&hooks) as std::sync::Weak<dyn ModuleHooks>);
    // SAFETY: a function without arguments.
    let result = machine.run(0, "insmod", || unsafe { call_module(region.address(), &[0; 6]) });
    assert_eq!(result.unwrap_err().reason, "kernel BUG at drivers/test.c:42");
    logged(&machine, "kernel BUG at drivers/test.c:42!\ninvalid opcode: 0000 [#1] PREEMPT SMP NOPTI\n");
    logged(&machine, "RIP: 0010:broken+0x5/0x10 [test]");
    logged(&machine, "Tainted: G           OE      6.1.0-56-amd64");
}

#[test]
fn a_fault_in_an_export_that_module_code_called_is_an_oops_too() {
    let machine = boot();
    let printk = machine.exports().value("_printk").unwrap();
    // mov edi, 0x5000; mov eax, printk; call rax; ret
    let mut code = vec![0xbf, 0, 0x50, 0, 0, 0xb8];
    code.extend((printk as u32).to_le_bytes());
    code.extend([0xff, 0xd0, 0xc3]);
    let killed = kill(&machine, &code);
    assert_eq!(killed.reason, "BUG: unable to handle page fault for address: 0000000000005000");
    logged(&machine, "RIP: 0010:_printk+");
}

#[test]
fn the_call_trace_names_who_called_and_doubts_it() {
    let machine = boot();
    // broken: call +1; ret; nop...: mov rax, [0]
    let region = text(&machine, &[0xe8, 3, 0, 0, 0, 0xc3, 0x90, 0x90, 0x48, 0x8b, 0x04, 0x25, 0, 0, 0, 0]);
    let hooks = Arc::new(OneModule { start: region.address(), flags: 0 });
    machine.set_hooks(Arc::downgrade(&hooks) as std::sync::Weak<dyn ModuleHooks>);
    // SAFETY: the tests' own code; what it does wrong is the point.
    machine.run(0, "insmod", || unsafe { call_module(region.address(), &[0; 6]) }).unwrap_err();
    logged(&machine, "RIP: 0010:broken+0x8/0x10 [test]");
    logged(&machine, "Call Trace:\n <TASK>\n ? broken+0x5/0x10 [test]\n </TASK>\n");
}

/// A loader that has a fixup for one instruction.
struct OneFixup {
    start: u64,
}

impl ModuleHooks for OneFixup {
    fn fixup_at(&self, address: u64) -> Option<Fixup> {
        // EX_TYPE_IMM_REG, register 0, -EFAULT.
        let data = 17 | (-14i32 as u32) << 16;
        (address == self.start).then_some(Fixup { address: self.start + 8, data })
    }
}

#[test]
fn a_fault_that_the_exception_table_expects_goes_on_at_its_fixup() {
    let machine = boot();
    // mov rax, [0x10]; cdqe; ret
    let region = text(&machine, &[0x48, 0x8b, 0x04, 0x25, 0x10, 0, 0, 0, 0x48, 0x98, 0xc3]);
    let hooks = Arc::new(OneFixup { start: region.address() });
    machine.set_hooks(Arc::downgrade(&hooks) as std::sync::Weak<dyn ModuleHooks>);
    // SAFETY: a function without arguments.
    let result = machine.run(0, "test", || unsafe { call_module(region.address(), &[0; 6]) });
    assert_eq!(result, Ok(-14i64 as u64), "the register holds what the record says");
    assert_eq!(machine.oopses(), 0);
}

#[test]
fn every_cpu_may_oops_at_the_same_time() {
    let machine = Machine::boot(Config { cpus: 4, ..Config::default() }).unwrap();
    let region = text(&machine, &[0x0f, 0x0b]);
    std::thread::scope(|scope| {
        for cpu in 0..4 {
            let (machine, region) = (&machine, &region);
            scope.spawn(move || {
                for _ in 0..10 {
                    // SAFETY: the tests' own code; what it does wrong is the point.
                    let result =
                        machine.run(cpu, "insmod", || unsafe { call_module(region.address(), &[0; 6]) });
                    result.unwrap_err();
                }
            });
        }
    });
    assert_eq!(machine.oopses(), 40);
}

#[test]
fn a_fault_outside_module_code_is_a_bug_of_the_process_and_ends_it() {
    const CHILD: &str = "MACHINE_TEST_FAULTS";
    if std::env::var_os(CHILD).is_some() {
        let machine = boot();
        // SAFETY: not safe at all: this is the child, and it must die of it.
        let _ = machine.run(0, "rust", || unsafe { (16 as *const u8).read_volatile() });
        return;
    }
    let name = "a_fault_outside_module_code_is_a_bug_of_the_process_and_ends_it";
    let child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", name])
        .env(CHILD, "1")
        .output()
        .unwrap();
    let signal = std::os::unix::process::ExitStatusExt::signal(&child.status);
    assert_eq!(signal, Some(11), "a segmentation fault in Rust code is not an oops");
}
