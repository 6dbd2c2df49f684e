//! The shell's commands about modules, with the words of kmod's tools.

use std::path::{Path, PathBuf};

use abi::Errno;
use anyhow::{anyhow, bail};

use super::Shell;
use crate::{NotDone, commands::print_modinfo, files};

impl Shell {
    pub(super) fn rmmod(&self, names: &[String], force: bool) -> anyhow::Result<()> {
        for name in names {
            let name = files::module_name(Path::new(name));
            let removed = self.kernel.delete_module(name.as_bytes().into(), force);
            removed.map_err(|not_unloaded| self.explain(&name, not_unloaded))?;
        }
        Ok(())
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
