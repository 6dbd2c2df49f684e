//! One boot: the emulator runs until the kernel ends it, dies, or is silent for too long.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Context;

use crate::kernel::Kernel;

/// How often somebody looks what there is to read.
const LOOK: Duration = Duration::from_millis(50);

/// What every boot has on its command line: the console, quiet; an oops is the end, and nothing begins again; the kernel
/// says when it calls an init, and what that returned; user space may write to the log. On a busy computer an emulated timer comes late, and a
/// kernel that checks its timer would give up.
const ALWAYS: &str =
    "console=ttyS0 quiet oops=panic panic=-1 initcall_debug printk.devkmsg=on no_timer_check";

/// The most that is read of a report or a console; a kernel that prints in circles is not worth more.
const MOST: u64 = 64 << 20;

/// On a busy computer an emulator gets little of the processor: patience lasts so many times as long, as long as it has
/// not had half of that.
const BUSY: u32 = 5;

/// What the system counts processor time in.
const TICK: Duration = Duration::from_millis(10);

/// What is needed to boot.
pub struct Boot<'k> {
    pub qemu: &'k Path,
    pub kernel: &'k Kernel,
    pub initramfs: &'k Path,
    /// A folder of this boot's own.
    pub folder: &'k Path,
    /// How long the report may stay as it is; longer where the emulator hardly gets to run.
    pub patience: Duration,
}

/// What a boot left.
pub struct Ended {
    /// The guest's report.
    pub report: String,
    /// What the kernel printed on its console.
    pub console: String,
    /// It was ended from outside, because nothing happened any more.
    pub hung: bool,
}

/// The emulator, ended where nobody waits for it.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself: then there is nothing to end.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Boot<'_> {
    /// Boots, and has the guest begin with order number `from`; with `alone` it is the only one.
    /// `progress` is called with the report whenever that has grown.
    ///
    /// # Errors
    /// The emulator cannot be run, or its files not be read.
    pub fn run(&self, from: usize, alone: bool, mut progress: impl FnMut(&str)) -> anyhow::Result<Ended> {
        let file = |name: &str| -> anyhow::Result<PathBuf> {
            let path = self.folder.join(name);
            File::create(&path).with_context(|| path.display().to_string())?;
            Ok(path)
        };
        let (console, report) = (file("console")?, file("report")?);
        let mut running = Running(self.command(from, alone, &console, &report).spawn().context("qemu")?);
        let (mut length, mut since, mut used) = (0, Instant::now(), Duration::ZERO);
        let process = running.0.id();
        let hung = loop {
            let ended = running.0.try_wait().context("qemu")?.is_some();
            let now = fs::metadata(&report)?.len();
            if now > length {
                (length, since, used) = (now, Instant::now(), processor_time(process));
                progress(&read(&report)?);
            }
            if ended {
                break false;
            }
            let silent = since.elapsed();
            let is_slow = processor_time(process).saturating_sub(used) < self.patience / 2;
            let is_over = silent >= self.patience && !is_slow || silent >= self.patience * BUSY;
            if is_over || length > MOST {
                break true;
            }
            thread::sleep(LOOK);
        };
        drop(running);
        Ok(Ended { report: read(&report)?, console: read(&console)?, hung })
    }

    fn command(&self, from: usize, alone: bool, console: &Path, report: &Path) -> Command {
        let only = if alone { "only=1" } else { "" };
        let append = format!("{ALWAYS} from={from} {only} {}", self.kernel.append);
        let mut qemu = Command::new(self.qemu);
        qemu.args(["-m", "1024", "-display", "none", "-monitor", "none", "-no-reboot", "-net", "none"]);
        for file in [console, report] {
            qemu.arg("-serial").arg(format!("file:{}", file.display()));
        }
        qemu.arg("-kernel").arg(&self.kernel.vmlinuz).arg("-initrd").arg(self.initramfs);
        qemu.arg("-append").arg(append.trim_end());
        qemu.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        qemu
    }
}

/// The processor time that a process has used: in user mode and in the kernel, fields 14 and 15 of proc(5).
fn processor_time(process: u32) -> Duration {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    // Behind its name, which may hold anything.
    let fields: Vec<&str> = text.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u32>().ok()).unwrap_or_default();
    TICK * (ticks(11) + ticks(12))
}

fn read(path: &Path) -> anyhow::Result<String> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
