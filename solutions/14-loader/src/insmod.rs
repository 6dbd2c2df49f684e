//! `insmod`, what is left of it: read the file, hand it to the kernel, report the error. kmod's tools/insmod.c.

use std::path::Path;

use anyhow::anyhow;

use crate::{files, kernel::Kernel, not_done::NotDone};

impl Kernel {
    /// `insmod PATH [NAME=VALUE…]`: inserts the module in a file, compressed or not, with these parameters.
    ///
    /// The kernel wants the parameters as one string, the words parted by one blank, and takes it apart at its
    /// blanks again. So a word `NAME=VALUE` whose value has a blank in it becomes `NAME="VALUE"`; all other words
    /// stay as they are.
    ///
    /// # Errors
    /// What [`files::read_module`] says; or one line with the path, a colon, a blank, and
    ///
    /// | the kernel | the rest of the line |
    /// |---|---|
    /// | refused, and printed why | the [`NotDone`]'s own words |
    /// | refused in silence (the refusal's message is empty) | `ERRNO: WORDS`, as in `EEXIST: File exists` ([`abi::Errno::words`]) |
    /// | killed the task | the [`NotDone`]'s own words |
    pub fn insmod(&self, path: &Path, parameters: &[String]) -> anyhow::Result<()> {
        // ANCHOR: task_insmod
        let file = files::read_module(path)?;
        let quoted = parameters.iter().map(|word| match word.split_once('=') {
            Some((name, value)) if value.contains(' ') => format!("{name}=\"{value}\""),
            _ => word.clone(),
        });
        let arguments: Vec<_> = quoted.collect();
        self.init_module(&file, &arguments.join(" ")).map_err(|not_done| match not_done {
            NotDone::Refused(refusal) if refusal.message.is_empty() => {
                anyhow!("{}: {}: {}", path.display(), refusal.errno, refusal.errno.words())
            }
            other => anyhow!("{}: {other}", path.display()),
        })
        // ANCHOR_END: task_insmod
    }
}
