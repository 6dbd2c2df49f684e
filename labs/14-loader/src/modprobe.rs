//! modprobe: a module by its name or alias, after everything it depends on; and out again, with what nobody
//! else uses. kmod's tools/modprobe.c.

use std::path::Path;

use anyhow::{Context, anyhow};
use unload::stop::O_NONBLOCK;

use crate::{files, kernel::Kernel, tree::ModuleTree};

impl Kernel {
    /// The modules at hand.
    ///
    /// # Errors
    /// There are none, or they cannot be read; a sentence that says how to get some.
    pub fn tree(&self) -> anyhow::Result<&ModuleTree> {
        let open = || {
            let directory = self.config.modules.as_deref();
            let none = "no modules at hand: `cargo course modules` finds or fetches some";
            ModuleTree::open(directory.ok_or(none)?).map_err(|error| format!("{error:#}"))
        };
        self.tree.get_or_init(open).as_ref().map_err(|wrong| anyhow!("{wrong}"))
    }

    /// Inserts what `name` stands for, with the parameters `arguments`, after what it depends on. What is
    /// there already is no error.
    ///
    /// # Errors
    /// There is no such module, or one of them cannot be inserted: which one, and why not.
    pub fn modprobe(&self, name: &str, arguments: &str) -> anyhow::Result<()> {
        let tree = self.tree()?;
        let names = tree.lookup(name);
        let directory = tree.directory().display();
        anyhow::ensure!(!names.is_empty(), "module {name} not found in directory {directory}");
        for name in names {
            for path in tree.insertion_order(name) {
                let is_it = files::module_name(path) == name;
                self.insert_unless_there(path, if is_it { arguments } else { "" })?;
            }
        }
        Ok(())
    }

    /// Removes `name`, and then what it depended on and nobody uses any more.
    ///
    /// # Errors
    /// `name` is not loaded, or cannot be removed.
    pub fn modprobe_remove(&self, name: &str) -> anyhow::Result<()> {
        let tree = self.tree()?;
        for name in tree.lookup(name) {
            for (at, path) in tree.insertion_order(name).into_iter().rev().enumerate() {
                let removed = self.delete_module(files::module_name(path).as_bytes().into(), O_NONBLOCK);
                match removed {
                    Err(refused) if at == 0 => return Err(refused).context(name.to_owned()),
                    _ => {} // a dependency that others use stays
                }
            }
        }
        Ok(())
    }

    fn insert_unless_there(&self, path: &Path, arguments: &str) -> anyhow::Result<()> {
        let name = files::module_name(path);
        if self.registry.find(name.as_bytes().into()).is_some() {
            return Ok(());
        }
        let file = files::read_module(path)?;
        self.init_module(&file, arguments).with_context(|| path.display().to_string())
    }
}
