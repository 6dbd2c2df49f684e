//! The shell's commands about modules, with the words of kmod's tools.

use std::{
    path::{Path, PathBuf},
    sync::mpsc,
    thread,
    time::Duration,
};

use abi::Errno;
use anyhow::{Context, anyhow, bail};
use bstr::BStr;
use unload::stop::{O_NONBLOCK, O_TRUNC};

use super::Shell;
use crate::{NotDone, commands::print_modinfo, files};

/// How long whoever types waits for `rmmod --wait`, which itself goes on waiting.
const PATIENCE: Duration = Duration::from_secs(1);

impl Shell {
    pub(super) fn rmmod(&self, names: &[String], force: bool, wait: bool) -> anyhow::Result<()> {
        let flags = if force { O_TRUNC } else { 0 } | if wait { 0 } else { O_NONBLOCK };
        for name in names {
            let name = files::module_name(Path::new(name));
            let removed = match wait {
                true => self.delete_in_background(&name, flags)?,
                false => self.kernel.delete_module(name.as_bytes().into(), flags),
            };
            removed.map_err(|not_unloaded| self.explain(&name, not_unloaded))?;
        }
        Ok(())
    }

    /// Removes a module that may be held for long, by this very shell perhaps: whoever types has to get the prompt back.
    fn delete_in_background(&self, name: &str, flags: u32) -> anyhow::Result<Result<(), NotDone>> {
        let (done, answer) = mpsc::channel();
        let (kernel, module) = (self.kernel.clone(), name.as_bytes().to_vec());
        let removal = thread::Builder::new().name("rmmod".to_owned());
        removal
            .spawn(move || {
                // Nobody listens any more where the shell has gone on.
                let _ = done.send(kernel.delete_module(BStr::new(&module), flags));
            })
            .context("no thread to wait in")?;
        answer
            .recv_timeout(PATIENCE)
            .map_err(|_| anyhow!("{name} is still in use; it goes when nobody holds it"))
    }

    /// What kmod's rmmod says, which finds out itself why the kernel refused in silence.
    fn explain(&self, name: &str, not_unloaded: NotDone) -> anyhow::Error {
        let errno = match not_unloaded {
            NotDone::Refused(refusal) => refusal.errno,
            NotDone::Killed(_) => return anyhow!("{name}: {not_unloaded}"),
        };
        let registry = self.kernel.registry();
        let found = registry.find(name.as_bytes().into());
        let users = found.map(|module| registry.users(module.id)).unwrap_or_default();
        let users: Vec<_> = users.iter().map(|user| user.name.to_string()).collect();
        match errno {
            Errno::ENOENT => anyhow!("Module {name} is not currently loaded (ENOENT)"),
            Errno::EAGAIN if !users.is_empty() => {
                anyhow!("Module {name} is in use by: {} (EWOULDBLOCK)", users.join(" "))
            }
            Errno::EAGAIN => anyhow!("Module {name} is in use (EWOULDBLOCK)"),
            errno => anyhow!("could not remove '{name}': {} ({errno})", errno.words()),
        }
    }

    pub(super) fn modinfo(
        &self,
        modules: &[String],
        field: Option<&str>,
        out: &mut Vec<u8>,
    ) -> anyhow::Result<()> {
        for module in modules {
            let path = self.module_file(module)?;
            print_modinfo(&path, &files::read_module(&path)?, field, false, out)?;
        }
        Ok(())
    }

    /// A file's path, or that of the module at hand of that name.
    fn module_file(&self, module: &str) -> anyhow::Result<PathBuf> {
        let path = PathBuf::from(module);
        if path.exists() || files::is_module(&path) {
            return Ok(path);
        }
        match self.kernel.tree()?.path(module) {
            Some(path) => Ok(path.to_owned()),
            None => bail!("Module {module} not found."),
        }
    }

    pub(super) fn dmesg(&self, clear: bool, notime: bool, out: &mut Vec<u8>) -> anyhow::Result<()> {
        let log = self.kernel.machine().log();
        match (clear, notime) {
            (true, _) => log.clear(),
            (_, true) => out.extend_from_slice(log.texts().as_bytes()),
            _ => out.extend_from_slice(log.dmesg().as_bytes()),
        }
        Ok(())
    }
}
