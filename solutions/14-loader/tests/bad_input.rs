//! Damaged modules: an errno and the kernel's words, nothing loaded, nothing leaked, never a panic.

use std::{ffi::OsStr, process::Command, sync::Arc};

use abi::Errno;
use loader::{Kernel, KernelConfig, NotDone, O_NONBLOCK, O_TRUNC, shell::Shell, verdict::Judge};

fn hello() -> Vec<u8> {
    let modules = course_modules::cached().expect("the course's own modules can be built here");
    let hello = modules.iter().find(|module| module.name == "hello").expect("hello is one of them");
    std::fs::read(&hello.path).expect("it can be read")
}

fn kernel() -> Arc<Kernel> {
    Kernel::boot(KernelConfig::default()).expect("the simulated kernel boots here")
}

/// The refusal of `file`, after which everything is as it was.
fn refused(kernel: &Kernel, file: &[u8], what: &str) -> (Errno, String) {
    let before = (kernel.machine().memory().in_use(), kernel.machine().percpu().in_use());
    let outcome = kernel.init_module(file, "");
    let after = (kernel.machine().memory().in_use(), kernel.machine().percpu().in_use());
    assert_eq!(before, after, "{what}: something was leaked");
    assert!(kernel.registry().modules().is_empty(), "{what}: something was loaded");
    match outcome {
        Err(NotDone::Refused(refusal)) => (refusal.errno, refusal.message),
        outcome => panic!("{what}: expected a refusal, got {outcome:?}"),
    }
}

#[test]
fn a_module_cut_short_anywhere_is_refused() {
    let (kernel, file) = (kernel(), hello());
    for length in (0..file.len()).step_by(37) {
        let (errno, _) = refused(&kernel, &file[..length], &format!("cut to {length} bytes"));
        assert_eq!(errno, Errno::ENOEXEC, "cut to {length} bytes");
    }
}

#[test]
fn what_is_no_module_at_all_is_refused_in_the_kernels_words() {
    let kernel = kernel();
    let sound = hello();
    let with = |at: usize, bytes: &[u8]| {
        let mut file = sound.clone();
        file[at..at + bytes.len()].copy_from_slice(bytes);
        file
    };
    for (file, words) in [
        (vec![b'#'; 4096], "Invalid ELF header magic: != \x7fELF"),
        (with(16, &2u16.to_le_bytes()), "Invalid ELF header type: 2 != 1"),
        (with(18, &183u16.to_le_bytes()), "Invalid architecture in ELF header: 183"),
        (with(58, &63u16.to_le_bytes()), "Invalid ELF section header size"),
        (with(40, &u64::MAX.to_le_bytes()), "Invalid ELF section header overflow"),
    ] {
        assert_eq!(refused(&kernel, &file, words), (Errno::ENOEXEC, words.to_owned()));
    }
}

/// Any byte of the file may be wrong. Most such modules are refused, some load and work, a few do something wild when
/// their code runs; the kernel survives all of them. Only headers and tables are damaged here, in steps that
/// share no factor with the size of any record.
#[test]
fn no_damage_to_headers_and_tables_brings_the_kernel_down() {
    let file = hello();
    let elf = elf::Module::parse(&file).expect("hello is a module");
    let tables: Vec<_> = elf.sections.iter().filter(|section| matches!(section.kind, 2..=4)).collect();
    let in_tables =
        tables.iter().flat_map(|table| table.offset as usize..(table.offset + table.size) as usize);
    let headers = file.len() - elf.sections.len() * 64..file.len();
    let mut kernel = kernel();
    for at in (0..64).chain(in_tables.step_by(7)).chain(headers.step_by(3)) {
        for value in [0, 0xff, file[at] ^ 0x40] {
            let mut damaged = file.clone();
            damaged[at] = value;
            let outcome = kernel.init_module(&damaged, "");
            for module in kernel.registry().modules() {
                // What was loaded may have lost its exit; then it stays, as in the kernel.
                let _ = kernel.delete_module(module.name.as_ref(), O_NONBLOCK | O_TRUNC);
            }
            // What died in its init stays for ever, and the next one of its name would wait for it.
            if matches!(outcome, Err(NotDone::Killed(_))) || !kernel.registry().modules().is_empty() {
                kernel = self::kernel();
            }
        }
    }
}

/// What the verdict refuses, the kernel refuses too, before a byte of the module's code runs, and nothing stays behind.
#[test]
fn what_the_verdict_refuses_the_kernel_refuses_with_the_same_errno_and_leaks_nothing() {
    let (kernel, file) = (kernel(), hello());
    let judge = Judge::new(course_modules::builtin_symvers(), abi::VERMAGIC, abi::Policy::default());
    let mut count = 0;
    for damaged in specimens::damage::damages(&file, 1).take(1000) {
        // Whether a value fits depends on where a module lies: the verdict's is a real kernel's place, this one's below 2 GiB.
        let fits = |refusal: &abi::LoadError| !refusal.message.contains("overflow in relocation type");
        if let Err(refusal) = judge.judge(&damaged.bytes).answer
            && fits(&refusal)
        {
            let what = format!("{}: {}", damaged.kind, damaged.what);
            assert_eq!(refused(&kernel, &damaged.bytes, &what).0, refusal.errno, "{what}");
            count += 1;
        }
    }
    assert!(count > 300, "only {count} of 1000 were refused");
}

#[test]
fn a_marked_line_that_cannot_be_understood_does_not_stop_a_script() {
    let mut transcript = Vec::new();
    let script = "! echo 'no second quote\n! echo hi >\n! > nowhere\necho on";
    let outcome = Shell::new(kernel()).run_script(script, &mut transcript).expect("a Vec can be written to");
    assert_eq!(outcome, Ok(()));
    assert!(transcript.ends_with(b"\non\n"), "{}", String::from_utf8_lossy(&transcript));
}

/// Runs the loader; its exit status, what it printed, and what it said on standard error.
fn loader(arguments: &[&OsStr]) -> (Option<i32>, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_loader")).args(arguments).output().expect("the loader runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_file_that_cannot_be_read_is_named_in_one_line_with_its_errno() {
    for command in ["run", "modinfo"] {
        let said = loader(&[command.as_ref(), "nowhere".as_ref()]);
        let line = "loader: nowhere: ENOENT: No such file or directory\n".to_owned();
        assert_eq!(said, (Some(1), String::new(), line), "{command}");
    }
}

#[test]
fn a_script_that_never_ends_is_given_up() {
    let said = loader(&["run".as_ref(), "/dev/zero".as_ref()]);
    let line = "loader: /dev/zero: EFBIG: more than 67108864 bytes\n".to_owned();
    assert_eq!(said, (Some(1), String::new(), line));
}

#[test]
fn a_verdict_is_one_line_whatever_the_files_name_holds() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let (file, symvers) =
        (folder.path().join("two\nlines\tand a tab.ko"), folder.path().join("Module.symvers"));
    std::fs::write(&file, hello()).expect("the module can be written");
    std::fs::write(&symvers, "").expect("the table can be written");
    let arguments: [&OsStr; 6] = [
        "verdict".as_ref(),
        "--symvers".as_ref(),
        symvers.as_ref(),
        "--vermagic".as_ref(),
        "another".as_ref(),
        file.as_ref(),
    ];
    let (status, printed, said) = loader(&arguments);
    assert_eq!((status, said.as_str()), (Some(0), ""));
    assert_eq!((printed.lines().count(), printed.matches('\t').count()), (1, 2), "{printed}");
}

/// `rmmod -f` takes the driver away from those who have its device open; what they do then is the kernel's oops.
#[test]
fn a_file_without_its_driver_ends_the_program_and_not_the_kernel() {
    let modules = course_modules::cached().expect("the course's own modules can be built here");
    let parrot = modules.iter().find(|module| module.name == "parrot").expect("parrot is one of them");
    let script = format!(
        "insmod '{}'\nopen /dev/parrot\nrmmod -f parrot\n! read 3\n! write 3 x\n! ioctl 3 1\n! close 3\n\
         call proc_create text:bare 0 0 0\n! cat /proc/bare\necho on",
        parrot.path.display()
    );
    let mut transcript = Vec::new();
    let outcome = Shell::new(kernel()).run_script(&script, &mut transcript).expect("a Vec can be written to");
    let transcript = String::from_utf8_lossy(&transcript);
    assert_eq!(outcome, Ok(()), "{transcript}");
    assert_eq!(transcript.matches("EIO: Input/output error").count(), 5, "{transcript}");
}
