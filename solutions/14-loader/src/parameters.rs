//! A module's parameters in its memory: set by insmod, read through /sys/module/NAME/parameters. What a value
//! means is the business of the parameter's own operations, which are machine code: the module's or the
//! kernel's. `kernel/params.c`, parse_one, param_attr_show; include/linux/moduleparam.h.

use std::sync::Arc;

use abi::{
    Errno, LoadError,
    offsets::{kernel_param, kernel_param_ops},
};
use bstr::BStr;
use machine::{Level, call_module};
use params::{Target, set_module_parameters};

use crate::{formed::Parameter, kernel::Kernel, loaded::LoadedModule};

/// The most that `get` may write; bytes.
const PAGE_SIZE: usize = 4096;

/// `KERNEL_PARAM_OPS_FL_NOARG`: the name alone will do.
const NOARG: u32 = 1;

impl Kernel {
    /// Sets the parameters that `arguments` names. In a task.
    ///
    /// # Errors
    /// The errno of the last refusal; all of them have been printed.
    pub(crate) fn parse_args(&self, loaded: &LoadedModule, arguments: &str) -> Result<(), LoadError> {
        let parameters = loaded.formed().map(|formed| &*formed.parameters).unwrap_or_default();
        let table: Vec<_> = parameters
            .iter()
            .map(|parameter| params::Parameter {
                name: parameter.name.as_ref(),
                value_is_optional: self.word(parameter.ops, kernel_param_ops::FLAGS).unwrap_or_default()
                    as u32
                    & NOARG
                    != 0,
            })
            .collect();
        let mut setter = Setter { kernel: self, parameters, refusals: Vec::new() };
        set_module_parameters(loaded.name.as_ref(), arguments.into(), &table, &mut setter)
            .map_err(|errno| LoadError::new(errno, setter.refusals.join("\n")))
    }

    /// The value of a parameter as /sys/module/NAME/parameters/PARAMETER shows it, final newline included.
    ///
    /// # Errors
    /// `ENOENT` where there is no such parameter, or none that is shown; `EACCES` where it may not be read;
    /// `EINTR` where the operation died of an oops; else what the operation returned.
    pub fn parameter(&self, loaded: &Arc<LoadedModule>, name: &BStr) -> Result<Vec<u8>, Errno> {
        let parameters = loaded.formed().map(|formed| &*formed.parameters).unwrap_or_default();
        let found = parameters.iter().find(|parameter| parameter.name == name && parameter.perm != 0);
        let parameter = found.ok_or(Errno::ENOENT)?;
        let get =
            self.word(parameter.ops, kernel_param_ops::GET).filter(|&get| get != 0).ok_or(Errno::EPERM)?;
        let mut page = vec![0u8; PAGE_SIZE];
        let address = page.as_mut_ptr() as u64;
        // SAFETY: `get` is what the parameter's operations name; the page is large enough for what it writes.
        let call = || unsafe { call_module(get, &[address, parameter.record, 0, 0, 0, 0]) } as i32;
        let written = self.in_task("cat", call).map_err(|_| Errno::EINTR)?;
        if written < 0 {
            return Err(Errno::from_return(written.into()).unwrap_or(Errno::EINVAL));
        }
        page.truncate(written as usize);
        Ok(page)
    }

    /// Frees what the parameters' operations have allocated (`destroy_params`).
    pub(crate) fn destroy_params(&self, loaded: &LoadedModule) {
        let parameters = loaded.formed().map(|formed| &*formed.parameters).unwrap_or_default();
        for parameter in parameters {
            let free = self.word(parameter.ops, kernel_param_ops::FREE).filter(|&free| free != 0);
            let argument = self.word(parameter.record, kernel_param::ARG);
            let (Some(free), Some(argument)) = (free, argument) else { continue };
            // SAFETY: `free` is what the parameter's operations name, called with the parameter's variable.
            let freed = self.in_task("rmmod", || unsafe { call_module(free, &[argument, 0, 0, 0, 0, 0]) });
            // An oops in it has been logged; what it would have freed is leaked, and counted as that.
            drop(freed);
        }
    }

    /// The names of the parameters that /sys/module/NAME/parameters lists.
    pub fn parameter_names(&self, loaded: &LoadedModule) -> Vec<String> {
        let parameters = loaded.formed().map(|formed| &*formed.parameters).unwrap_or_default();
        let shown = parameters.iter().filter(|parameter| parameter.perm != 0);
        shown.map(|parameter| parameter.name.to_string()).collect()
    }

    /// The word at `offset` of the structure at `address`, where that is memory of a module or of the kernel.
    pub(crate) fn word(&self, address: u64, offset: usize) -> Option<u64> {
        let at = address.checked_add(offset as u64)?;
        let last = at.checked_add(7)?;
        let (first, last) = (self.machine.memory().owner(at)?, self.machine.memory().owner(last)?);
        let readable = first == last && !first.freed;
        // SAFETY: both ends lie in one region of the machine's memory, which is mapped and readable until the
        // region is freed; whoever calls this holds the module that the address was found in.
        readable.then(|| unsafe { (at as *const u64).read_unaligned() })
    }
}

/// Sets parameters by calling their operations.
struct Setter<'k> {
    kernel: &'k Kernel,
    parameters: &'k [Parameter],
    /// What has been printed about values that were refused.
    refusals: Vec<String>,
}

impl Target for Setter<'_> {
    fn set(&mut self, index: usize, value: Option<&mut [u8]>) -> Result<(), Errno> {
        let parameter = self.parameters.get(index).ok_or(Errno::ENOENT)?;
        let set = self.kernel.word(parameter.ops, kernel_param_ops::SET);
        let set = set.filter(|&set| set != 0).ok_or(Errno::EPERM)?;
        // The operation gets a C string that lives as long as the call, and may write into it.
        let mut text = value.as_ref().map(|value| [&value[..], b"\0"].concat());
        let address = text.as_mut().map_or(0, |text| text.as_mut_ptr() as u64);
        // SAFETY: `set` is what the parameter's operations name, called as include/linux/moduleparam.h says.
        let returned = unsafe { call_module(set, &[address, parameter.record, 0, 0, 0, 0]) } as i32;
        if let (Some(value), Some(text)) = (value, text) {
            value.iter_mut().zip(text).for_each(|(byte, left)| *byte = left);
        }
        match returned {
            0.. => Ok(()),
            _ => Err(Errno::from_return(returned.into()).unwrap_or(Errno::EINVAL)),
        }
    }

    fn print(&mut self, level: params::Level, line: String) {
        let level = match level {
            params::Level::Error => Level::ERR,
            params::Level::Warning => Level::WARNING,
        };
        self.kernel.machine.printk(level, &line);
        if level == Level::ERR {
            self.refusals.push(line);
        }
    }
}
