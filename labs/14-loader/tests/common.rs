//! A simulated kernel for each test, the course's own modules as the compiler made them, and the same ones with
//! something changed.

use std::{
    fmt,
    panic::resume_unwind,
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use abi::LoadError;
use goblin::elf::{Elf, SectionHeader, header::header64, reloc, section_header::section_header64};
use loader::{Kernel, KernelConfig, LoadedModule};
use symbols::ModuleState;

/// A kernel with two CPUs, no module in it yet.
pub fn boot() -> Arc<Kernel> {
    Kernel::boot(KernelConfig::default()).expect("this computer runs module code")
}

/// One of the course's modules, `labs/modules/c/NAME.c`.
pub fn file(name: &str) -> Vec<u8> {
    let modules = course_modules::cached().expect("the C compiler builds the course's modules");
    let module = modules.iter().find(|module| module.name == name).expect("the course has this module");
    std::fs::read(&module.path).expect("it was built just now")
}

/// Links a module that must be in order; it is COMING then, and nothing of it has run.
#[track_caller]
pub fn coming(kernel: &Kernel, file: &[u8]) -> Arc<LoadedModule> {
    match kernel.load_module(file) {
        Ok(loaded) => loaded,
        Err(refusal) => panic!("this module is in order, and load_module refused it: {refusal}"),
    }
}

/// As [`coming`], and LIVE without having run: for modules whose init has nothing to do.
#[track_caller]
pub fn declared_live(kernel: &Kernel, name: &str) -> Arc<LoadedModule> {
    let loaded = coming(kernel, &file(name));
    loaded.set_state(ModuleState::Live);
    loaded.refcount.put();
    loaded
}

/// Runs the init of a module that is COMING.
#[track_caller]
pub fn run_init(kernel: &Kernel, loaded: &LoadedModule) -> Result<(), LoadError> {
    let ran = kernel.machine().run(0, "insmod", || kernel.do_init_module(loaded));
    ran.expect("its init does not die of an oops")
}

/// A module that `insmod` has brought to life with these parameters.
#[track_caller]
pub fn live(kernel: &Kernel, name: &str, parameters: &str) -> Arc<LoadedModule> {
    if let Err(not_done) = kernel.init_module(&file(name), parameters) {
        panic!("{name} is in order, and init_module did not load it: {not_done}");
    }
    find(kernel, name).expect("init_module said that it was done, so the module can be found by its name")
}

/// The formed module of this name.
pub fn find(kernel: &Kernel, name: &str) -> Option<Arc<LoadedModule>> {
    kernel.registry().find(name.into())
}

/// The names in the kernel's list, the newest first, whatever their state.
pub fn list(kernel: &Kernel) -> Vec<String> {
    kernel.registry().modules().iter().map(|module| module.name.to_string()).collect()
}

/// Whose memory is in use, by name.
pub fn memory(kernel: &Kernel) -> Vec<String> {
    let regions = kernel.machine().memory().regions();
    let mut labels: Vec<_> = regions.iter().map(|(label, _)| label.to_string()).collect();
    labels.sort();
    labels
}

/// The kernel's log without what every boot and every first module says.
pub fn log(kernel: &Kernel) -> Vec<String> {
    const ALWAYS: [&str; 3] =
        ["Linux version", ": loading out-of-tree module taints kernel", ": module verification failed"];
    let text = kernel.machine().log().texts();
    let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
    lines.retain(|line| !ALWAYS.iter().any(|always| line.contains(always)));
    lines
}

/// Whenever a line with this text is printed: the module's state, who holds it, and its size.
pub fn seen_at(
    kernel: &Kernel,
    module: &Arc<LoadedModule>,
    text: &'static str,
) -> mpsc::Receiver<(ModuleState, i32, u64)> {
    let (seen, receiver) = mpsc::channel();
    let module = module.clone();
    kernel.machine().log().set_console(move |record| {
        if record.text.contains(text) {
            // Nobody listens any more where the test has failed already.
            let _ = seen.send((module.state(), module.refcount.count(), module.size()));
        }
    });
    receiver
}

/// What became of a system call, in words.
pub fn outcome(result: Result<(), impl fmt::Display>) -> String {
    result.map_or_else(|error| error.to_string(), |()| "done".to_owned())
}

/// Does `work` on another thread, and fails where it takes longer than five seconds. Who takes a lock that is held
/// already waits for ever.
#[track_caller]
pub fn in_time<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    Started::new(work).result()
}

/// Work that goes on on another thread.
pub struct Started<T> {
    thread: thread::JoinHandle<()>,
    answer: mpsc::Receiver<T>,
}

impl<T: Send + 'static> Started<T> {
    pub fn new(work: impl FnOnce() -> T + Send + 'static) -> Started<T> {
        let (done, answer) = mpsc::channel();
        // The thread has the test's name, so that its words are found under it.
        let name = thread::current().name().unwrap_or("test").to_owned();
        let thread = thread::Builder::new().name(name).spawn(move || {
            // Nobody listens any more where the test has failed already.
            let _ = done.send(work());
        });
        Started { thread: thread.expect("a thread"), answer }
    }

    /// Whether it is still at it after a time that is long for a computer; bounds nothing.
    pub fn is_waiting(&self) -> bool {
        thread::sleep(Duration::from_millis(30));
        !self.thread.is_finished()
    }

    #[track_caller]
    pub fn result(self) -> T {
        match self.answer.recv_timeout(Duration::from_secs(5)) {
            Ok(value) => value,
            Err(RecvTimeoutError::Disconnected) => {
                resume_unwind(self.thread.join().expect_err("without a panic it would have answered"))
            }
            Err(RecvTimeoutError::Timeout) => panic!(
                "not done after 5 seconds. Does it take a lock that it holds already, or wait with a lock held that \
                 the others need? Is everyone woken who waits?"
            ),
        }
    }
}

fn elf(file: &[u8]) -> Elf<'_> {
    Elf::parse(file).expect("a module is an ELF file")
}

/// The number and the header of the section of this name.
fn section(file: &[u8], name: &str) -> (usize, SectionHeader) {
    let elf = elf(file);
    let mut headers = elf.section_headers.iter().enumerate();
    let found = headers.find(|(_, header)| elf.shdr_strtab.get_at(header.sh_name) == Some(name));
    let (number, header) = found.expect("the module has this section");
    (number, header.clone())
}

fn put(file: &mut [u8], at: usize, bytes: &[u8]) {
    file[at..at + bytes.len()].copy_from_slice(bytes);
}

/// The module with every relocation in `table` that `choose` says (by its offset) made one of this kind.
pub fn with_relocations(mut file: Vec<u8>, table: &str, kind: u32, choose: impl Fn(u64) -> bool) -> Vec<u8> {
    let (_, header) = section(&file, table);
    for at in header.file_range().expect("a table has bytes").step_by(24) {
        let offset = u64::from_le_bytes(file[at..at + 8].try_into().expect("eight bytes"));
        if choose(offset) {
            put(&mut file, at + 8, &kind.to_le_bytes());
        }
    }
    file
}

/// The module with an init that does nothing but return this: `movabs $value, %rax; ret`.
pub fn with_init_returning(file: Vec<u8>, value: u64) -> Vec<u8> {
    let mut file = with_relocations(file, ".rela.init.text", reloc::R_X86_64_NONE, |_| true);
    let (_, text) = section(&file, ".init.text");
    let entry = {
        let elf = elf(&file);
        let mut symbols = elf.syms.iter();
        let symbol = symbols.find(|symbol| elf.strtab.get_at(symbol.st_name) == Some("init_module"));
        symbol.expect("the module has an init").st_value
    };
    let code = [&[0x48, 0xb8][..], &value.to_le_bytes(), &[0xc3]].concat();
    put(&mut file, (text.sh_offset + entry) as usize, &code);
    file
}

/// The module without exit: nothing is written into that field of its `struct module`.
pub fn without_exit(file: Vec<u8>) -> Vec<u8> {
    let exit = abi::offsets::module::EXIT as u64;
    with_relocations(file, ".rela.gnu.linkonce.this_module", reloc::R_X86_64_NONE, |offset| offset == exit)
}

/// The module under another name, which is no longer than its own.
pub fn named(mut file: Vec<u8>, name: &str) -> Vec<u8> {
    let (_, header) = section(&file, ".gnu.linkonce.this_module");
    let at = header.sh_offset as usize + abi::offsets::module::NAME;
    put(&mut file, at, &[name.as_bytes(), b"\0"].concat());
    file
}

/// The module with the section `old` called `new`. The names of the sections move to the end of the file.
pub fn with_section_named(mut file: Vec<u8>, old: &str, new: &str) -> Vec<u8> {
    let (renamed, _) = section(&file, old);
    let elf = elf(&file);
    let (table, names) = (elf.header.e_shoff as usize, elf.header.e_shstrndx as usize);
    let range = elf.section_headers[names].file_range().expect("names have bytes");
    let strings = [&file[range], new.as_bytes(), b"\0"].concat();
    let (offset, size) = (file.len() as u64, strings.len() as u64);
    let name = (strings.len() - new.len() - 1) as u32;
    let header = |number: usize| table + number * section_header64::SIZEOF_SHDR;
    put(&mut file, header(renamed), &name.to_le_bytes());
    put(&mut file, header(names) + 24, &[offset.to_le_bytes(), size.to_le_bytes()].concat());
    file.extend(strings);
    assert!(table > header64::SIZEOF_EHDR, "the section headers stand behind the header");
    file
}
