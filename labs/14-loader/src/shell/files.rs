//! Files as the shell sees them: what the kernel shows below /proc and /sys, devices below /dev, and the shell's
//! own, which `echo … > NAME` makes.

use abi::Errno;
use anyhow::{Context, anyhow, bail};
use bstr::BStr;
use machine::services::Partition;

use super::Shell;
use crate::{Kernel, LoadedModule, module_flags};

/// The most that `cat` reads from a device, which may never end; bytes.
pub(super) const LARGEST: usize = 1 << 20;

/// What /proc has.
const PROC: [&str; 5] = ["crypto", "devices", "kallsyms", "modules", "partitions"];

impl Shell {
    pub(super) fn cat(&mut self, path: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let text = match parts.as_slice() {
            _ if !path.starts_with('/') => {
                self.own_files.get(path).cloned().with_context(|| no_such(path))?
            }
            ["proc", rest @ ..] => self.read_proc(rest).map_err(|errno| said(path, errno))?,
            ["sys", "module", module, rest @ ..] => {
                self.sys_module(module, rest).map_err(|errno| said(path, errno))?
            }
            ["dev", ..] => self.read_device(path)?,
            _ => bail!(no_such(path)),
        };
        out.extend_from_slice(&text);
        Ok(())
    }

    pub(super) fn ls(&self, path: &str, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let registry = self.kernel.registry();
        let find = |name: &&str| registry.find(BStr::new(name)).with_context(|| no_such(path));
        let mut names: Vec<String> = match parts.as_slice() {
            [] => ["dev", "proc", "sys"]
                .map(String::from)
                .into_iter()
                .chain(self.own_files.keys().cloned())
                .collect(),
            ["proc"] => {
                PROC.map(String::from).into_iter().chain(self.kernel.machine().proc_files()).collect()
            }
            ["sys"] => vec!["module".into()],
            ["dev"] => self.kernel.machine().devices().list().into_iter().map(|(name, _)| name).collect(),
            ["sys", "module"] => registry.modules().iter().map(|module| module.name.to_string()).collect(),
            ["sys", "module", name] => find(name).map(|_| SYS_MODULE.map(String::from).into())?,
            ["sys", "module", name, "parameters"] => self.kernel.parameter_names(&*find(name)?),
            ["sys", "module", name, "holders"] => holders(&self.kernel, &*find(name)?),
            _ => bail!(no_such(path)),
        };
        names.sort();
        names.iter().for_each(|name| out.extend_from_slice(format!("{name}\n").as_bytes()));
        Ok(())
    }

    /// What /sys/module/NAME/… holds (`kernel/module/sysfs.c`, `kernel/module/main.c`, modinfo_attrs).
    fn sys_module(&self, name: &str, rest: &[&str]) -> Result<Vec<u8>, Errno> {
        let module = self.kernel.registry().find(BStr::new(name)).ok_or(Errno::ENOENT)?;
        let line = match rest {
            ["initstate"] => match module.state() {
                symbols::ModuleState::Live => "live".into(),
                symbols::ModuleState::Coming => "coming".into(),
                _ => "going".into(),
            },
            ["refcnt"] => module.refcount.count().to_string(),
            ["coresize"] => module.layout.core.size.to_string(),
            ["taint"] => module_flags(&module, false).trim_matches(['(', ')']).to_owned(),
            ["version"] => module.version.as_ref().ok_or(Errno::ENOENT)?.to_string(),
            ["parameters", parameter] => return self.kernel.parameter(&module, BStr::new(parameter)),
            _ => return Err(Errno::ENOENT),
        };
        Ok(format!("{line}\n").into_bytes())
    }

    fn write_parameter(&self, module: &str, parameter: &str, bytes: &[u8]) -> Result<(), Errno> {
        let module = self.kernel.registry().find(BStr::new(module)).ok_or(Errno::ENOENT)?;
        self.kernel.set_parameter(&module, BStr::new(parameter), bytes)
    }

    /// A file in /proc: the kernel's own, or one that a module made.
    fn read_proc(&self, parts: &[&str]) -> Result<Vec<u8>, Errno> {
        let own = if let [name] = parts { proc_file(&self.kernel, name) } else { Err(Errno::ENOENT) };
        match own {
            Err(Errno::ENOENT) => self.kernel.machine().read_proc(&parts.join("/")),
            own => own.map(String::into_bytes),
        }
    }

    /// Where `> PATH` sends a command's output.
    pub(super) fn write_file(&mut self, path: &str, bytes: Vec<u8>) -> anyhow::Result<()> {
        if path.starts_with("/dev/") {
            return self.write_device(path, &bytes);
        }
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        if let (true, ["sys", "module", module, "parameters", parameter]) =
            (path.starts_with('/'), &parts[..])
        {
            return self.write_parameter(module, parameter, &bytes).map_err(|errno| said(path, errno));
        }
        if path.starts_with('/') {
            bail!(said(path, Errno::EACCES));
        }
        self.own_files.insert(path.to_owned(), bytes);
        Ok(())
    }
}

/// What /sys/module/NAME has.
const SYS_MODULE: [&str; 6] = ["coresize", "holders", "initstate", "parameters", "refcnt", "taint"];

fn holders(kernel: &Kernel, module: &LoadedModule) -> Vec<String> {
    kernel.registry().users(module.id).iter().map(|user| user.name.to_string()).collect()
}

fn proc_file(kernel: &Kernel, name: &str) -> Result<String, Errno> {
    Ok(match name {
        "crypto" => kernel.machine().crypto().list().map_err(|_| Errno::EIO)?,
        "devices" => proc_devices(kernel),
        "kallsyms" => kernel.proc_kallsyms(),
        "modules" => kernel.proc_modules(),
        "partitions" => proc_partitions(kernel),
        _ => return Err(Errno::ENOENT),
    })
}

/// /proc/devices (`fs/proc/devices.c, devinfo_show`).
fn proc_devices(kernel: &Kernel) -> String {
    let machine = kernel.machine();
    let list = |majors: Vec<(u32, String)>| -> String {
        majors.into_iter().map(|(major, name)| format!("{major:3} {name}\n")).collect()
    };
    let (characters, blocks) = (list(machine.devices().majors()), list(machine.block_majors()));
    format!("Character devices:\n{characters}\nBlock devices:\n{blocks}")
}

/// /proc/partitions (`block/genhd.c, show_partition`); a block has 1,024 bytes.
fn proc_partitions(kernel: &Kernel) -> String {
    let line = |disk: Partition| {
        format!("{:4}  {:7} {:10} {}\n", disk.major, disk.minor, disk.sectors / 2, disk.name)
    };
    let lines: String = kernel.machine().partitions().into_iter().map(line).collect();
    if lines.is_empty() { lines } else { format!("major minor  #blocks  name\n\n{lines}") }
}

fn no_such(path: &str) -> String {
    format!("{path}: ENOENT: {}", Errno::ENOENT.words())
}

pub(super) fn said(what: impl std::fmt::Display, errno: Errno) -> anyhow::Error {
    anyhow!("{what}: {errno}: {}", errno.words())
}
