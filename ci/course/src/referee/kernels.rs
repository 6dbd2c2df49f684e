//! The kernels to be asked, with what the loader must know of each.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use course_modules::found::Found;
use referee::{Kernel, Order};

use super::{Options, dependencies};
use crate::{modules, root::Root};

/// A kernel, its modules and its exports.
pub struct Asked {
    pub kernel: Kernel,
    /// Its Module.symvers.
    pub symvers: PathBuf,
    /// Its version magic.
    pub vermagic: String,
    /// Where its modules are.
    modules: PathBuf,
}

/// The kernel that `cargo course modules` found, or the one that is given; and its flavours.
///
/// # Errors
/// There is none, or a flavour cannot be fetched.
pub fn all(root: &Root, options: &Options) -> Result<Vec<Asked>> {
    let found = Found::read_above(root.path())?;
    let found = found.context("there is no kernel here yet: `cargo course modules` fetches Debian's")?;
    if let Some(vmlinuz) = &options.kernel {
        return Ok(vec![given(options, vmlinuz, found)?]);
    }
    let mut all = vec![asked(options, &found)?];
    for flavour in &options.flavour {
        all.push(asked(options, &modules::flavour(root, &found.release, flavour)?)?);
    }
    Ok(all)
}

fn asked(options: &Options, found: &Found) -> Result<Asked> {
    let missing = |what: &str| {
        format!(
            "Linux {} has no {what} here: `cargo course modules` fetches a kernel that has",
            found.release
        )
    };
    let symvers = found.symvers.clone().with_context(|| missing("Module.symvers"))?;
    let kernel = Kernel {
        release: found.release.clone(),
        vmlinuz: found.vmlinuz.clone().with_context(|| missing("vmlinuz"))?,
        initrd: options.initrd.clone(),
        append: options.append.clone(),
        build: Some((symvers.clone(), found.vermagic.clone())),
    };
    Ok(Asked { kernel, symvers, vermagic: found.vermagic.clone(), modules: found.modules.clone() })
}

/// Somebody's own kernel. Where its Module.symvers and version magic are not given, nothing can be built for it, and
/// the loader judges by those of the kernel that was found.
fn given(options: &Options, vmlinuz: &Path, found: Found) -> Result<Asked> {
    let symvers = options.symvers.clone().or(found.symvers);
    let symvers = symvers.context("there is no Module.symvers: give the kernel's with --symvers")?;
    let build = options.symvers.clone().zip(options.vermagic.clone());
    let kernel = Kernel {
        release: vmlinuz.file_name().unwrap_or_default().to_string_lossy().into_owned(),
        vmlinuz: vmlinuz.to_owned(),
        initrd: options.initrd.clone(),
        append: options.append.clone(),
        build,
    };
    let vermagic = options.vermagic.clone().unwrap_or(found.vermagic);
    Ok(Asked { kernel, symvers, vermagic, modules: found.modules })
}

impl Asked {
    /// The question about `file`.
    ///
    /// # Errors
    /// The modules that it depends on cannot be looked for.
    pub fn order(&self, file: &Path) -> Result<Order> {
        let before = dependencies::of(file, &self.modules)?;
        Ok(Order { before, ..Order::alone(file) })
    }
}
