//! The options with which a kernel is booted, and where they come from when they are not given.

use std::{
    env,
    path::{Path, PathBuf},
    sync::Arc,
};

use abi::{OnMismatch, Policy, Symvers};
use anyhow::{Context, anyhow};
use clap::Args;
use course_modules::found::Found;
use lifecycle::Visibility;
use vermagic::Build;

use crate::{Counting, Kernel, KernelConfig, files};

/// What to boot.
#[derive(Debug, Clone, Args)]
pub struct Setup {
    /// How many CPUs, 1 to 64
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=64))]
    cpus: u8,
    /// How modules are judged: v6.1 (Debian's), v6.1-mainline, strict, 2003
    #[arg(long, default_value = "v6.1")]
    policy: Policy,
    /// The Module.symvers of the kernel to be; otherwise that of the modules at hand, or the built-in one
    #[arg(long)]
    symvers: Option<PathBuf>,
    /// The version magic of the kernel to be; its final space counts. Otherwise that of the modules at hand, or of the
    /// built-in kernel; with the policy 2003 it has the form of those days
    #[arg(long)]
    vermagic: Option<String>,
    /// How references to modules are counted: in one atomic number, as since Linux 3.19, or by each CPU for itself, as
    /// from 2.5.48 on
    #[arg(long, value_enum, default_value_t = Counting::Atomic)]
    refcount: Counting,
    /// Where modprobe finds modules, such as /lib/modules/VERSION; otherwise what `cargo course modules` found
    #[arg(long)]
    modules: Option<PathBuf>,
    /// Take nothing from what `cargo course modules` found: the same kernel on every machine
    #[arg(long)]
    built_in: bool,
    /// When a module may be entered: hidden (once init has returned), visible (while it runs, as in 6.1), make-live
    /// (once its disk is added, as was proposed in 2003)
    #[arg(long, default_value_t)]
    visibility: Visibility,
}

impl Setup {
    /// Boots the kernel that the options ask for.
    ///
    /// # Errors
    /// A file cannot be read, or this computer cannot run module code.
    pub fn boot(&self) -> anyhow::Result<Arc<Kernel>> {
        Ok(Kernel::boot(self.config()?)?)
    }

    fn config(&self) -> anyhow::Result<KernelConfig> {
        let found = if self.built_in { None } else { self.found()? };
        let symvers = self.symvers.clone().or_else(|| found.as_ref()?.symvers.clone());
        let vermagic = self.vermagic.clone().unwrap_or_else(|| match (self.policy.vermagic, &found) {
            (OnMismatch::Warn, _) => Build::DEBIAN_6_1.vermagic_2003(),
            (OnMismatch::Refuse, Some(found)) => found.vermagic.clone(),
            (OnMismatch::Refuse, None) => Build::DEBIAN_6_1.vermagic_string(),
        });
        Ok(KernelConfig {
            cpus: self.cpus.into(),
            policy: self.policy,
            vermagic: vermagic.into(),
            symvers: symvers.as_deref().map(read_symvers).transpose()?.map(Arc::new),
            refcount: self.refcount,
            modules: self.modules.clone().or_else(|| Some(found.as_ref()?.modules.clone())),
            visibility: self.visibility,
        })
    }

    /// The modules that `cargo course modules` found for this clone.
    fn found(&self) -> anyhow::Result<Option<Found>> {
        let here = env::current_dir().context("the current directory")?;
        Ok(Found::read_above(&here)?)
    }
}

/// Reads a Module.symvers.
///
/// # Errors
/// The file's name, and what is wrong with it.
pub fn read_symvers(path: &Path) -> anyhow::Result<Symvers> {
    let text = files::read_text(path)?;
    Symvers::parse(&text).map_err(|wrong| anyhow!("{}: {wrong}", path.display()))
}
