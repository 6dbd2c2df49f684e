//! Questions in batches, and again alone where a kernel did not survive them.

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, bail};
use tempfile::TempDir;

use crate::boot::{Boot, Ended};
use crate::kernel::Kernel;
use crate::order::Order;
use crate::said::{Answer, Before, Init, Said};
use crate::transcript::{Report, Transcript};
use crate::{console, guest, initramfs, slate, tools};

/// So many files go into one initramfs at most.
const FILES: usize = 400;

/// So many bytes of them: they lie in the kernel's memory.
const BYTES: u64 = 150 << 20;

/// So often a kernel that does not come up is given another chance: an emulator on a busy computer is no computer
/// that one can rely on.
const RETRIES: usize = 2;

/// How a kernel is asked.
#[derive(Debug, Clone)]
pub struct Asking {
    /// Emulators that run at a time.
    pub at_a_time: usize,
    /// How long nothing may happen, booting included, before a kernel is taken to hang.
    pub patience: Duration,
    /// Whether a file that a kernel does not survive is asked about again in a boot of its own, so that nothing done
    /// by the files before it can be its crash.
    pub retry_alone: bool,
}

impl Default for Asking {
    fn default() -> Asking {
        Asking { at_a_time: 2, patience: Duration::from_secs(60), retry_alone: true }
    }
}

/// A kernel ready to be asked.
pub struct Referee {
    kernel: Kernel,
    qemu: PathBuf,
    init: PathBuf,
    slate: Option<PathBuf>,
    asking: Asking,
    folder: TempDir,
}

impl Referee {
    /// Gets everything ready: the emulator, the guest's program, the module that wipes the slate. `root` is the
    /// course's.
    ///
    /// # Errors
    /// Something is missing; the message says how to get it.
    pub fn new(root: &Path, kernel: Kernel, asking: Asking) -> anyhow::Result<Referee> {
        std::fs::metadata(&kernel.vmlinuz).with_context(|| kernel.vmlinuz.display().to_string())?;
        let qemu = tools::qemu().map_or_else(tools::install, Ok)?;
        let init = guest::build(root)?;
        let out = root.join("target/referee/slate").join(&kernel.release);
        let slate = kernel.build.as_ref().map(|(symvers, vermagic)| slate::make(symvers, vermagic, &out));
        let (slate, folder) = (slate.transpose()?, tempfile::tempdir().context("a temporary folder")?);
        Ok(Referee { kernel, qemu, init, slate, asking, folder })
    }

    /// The kernel that is asked.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// What the kernel says to each of `orders`, in their order. `progress` is called with the number of those
    /// that are answered.
    ///
    /// # Errors
    /// A file cannot be read, or the kernel does not even boot.
    pub fn ask(&self, orders: &[Order], progress: &(dyn Fn(usize) + Sync)) -> anyhow::Result<Vec<Said>> {
        // Neighbours need the same modules, which then stay where they are.
        let mut sorted: Vec<usize> = (0..orders.len()).collect();
        sorted.sort_by_key(|&index| orders.get(index).map(|order| &order.before));
        let batches = Mutex::new(batches(orders, &sorted)?.into_iter());
        let answers = Mutex::new(vec![None; orders.len()]);
        let done = AtomicUsize::new(0);
        let work = || -> anyhow::Result<()> {
            loop {
                let Some(batch) = lock(&batches).next() else { return Ok(()) };
                let batch_orders: Vec<Order> =
                    batch.iter().filter_map(|&index| orders.get(index).cloned()).collect();
                let answered = self.batch(&batch_orders, &|| {
                    // Relaxed: a number for people to look at.
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                })?;
                let mut answers = lock(&answers);
                for (index, said) in batch.into_iter().zip(answered) {
                    if let Some(slot) = answers.get_mut(index) {
                        *slot = Some(said);
                    }
                }
            }
        };
        thread::scope(|scope| {
            let threads: Vec<_> = (0..self.asking.at_a_time.max(1)).map(|_| scope.spawn(work)).collect();
            threads
                .into_iter()
                .try_for_each(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        })?;
        let answers = answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
        answers.into_iter().collect::<Option<Vec<Said>>>().context("a file was never asked about")
    }

    /// One initramfs, and as many boots as it takes.
    fn batch(&self, orders: &[Order], answered: &(dyn Fn() + Sync)) -> anyhow::Result<Vec<Said>> {
        let folder = tempfile::tempdir_in(&self.folder).context("a temporary folder")?;
        let archive = folder.path().join("initramfs");
        initramfs::write(&archive, self.kernel.initrd.as_deref(), &self.init, self.slate.as_deref(), orders)?;
        let boot = Boot {
            qemu: &self.qemu,
            kernel: &self.kernel,
            initramfs: &archive,
            folder: folder.path(),
            patience: self.asking.patience,
        };
        let (mut said, mut failures) = (Vec::new(), 0);
        while said.len() < orders.len() {
            let from = said.len();
            let mut seen = 0;
            let ended = boot.run(from, false, |report| {
                let ends = Transcript::read(report).reports.iter().filter(|report| report.is_ended).count();
                (seen..ends).for_each(|_| answered());
                seen = seen.max(ends);
            })?;
            let transcript = Transcript::read(&ended.report);
            if !transcript.is_up && failures < RETRIES {
                failures += 1;
                continue;
            }
            if !transcript.is_up {
                bail!(
                    "{} does not come up under QEMU; its last words: {}",
                    self.kernel.vmlinuz.display(),
                    last_words(&ended)
                );
            }
            let finished = transcript.reports.iter().take_while(|report| report.is_ended);
            said.extend(finished.map(|report| answer_of(report, transcript.is_clean)));
            if !transcript.is_over && said.len() < orders.len() {
                let ended = if self.asking.retry_alone { boot.run(said.len(), true, |_| {})? } else { ended };
                said.push(last_answer(&ended, said.len()));
                answered();
            }
        }
        Ok(said)
    }
}

/// What came of order `number` in a boot that may have ended with it.
fn last_answer(ended: &Ended, number: usize) -> Said {
    let transcript = Transcript::read(&ended.report);
    let report = transcript.reports.into_iter().find(|report| report.number == number).unwrap_or_default();
    let mut said = answer_of(&report, transcript.is_clean);
    if report.is_ended {
        return said;
    }
    let (lines, oops) = console::split(&ended.console);
    if report.answer.is_none() {
        let began = lines.iter().position(|line| is_call(line));
        (said.lines, said.init_lines) = parted(lines, began);
        (said.answer, said.init) = match (began, ended.hung) {
            (Some(_), false) => (Answer::Loaded, Some(Init::Crashed)),
            (Some(_), true) => (Answer::Loaded, Some(Init::Hung)),
            (None, false) => (Answer::Crashed, None),
            (None, true) => (Answer::Hung, None),
        };
    }
    said.crash = console::gist(&oops);
    said
}

/// What a report says. (That of a kernel which never answered is mended by [`last_answer`].)
fn answer_of(report: &Report, is_clean: bool) -> Said {
    let errno = report.answer.unwrap_or_default();
    let began = report.log.iter().position(|line| is_call(line));
    let (lines, init_lines) = parted(report.log.clone(), began);
    let answer = if errno == 0 || began.is_some() { Answer::Loaded } else { Answer::Refused(errno) };
    let before = report.before.iter().enumerate().map(|(index, &errno)| Before { index, errno });
    Said {
        answer,
        lines,
        init: init_lines.iter().find_map(|line| returned(line)).map(Init::Returned),
        init_lines,
        taints: report.taints,
        removal: report.removal,
        before: before.collect(),
        crash: Vec::new(),
        is_clean,
    }
}

/// Whether the kernel says that it calls an init (`init/main.c, trace_initcall_start_cb`). The line's end is not looked at:
/// it follows the module's name, which may hold a line's end itself.
fn is_call(line: &str) -> bool {
    line.starts_with("calling  ") && line.contains("+0x")
}

/// What init returned, where the line says so (`init/main.c, trace_initcall_finish_cb`).
fn returned(line: &str) -> Option<i64> {
    let rest = line.strip_prefix("initcall ")?;
    let (_, rest) = rest.split_once(" returned ")?;
    rest.split_once(" after ")?.0.parse().ok()
}

/// The lines before init was called, and those from there on.
fn parted(mut lines: Vec<String>, began: Option<usize>) -> (Vec<String>, Vec<String>) {
    let after = lines.split_off(began.unwrap_or(lines.len()));
    (lines, after)
}

/// Parts `sorted` into batches of which each fits into a kernel's memory.
fn batches(orders: &[Order], sorted: &[usize]) -> anyhow::Result<Vec<Vec<usize>>> {
    let mut batches: Vec<Vec<usize>> = Vec::new();
    let (mut bytes, mut files) = (0, std::collections::HashSet::new());
    for &index in sorted {
        let Some(order) = orders.get(index) else { continue };
        let is_full = bytes >= BYTES || batches.last().is_none_or(|batch| batch.len() >= FILES);
        if is_full {
            batches.push(Vec::new());
            files.clear();
            bytes = 0;
        }
        for file in order.before.iter().chain([&order.file]) {
            if files.insert(file) {
                bytes += std::fs::metadata(file).with_context(|| file.display().to_string())?.len();
            }
        }
        batches.last_mut().into_iter().for_each(|batch| batch.push(index));
    }
    Ok(batches)
}

fn last_words(ended: &Ended) -> String {
    let lines: Vec<&str> =
        ended.console.lines().rev().filter(|line| !line.trim().is_empty()).take(3).collect();
    if lines.is_empty() { "none".to_owned() } else { lines.into_iter().rev().collect::<Vec<_>>().join(" | ") }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
